"""Dates and times; the session's zone is UTC, as Athena's.

DuckDB's values have no zone of their own: what Trino shows at a zone is here the wall clock of that zone.

Source: https://trino.io/docs/current/functions/datetime.html
"""

SAME = ("year", "month", "day", "hour", "quarter", "now")

_UNITS = ("millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year")


def _interval() -> str:
    """`n` units as an interval."""
    cases = " ".join(f"WHEN '{unit}' THEN INTERVAL 1 {unit}" for unit in _UNITS if unit != "quarter")
    unknown = "(u || ': not a unit')::INTERVAL"
    return f"(CASE lower(u) {cases} WHEN 'quarter' THEN INTERVAL 3 MONTH ELSE {unknown} END * n)"


_ISO = "'%Y-%m-%dT%H:%M:%S.%g'"
_ISO_UTC = "'%Y-%m-%dT%H:%M:%S.%gZ'"

MACROS = (
    ("date(x)", "x::DATE"),
    ("minute(x)", "minute(x)"),
    ("second(x)", "second(x)"),
    ("millisecond(x)", "millisecond(x) % 1000"),
    *((name + "(x)", "isodow(x)") for name in ("day_of_week", "dow")),
    *((name + "(x)", "dayofyear(x)") for name in ("day_of_year", "doy")),
    ("day_of_month(x)", "day(x)"),
    *((name + "(x)", "weekofyear(x)") for name in ("week", "week_of_year")),
    *((name + "(x)", "isoyear(x)") for name in ("year_of_week", "yow")),
    ("last_day_of_month(x)", "last_day(x)"),
    ("current_timezone()", "'UTC'"),
    ("from_unixtime(n)", "to_timestamp(n::DOUBLE)"),
    ("from_unixtime(n, zone)", "(to_timestamp(n::DOUBLE) AT TIME ZONE zone)"),
    ("to_unixtime(x)", "epoch(x)::DOUBLE"),
    ("from_iso8601_timestamp(s)", "s::TIMESTAMPTZ"),
    ("from_iso8601_date(s)", "s::DATE"),
    ("to_iso8601(x DATE)", "strftime(x, '%Y-%m-%d')"),
    ("to_iso8601(x TIMESTAMP)", f"strftime(x, {_ISO})"),
    ("to_iso8601(x TIMESTAMPTZ)", f"strftime(x, {_ISO_UTC})"),
    ("at_timezone(x, zone)", "(x::TIMESTAMPTZ AT TIME ZONE zone)"),
    ("with_timezone(x, zone)", "(x::TIMESTAMP AT TIME ZONE zone)"),
    ("date_diff(u, a, b)", "date_sub(lower(u), a, b)"),
    ("date_add(u, n, x DATE)", f"(x + {_interval()})::DATE"),
    ("date_add(u, n, x)", f"x + {_interval()}"),
    ("date_trunc(u, x DATE)", "date_trunc(lower(u), x)::DATE"),
    ("date_trunc(u, x)", "date_trunc(lower(u), x)"),
)
