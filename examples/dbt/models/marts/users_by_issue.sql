with errors as (
    select issue_id, count(*) as recent_errors, count(distinct user_id) as recent_users
    from {{ ref("stg_errors") }}
    group by issue_id
)
select issues.issue_id, issues.short_id, issues.title, issues.project_id, issues.status, issues.users, issues.events,
    coalesce(errors.recent_users, 0) as recent_users,
    coalesce(errors.recent_errors, 0) as recent_errors
from {{ ref("stg_issues") }} as issues
left join errors on errors.issue_id = issues.issue_id
where not issues.is_gone
