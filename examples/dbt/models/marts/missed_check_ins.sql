select monitors.monitor_id, monitors.name as monitor, monitors.project_id, check_ins.environment,
    count(*) as check_ins,
    count(case when check_ins.status = 'missed' then 1 end) as missed,
    count(case when check_ins.status in ('error', 'timeout') then 1 end) as failed,
    {{ share("count(case when check_ins.status = 'missed' then 1 end)", "count(*)") }} as missed_rate,
    max(case when check_ins.status = 'ok' then check_ins.created_at end) as last_ok_at
from {{ ref("stg_check_ins") }} as check_ins
join {{ ref("stg_monitors") }} as monitors on monitors.monitor_id = check_ins.monitor_id
group by monitors.monitor_id, monitors.name, monitors.project_id, check_ins.environment
