"""Functions of JSON.

Source: https://trino.io/docs/current/functions/json.html
"""

SAME: tuple[str, ...] = ()

_PATH = r"""regexp_replace(p, '\[(["''])([^"'']*)["'']\]', '."\2"', 'g')"""
"""DuckDB has no keys in brackets."""

_FOUND = f"CASE WHEN json_valid(j::VARCHAR) THEN json_extract(j::VARCHAR::JSON, {_PATH}) END"

MACROS = (
    ("json_parse(s)", "json(s)"),
    ("json_format(j)", "json(j)::VARCHAR"),
    ("json_extract(j, p)", _FOUND),
    (
        "json_extract_scalar(j, p)",
        f"CASE WHEN json_type({_FOUND}) NOT IN ('OBJECT', 'ARRAY') THEN {_FOUND} ->> '$' END",
    ),
    ("json_array_length(j)", "CASE WHEN json_type(j) = 'ARRAY' THEN json_array_length(j)::BIGINT END"),
    (
        "json_size(j, p)",
        f"(coalesce(json_array_length({_FOUND}), 0) + coalesce(len(json_keys({_FOUND})), 0))::BIGINT",
    ),
    ("json_array_get(j, i)", "json_extract(j, '$[' || CASE WHEN i < 0 THEN '#' ELSE '' END || i || ']')"),
    ("json_array_contains(j, x)", "list_contains(json_extract(j, '$[*]'), to_json(x))"),
    ("is_json_scalar(j)", "json_type(j) NOT IN ('OBJECT', 'ARRAY')"),
)
