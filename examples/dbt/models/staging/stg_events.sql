select "eventID" as event_id, "projectID" as project_id, "groupID" as issue_id, "event.type" as type,
    "dateCreated" as created_at, {{ utc_day('"dateCreated"') }} as day, "user" ->> 'id' as user_id
from {{ source("sentry", "events") }}
