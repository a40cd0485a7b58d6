with totals as (
    select tag, value, count(distinct issue_id) as issues, sum(events) as events
    from {{ ref("stg_issue_tag_values") }}
    group by tag, value
)
select tag, value, issues, events, {{ share("events", "sum(events) over (partition by tag)") }} as share_of_tag
from totals
