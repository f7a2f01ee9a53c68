"""What Trino's operators, casts and subscripts do otherwise than DuckDB's; no query can name these.

DuckDB knows an expression's type when it binds a query, never before. So these macros ask `typeof`, and
`cast_to_type` gives all branches of a CASE the type of one specimen. A struct in a list lets an argument
stand once, however often the macro uses it.
"""

_SUM = "_v.a + _v.b"
_WIDE = " + ".join([f"({_SUM})"] * 12)
"""A specimen with the scale of both and digits to spare: a sum of decimals has one digit more than they."""

_SUM_TYPE = " + ".join(["one", *["0::BIGINT"] * 38])
"""BIGINT of integers, DECIMAL(38, s) of decimals, DOUBLE of doubles."""

_SCALE = f"TRY_CAST(regexp_extract(typeof({_SUM}), ',(\\d+)', 1) AS INTEGER)"
_DIGITS_OF = f"replace(cast_to_type(_v.{{name}}, {_SUM})::VARCHAR, '.', '')::HUGEINT"
_HALF_UP = "((2 * abs(_w.n) + abs(_w.d)) // (2 * abs(_w.d)) * sign(_w.n) * sign(_w.d))::HUGEINT"
_NUMERATOR = f"{_DIGITS_OF.format(name='a')} * ('1' || repeat('0', {_SCALE}))::HUGEINT"
_PARTS = f"'n': {_NUMERATOR}, 'd': {_DIGITS_OF.format(name='b')}, 's': {_SCALE}"
_EXACT = "list_transform([{" + _PARTS + "}], lambda _w: " + _HALF_UP + "::VARCHAR || 'e-' || _w.s)[1]"
"""A quotient of decimals by its digits, without their point."""

_IS_DECIMAL = f"starts_with(typeof({_SUM}), 'DECIMAL')"
_IS_FLOAT = f"typeof({_SUM}) IN ('DOUBLE', 'FLOAT')"

_QUOTIENT = f"""CASE WHEN {_IS_DECIMAL} THEN cast_to_type({_EXACT}, {_WIDE})
    WHEN {_IS_FLOAT} THEN cast_to_type(_v.a::DOUBLE / _v.b::DOUBLE, {_SUM})
    ELSE cast_to_type(_v.a // _v.b, {_SUM}) END"""

_MEAN = f"""CASE WHEN {_IS_DECIMAL} THEN cast_to_type({_EXACT}, list_median([_v.a]))
    ELSE cast_to_type(_v.a::DOUBLE / nullif(_v.b, 0), list_median([_v.a])) END"""
"""The median of integers is a double, that of decimals a decimal: the types of Trino's average."""

_PLAIN = "ltrim(x::VARCHAR, '-')"
_DIGITS = f"regexp_replace(regexp_replace({_PLAIN}, 'e.*|\\.', '', 'g'), '^0+|0+$', '', 'g')"
_EXPONENT = f"""CASE WHEN contains({_PLAIN}, 'e') THEN regexp_extract({_PLAIN}, 'e(.*)', 1)::INTEGER
    WHEN starts_with({_PLAIN}, '0.') THEN -1 - length(regexp_extract({_PLAIN}, '^0\\.(0*)', 1))
    ELSE strpos({_PLAIN}, '.') - 2 END"""
_MINUS = "CASE WHEN starts_with(x::VARCHAR, '-') THEN '-' ELSE '' END"
_SCIENTIFIC = f"""CASE {_PLAIN} WHEN 'nan' THEN 'NaN' WHEN '0.0' THEN {_MINUS} || '0E0'
    WHEN 'inf' THEN {_MINUS} || 'Infinity' ELSE {_MINUS} || {_DIGITS}[1] || '.'
        || coalesce(nullif({_DIGITS}[2:], ''), '0') || 'E' || ({_EXPONENT})::VARCHAR END"""
"""A double as text, as Trino casts it: `1.5E0`."""

_ITEM = """CASE WHEN _v.a[_v.b] IS NULL AND CASE WHEN typeof(_v.a) LIKE '%]'
        THEN TRY_CAST(_v.b::VARCHAR AS BIGINT) NOT BETWEEN 1 AND json_array_length(to_json(_v.a))
        ELSE typeof(_v.a) LIKE 'MAP%' AND NOT list_contains(json_keys(to_json(_v.a)), _v.b::VARCHAR) END
    THEN CASE WHEN (_v.b::VARCHAR || ': subscript out of bounds or key not present in '
        || to_json(_v.a))::INTEGER IS NULL THEN NULL END
    ELSE _v.a[_v.b] END"""
