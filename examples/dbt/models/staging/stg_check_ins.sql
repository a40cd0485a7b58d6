select id as check_in_id, "monitorId" as monitor_id, environment, status, duration as duration_ms,
    "dateCreated" as created_at
from {{ source("sentry", "monitor_checkins") }}
