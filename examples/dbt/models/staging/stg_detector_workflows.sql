-- A row for each workflow that a detector starts
select detectors.id as detector_id, element.value as workflow_id
from {{ source("sentry", "detectors") }} as detectors
cross join {{ json_texts('detectors."workflowIds"') }}
