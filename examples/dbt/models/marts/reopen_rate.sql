with resolved as (
    select issue_id, min(created_at) as resolved_at
    from {{ ref("stg_issue_activities") }}
    where resolves
    group by issue_id
), reopened as (
    select distinct resolved.issue_id
    from resolved
    join {{ ref("stg_issue_activities") }} as activities
        on activities.issue_id = resolved.issue_id and activities.created_at > resolved.resolved_at
    where activities.reopens
)
select issues.project_id, projects.slug as project, count(*) as resolved_issues, count(reopened.issue_id) as reopened_issues,
    {{ share("count(reopened.issue_id)", "count(*)") }} as reopen_rate
from resolved
join {{ ref("stg_issues") }} as issues on issues.issue_id = resolved.issue_id
left join reopened on reopened.issue_id = resolved.issue_id
left join {{ ref("stg_projects") }} as projects on projects.project_id = issues.project_id
group by issues.project_id, projects.slug
