select project_id, projects.slug as project, release, released_at, new_issues
from {{ ref("stg_releases") }}
left join {{ ref("stg_projects") }} as projects using (project_id)
