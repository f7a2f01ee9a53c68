"""Reads the service levels of a contract: how fresh, how often, how long."""

from config.faults import one_of
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
