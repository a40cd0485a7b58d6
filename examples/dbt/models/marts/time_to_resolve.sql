select project_id, projects.slug as project, count(*) as resolutions,
    percentile_cont(0.5) within group (order by hours) as median_hours,
    percentile_cont(0.9) within group (order by hours) as p90_hours
from {{ ref("issue_resolutions") }}
left join {{ ref("stg_projects") }} as projects using (project_id)
group by project_id, projects.slug
