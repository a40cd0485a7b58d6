-- There are several ways to resolve an issue, and new ones come: they all begin with `set_resolved`
select
    id as activity_id,
    "issueId" as issue_id,
    type,
    "dateCreated" as created_at,
    type in ('first_seen', 'set_unresolved', 'set_regression') as opens,
    type in ('set_unresolved', 'set_regression') as reopens,
    type like 'set_resolved%' as resolves
from {{ source("sentry", "issue_activities") }}
