-- With the present status, and whether the issue is still there
select
    issues.id as issue_id,
    issues.project ->> 'id' as project_id,
    issues."shortId" as short_id,
    issues.title,
    issues.level,
    issues.priority,
    coalesce(states.status, issues.status) as status,
    cast(issues.count as bigint) as events,
    issues."userCount" as users,
    issues."firstSeen" as first_seen_at,
    issues."lastSeen" as last_seen_at,
    tombstones.issue_id is not null as is_gone
from {{ source("sentry", "issues") }} as issues
left join {{ source("sentry", "issue_states") }} as states on states.id = issues.id
left join {{ ref("stg_issue_tombstones") }} as tombstones on tombstones.issue_id = issues.id
