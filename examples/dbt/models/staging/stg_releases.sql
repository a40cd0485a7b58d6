-- A row for each project of each release
select
    releases.version as release,
    element.value ->> 'id' as project_id,
    coalesce(releases."dateReleased", releases."dateCreated") as released_at,
    cast(element.value ->> 'newGroups' as bigint) as new_issues
from {{ source("sentry", "releases") }} as releases
cross join {{ json_elements("releases.projects") }}
