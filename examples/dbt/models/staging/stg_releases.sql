select
    version as release,
    coalesce("dateReleased", "dateCreated") as released_at,
    "newGroups" as new_issues
from {{ source("sentry", "releases") }}
