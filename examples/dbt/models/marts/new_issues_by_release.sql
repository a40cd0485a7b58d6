with errors as (
    select release, count(distinct issue_id) as issues
    from {{ ref("stg_errors") }}
    group by release
)
select releases.release, releases.released_at, releases.new_issues, coalesce(errors.issues, 0) as recent_issues
from {{ ref("stg_releases") }} as releases
left join errors on errors.release = releases.release
