"""Arrays, maps and rows.

Sources: https://trino.io/docs/current/functions/array.html and map.html beside it
"""

SAME = ("flatten", "map_keys", "map_values", "map_entries", "map_from_entries", "row")

_TYPES = (
    ("'FLOAT'", "'real'"), ("'BLOB'", "'varbinary'"), ("'TIMESTAMP'", "'timestamp(6)'"),
    ("'TIMESTAMP WITH TIME ZONE'", "'timestamp(6) with time zone'"), ('\'"NULL"\'', "'unknown'"),
)  # fmt: skip


def _type(name: str) -> str:
    """Trino's name of a type."""
    cases = " ".join(f"WHEN {one} THEN {other}" for one, other in _TYPES)
    return f"CASE {name} {cases} ELSE lower({name}) END"


_DISTINCT = """list_filter({a}, lambda _e, _i: NOT list_contains(
    list_transform({a}[:_i - 1], lambda _o: coalesce(to_json(_o), 'null')), coalesce(to_json(_e), 'null')))"""
"""Elements that stand nowhere before; as JSON, so that null is like null."""

MACROS = (
    ("element_at(c, k)", "c[k]"),
    (
        "cardinality(c)",
        """CASE WHEN typeof(c) LIKE 'MAP%' THEN len(json_keys(to_json(c)))
        ELSE json_array_length(to_json(c)) END::BIGINT""",
    ),
    (
        "contains(a, x)",
        "CASE WHEN list_contains(a, x) THEN true"
        " WHEN len(list_filter(a, lambda _e: _e IS NULL)) > 0 THEN NULL ELSE list_contains(a, x) END",
    ),
    ("array_join(a, d)", "array_to_string(a, d)"),
    ("array_join(a, d, n)", "array_to_string(list_transform(a, lambda _e: coalesce(_e::VARCHAR, n)), d)"),
    ("array_distinct(a)", _DISTINCT.format(a="a")),
    ("array_sort(a)", "list_sort(a, 'ASC', 'NULLS LAST')"),
    ("array_max(a)", "CASE WHEN len(list_filter(a, lambda _e: _e IS NULL)) = 0 THEN list_max(a) END"),
    ("array_min(a)", "CASE WHEN len(list_filter(a, lambda _e: _e IS NULL)) = 0 THEN list_min(a) END"),
    ("array_position(a, x)", "coalesce(list_position(a, x), 0)::BIGINT"),
    ("array_remove(a, x)", "list_filter(a, lambda _e: _e <> x OR _e IS NULL)"),
    ("array_intersect(a, b)", _DISTINCT.format(a="list_filter(a, lambda _x: list_contains(b, _x))")),
    ("array_except(a, b)", _DISTINCT.format(a="list_filter(a, lambda _x: NOT list_contains(b, _x))")),
    ("array_union(a, b)", _DISTINCT.format(a="list_concat(a, b)")),
    ("arrays_overlap(a, b)", "list_has_any(a, b)"),
    ("slice(a, i, n)", "CASE WHEN i < 0 THEN a[len(a) + i + 1:len(a) + i + n] ELSE a[i:i + n - 1] END"),
    ("trim_array(a, n)", "a[:len(a) - n]"),
    ("repeat(x, n)", "list_transform(range(n), lambda _i: x)"),
    (
        "sequence(a DATE, b DATE)",
        "generate_series(a, b, CASE WHEN a <= b THEN INTERVAL 1 DAY ELSE INTERVAL (-1) DAY END)::DATE[]",
    ),
    # Each step counts from the beginning, as months have no common length.
    (
        "sequence(a DATE, b DATE, step)",
        """list_filter(list_transform(generate_series(0, len(generate_series(a, b, step))), lambda _i:
        (a + step * _i)::DATE), lambda _e: _e BETWEEN least(a, b) AND greatest(a, b))""",
    ),
    ("sequence(a, b)", "generate_series(a, b, CASE WHEN a <= b THEN 1 ELSE -1 END)"),
    ("sequence(a, b, step)", "generate_series(a, b, step)"),
    ("map()", "map([], [])"),
    ("map(k, v)", "map(k, v)"),
    ("map_concat(a, b)", "map_concat(a, b)"),
    ("zip(a, b)", "list_zip(a, b)"),
    ("zip(a, b, c)", "list_zip(a, b, c)"),
    (
        "typeof(x)",
        f"""CASE WHEN typeof(x) LIKE '%[]' THEN 'array(' || {_type("typeof(x)[:-3]")} || ')'
        ELSE {_type("typeof(x)")} END""",
    ),
)
