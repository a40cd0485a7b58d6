with healths as (
    select project_id, release, min(interval_start) as first_session_at, sum(sessions) as sessions,
        coalesce(sum(case when status = 'crashed' then sessions end), 0) as crashed_sessions
    from {{ ref("stg_sessions") }}
    group by project_id, release
), failures as (
    select project_id, release, count(*) as errors, count(distinct issue_id) as issues, count(distinct user_id) as users
    from {{ ref("stg_errors") }}
    where release is not null
    group by project_id, release
)
select project_id, projects.slug as project, release, first_session_at,
    coalesce(sessions, 0) as sessions,
    coalesce(crashed_sessions, 0) as crashed_sessions,
    1 - {{ share("crashed_sessions", "sessions") }} as crash_free_rate,
    coalesce(errors, 0) as errors,
    coalesce(issues, 0) as issues,
    coalesce(users, 0) as users,
    {{ share("errors", "sessions") }} * 1000 as errors_per_1000_sessions
from healths
full join failures using (project_id, release)
left join {{ ref("stg_projects") }} as projects using (project_id)
