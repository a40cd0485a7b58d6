{#- No two rows have the same values in all of `columns`; nulls are equal here. -#}
{% test unique_key(model, columns) %}
select {{ columns | join(", ") }}, count(*) as times
from {{ model }}
group by {{ columns | join(", ") }}
having count(*) > 1
{% endtest %}
