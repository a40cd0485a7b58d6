select id as detector_id, "projectId" as project_id, name, type, enabled
from {{ source("sentry", "detectors") }}