"""The failure stands in a branch, and depends on the row: else DuckDB might compute it for every row."""


def _let(a: str, b: str, body: str) -> str:
    """A body that uses two arguments as `_v.a` and `_v.b`."""
    return "list_transform([{'a': " + a + ", 'b': " + b + "}], lambda _v: " + body + ")[1]"


_FIELDS = {
    **{name: f"{name}(x)" for name in ("year", "quarter", "month", "day", "hour", "minute", "second")},
    "week": "weekofyear(x)",
    "day_of_month": "day(x)",
    "day_of_week": "isodow(x)",
    "day_of_year": "dayofyear(x)",
    "year_of_week": "isoyear(x)",
    "timezone_hour": "0",
    "timezone_minute": "0",
}
"""Fields of `extract`."""

PREFIX = "op_"

SAME: tuple[str, ...] = ()
MACROS: tuple[tuple[str, str], ...] = (
    # Integers stay integers, decimals keep the greater scale and round half up, doubles may be infinite.
    ("op_divide(a, b)", _let("a", "b", _QUOTIENT)),
    ("op_average(total, n)", _let("total", "n", _MEAN)),
    # DuckDB's sum of integers is a HUGEINT; `one` is any of the values, for its type.
    ("op_sum(total, one)", f"cast_to_type(total, {_SUM_TYPE})"),
    (
        "op_counts(h)",
        "map_from_entries(list_transform(map_entries(h), lambda _e: {'k': _e.key, 'v': _e.value::BIGINT}))",
    ),
    # Dates stay dates.
    ("op_shift(x DATE, i)", "(x + i)::DATE"),
    ("op_shift(x, i)", "x + i"),
    ("op_minus(a DATE, b DATE)", "to_days((a - b)::INTEGER)"),
    ("op_minus(a, b)", "a - b"),
    # An index out of bounds or a missing key fails the query.
    ("op_subscript(c, k)", _let("c", "k", _ITEM)),
    # Doubles round half up to integers; text must be a whole number.
    (
        "op_whole(x)",
        """CASE WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN cast_to_type(round(x::DOUBLE), x)
        WHEN typeof(x) = 'VARCHAR' AND NOT regexp_full_match(x::VARCHAR, '[+-]?[0-9]+')
            THEN cast_to_type((x::VARCHAR || ': not an integer')::INTEGER, x)
        ELSE x END""",
    ),
    # Entries of a map that are collected may repeat a key, and have none: Trino keeps the first.
    (
        "op_first_of_keys(pairs)",
        "map_from_entries(list_filter(pairs, lambda _e, _i: _e.k IS NOT NULL"
        " AND list_position(list_transform(pairs, lambda _o: _o.k), _e.k) = _i))",
    ),
    (
        "op_all_of_keys(pairs)",
        "map_from_entries(list_transform(list_filter(pairs, lambda _e, _i: _e.k IS NOT NULL"
        " AND list_position(list_transform(pairs, lambda _o: _o.k), _e.k) = _i), lambda _e: {'k': _e.k, 'v':"
        " list_transform(list_filter(pairs, lambda _o: _o.k = _e.k), lambda _o: _o.v)}))",
    ),
    ("op_zoned(x)", "x::TIMESTAMPTZ"),
    # A precision below microseconds: half of it up.
    ("op_rounded(x, step)", "make_timestamp((floor((epoch_us(x) + step // 2) / step) * step)::BIGINT)"),
    *((f"op_{name}(x)", body) for name, body in _FIELDS.items()),
    # Times as text have the digits of Iceberg's timestamps.
    (
        "op_text(x)",
        f"""CASE typeof(x) WHEN 'DOUBLE' THEN {_SCIENTIFIC} WHEN 'FLOAT' THEN {_SCIENTIFIC}
        WHEN 'JSON' THEN x::VARCHAR::JSON ->> '$'
        WHEN 'TIMESTAMP' THEN strftime(x::VARCHAR::TIMESTAMP, '%Y-%m-%d %H:%M:%S.%f')
        WHEN 'TIMESTAMP WITH TIME ZONE' THEN strftime(x::VARCHAR::TIMESTAMPTZ, '%Y-%m-%d %H:%M:%S.%f UTC')
        ELSE x::VARCHAR END""",
    ),
)
