-- A project with two teams counts for both
with issues as (
    select project_id, count(*) as unresolved_issues
    from {{ ref("stg_issues") }}
    where status = 'unresolved' and not is_gone
    group by project_id
), alerts as (
    select teams.team_id, count(distinct detectors.detector_id) as detectors,
        count(distinct workflows.workflow_id) as alerts,
        count(distinct case
            when workflows.last_triggered_at > current_timestamp - interval '7 days' then workflows.workflow_id
        end) as alerts_triggered_in_7_days
    from {{ ref("stg_project_teams") }} as teams
    join {{ ref("stg_detectors") }} as detectors on detectors.project_id = teams.project_id and detectors.enabled
    left join {{ ref("stg_detector_workflows") }} as links on links.detector_id = detectors.detector_id
    left join {{ ref("stg_workflows") }} as workflows on workflows.workflow_id = links.workflow_id and workflows.enabled
    group by teams.team_id
)
select teams.team_id, teams.team, count(*) as projects,
    coalesce(sum(issues.unresolved_issues), 0) as unresolved_issues,
    coalesce(max(alerts.detectors), 0) as detectors,
    coalesce(max(alerts.alerts), 0) as alerts,
    coalesce(max(alerts.alerts_triggered_in_7_days), 0) as alerts_triggered_in_7_days
from {{ ref("stg_project_teams") }} as teams
left join issues on issues.project_id = teams.project_id
left join alerts on alerts.team_id = teams.team_id
group by teams.team_id, teams.team
