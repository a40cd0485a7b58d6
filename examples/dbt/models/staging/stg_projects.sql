select id as project_id, slug, name, platform, "dateCreated" as created_at
from {{ source("sentry", "projects") }}
