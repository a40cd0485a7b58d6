-- A row for each of the most frequent values of each tag of each issue
select tags."issueId" as issue_id, tags.key as tag, element.value ->> 'value' as value,
    cast(element.value ->> 'count' as bigint) as events
from {{ source("sentry", "issue_tags") }} as tags
cross join {{ json_elements('tags."topValues"') }}
