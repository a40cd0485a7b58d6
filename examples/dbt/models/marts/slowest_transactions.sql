select project_id, projects.slug as project, transaction, count(*) as times,
    percentile_cont(0.5) within group (order by duration_ms) as median_ms,
    percentile_cont(0.95) within group (order by duration_ms) as p95_ms
from {{ ref("stg_transactions") }}
left join {{ ref("stg_projects") }} as projects using (project_id)
group by project_id, projects.slug, transaction
