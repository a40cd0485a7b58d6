{#- Elements of a JSON array as rows of `element (value)`: JSON values, or texts. A null has none. -#}

{% macro json_elements(column) %}{{ return(adapter.dispatch("json_elements")(column)) }}{% endmacro %}

{% macro duckdb__json_elements(column) %}unnest(cast({{ column }} as json[])) as element (value){% endmacro %}

{% macro postgres__json_elements(column) %}
    lateral jsonb_array_elements(case jsonb_typeof({{ column }}) when 'array' then {{ column }} end) as element (value)
{% endmacro %}

{% macro json_texts(column) %}{{ return(adapter.dispatch("json_texts")(column)) }}{% endmacro %}

{% macro duckdb__json_texts(column) %}unnest(cast({{ column }} as varchar[])) as element (value){% endmacro %}

{% macro postgres__json_texts(column) %}
    lateral jsonb_array_elements_text(case jsonb_typeof({{ column }}) when 'array' then {{ column }} end) as element (value)
{% endmacro %}
