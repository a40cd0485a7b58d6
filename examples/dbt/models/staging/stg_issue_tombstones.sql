-- A tombstone that is neither a deletion nor a merge takes an earlier one back
select id as issue_id, "projectId" as project_id, "mergedInto" as merged_into, deleted, "observedAt" as observed_at
from {{ source("sentry", "issue_tombstones") }}
where deleted or "mergedInto" is not null
