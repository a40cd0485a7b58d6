-- A row for each team of each project
select projects.id as project_id, element.value ->> 'id' as team_id, element.value ->> 'slug' as team
from {{ source("sentry", "projects") }} as projects
cross join {{ json_elements("projects.teams") }}
