"""Reads the service levels of a contract: how fresh, how often, how long."""

from collections.abc import Sequence

from config.faults import nearest, one_of
from lakehouse.model.fields import Field
from lakehouse.model.service import ServiceLevel
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.shape import Contract
from lakehouse.odcs.shape import ServiceLevel as Entry

_MINUTE, _HOUR, _DAY, _YEAR = 1, 60, 24 * 60, 365 * 24 * 60
_MINUTES = {
    **dict.fromkeys(("m", "min", "minute", "minutes"), _MINUTE),
    **dict.fromkeys(("h", "hr", "hour", "hours"), _HOUR),
    **dict.fromkeys(("d", "day", "days"), _DAY),
    **dict.fromkeys(("y", "yr", "year", "years"), _YEAR),
}
"""Units of time in minutes."""


def read_service(contract: Contract, findings: Findings) -> ServiceLevel:
    """Return the levels `latency`, `frequency` and `retention`; others are for people only."""
    levels: dict[str, float] = {}
    for at, entry in enumerate(contract.get("slaProperties", [])):
        if entry["property"] in ("latency", "frequency", "retention"):
            _read(entry, at, levels, findings)
    return ServiceLevel(
        freshness_hours=_whole(levels, "latency", _HOUR, "hours", findings),
        frequency_hours=levels["frequency"] / _HOUR if "frequency" in levels else None,
        retention_days=_whole(levels, "retention", _DAY, "days", findings),
    )


def read_event_time(
    contract: Contract, table: str, fields: Sequence[Field], findings: Findings
) -> str | None:
    """Return the column that the level `latency` is about: when what a record tells of happened.

    The standard calls it `element`, a column with or without its table:
    https://bitol-io.github.io/open-data-contract-standard/latest/service-level-agreement/
    """
    times = {field.name for field in fields if field.is_time}
    for at, entry in enumerate(contract.get("slaProperties", [])):
        element = entry.get("element")
        if entry["property"] != "latency" or element is None:
            continue
        column = element.removeprefix(f"{table}.")
        if column not in times:
            allowed = one_of(sorted(times)) if times else "nothing: no unmasked column is a date or time"
            findings.add(("slaProperties", at, "element"), element, allowed, nearest(column, times))
        return column
    return None


def _read(entry: Entry, at: int, levels: dict[str, float], findings: Findings) -> None:
    name, value, unit = entry["property"], entry.get("value"), entry.get("unit", "")
    place = ("slaProperties", at)
    if name in levels:
        findings.add(place, name, f"one {name}", "remove one of them")
    elif isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        findings.add((*place, "value"), value, "a number above 0", "say how long")
    elif unit not in _MINUTES:
        findings.add((*place, "unit"), unit or "nothing", one_of(_MINUTES), "name the unit")
    else:
        levels[name] = value * _MINUTES[unit]


def _whole(levels: dict[str, float], name: str, unit: int, units: str, findings: Findings) -> int | None:
    """Return a level in whole units, which is what alarms and lifecycle rules count in."""
    if name not in levels:
        return None
    if levels[name] % unit:
        findings.add(("slaProperties", name), f"{levels[name]:g} minutes", f"whole {units}", "round it up")
    return max(1, int(levels[name] // unit))
