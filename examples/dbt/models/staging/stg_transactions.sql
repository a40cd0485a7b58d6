select id as transaction_id, "projectId" as project_id, transaction, release, environment,
    "spanDuration" as duration_ms, timestamp as created_at
from {{ source("sentry", "transactions") }}
