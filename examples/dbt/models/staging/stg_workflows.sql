select id as workflow_id, name, environment, enabled, "lastTriggered" as last_triggered_at
from {{ source("sentry", "workflows") }}
