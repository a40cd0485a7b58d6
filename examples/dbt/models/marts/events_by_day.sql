select project_id, projects.slug as project, day, count(*) as events, count(distinct issue_id) as issues,
    count(distinct user_id) as users
from {{ ref("stg_events") }}
left join {{ ref("stg_projects") }} as projects using (project_id)
group by project_id, projects.slug, day
