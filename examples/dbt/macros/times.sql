{% macro utc_day(column) %}cast({{ column }} at time zone 'UTC' as date){% endmacro %}

{% macro hours_between(start, finish) %}(extract(epoch from ({{ finish }} - {{ start }})) / 3600.0){% endmacro %}

{#- A number between 0 and 1; null where there is nothing to divide by. -#}
{% macro share(part, whole) %}(cast({{ part }} as double precision) / nullif({{ whole }}, 0)){% endmacro %}
