select id as monitor_id, project ->> 'id' as project_id, slug, name, status, "isMuted" as is_muted
from {{ source("sentry", "monitors") }}
