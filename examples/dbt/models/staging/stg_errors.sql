select id as error_id, "projectId" as project_id, "issueId" as issue_id, release, environment, "userId" as user_id,
    "errorHandled" as handled, timestamp as created_at
from {{ source("sentry", "error_rows") }}
