-- From the last time that the issue was opened to the first resolution after that
with resolutions as (
    select resolved.issue_id, resolved.created_at as resolved_at, max(opened.created_at) as opened_at
    from {{ ref("stg_issue_activities") }} as resolved
    join {{ ref("stg_issue_activities") }} as opened
        on opened.issue_id = resolved.issue_id and opened.opens and opened.created_at <= resolved.created_at
    where resolved.resolves
    group by resolved.issue_id, resolved.created_at
), spans as (
    select issue_id, opened_at, min(resolved_at) as resolved_at
    from resolutions
    group by issue_id, opened_at
)
select spans.issue_id, issues.short_id, issues.project_id, spans.opened_at, spans.resolved_at,
    {{ hours_between("spans.opened_at", "spans.resolved_at") }} as hours
from spans
join {{ ref("stg_issues") }} as issues using (issue_id)
