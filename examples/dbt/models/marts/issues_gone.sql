-- A survivor may be merged in turn, so each merge is followed to its end
with recursive merges as (
    select issue_id, merged_into from {{ ref("stg_issue_tombstones") }} where merged_into is not null
    union
    select merges.issue_id, further.merged_into
    from merges
    join {{ ref("stg_issue_tombstones") }} as further on further.issue_id = merges.merged_into
    where further.merged_into is not null
), survivors as (
    select issue_id, merged_into as survivor_id
    from merges
    where merged_into not in (select issue_id from {{ ref("stg_issue_tombstones") }} where merged_into is not null)
)
select tombstones.issue_id, issues.short_id, issues.title, tombstones.project_id,
    case when tombstones.merged_into is null then 'deleted' else 'merged' end as fate,
    survivors.survivor_id,
    tombstones.observed_at
from {{ ref("stg_issue_tombstones") }} as tombstones
left join survivors on survivors.issue_id = tombstones.issue_id
left join {{ ref("stg_issues") }} as issues on issues.issue_id = tombstones.issue_id
