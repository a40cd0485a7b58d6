select "projectId" as project_id, release, environment, status, "intervalStart" as interval_start, sessions
from {{ source("sentry", "release_health") }}
