"""Which rules of its contract a value breaks, by the codes under which the job rejects a record."""

import re
from typing import Any

from lakehouse.model.fields import Field
from tools.records.grid import Grid, grid_of


def breaches(field: Field, value: Any) -> list[str]:
    """Return the codes of the rules that a typed value breaks, one for each rule; null breaks none here."""
    if value is None:
        return []
    grid = grid_of(field.type, field.checks)
    found = ["out_of_range"] * _misses(grid, field, value) if grid else []
    checks = field.checks
    if checks.allowed is not None and value not in checks.allowed:
        found.append("not_allowed")
    if checks.pattern is not None and not re.search(checks.pattern, value):
        found.append("pattern_mismatch")
    if checks.min_length is not None and len(value) < checks.min_length:
        found.append("bad_length")
    if checks.max_length is not None and len(value) > checks.max_length:
        found.append("bad_length")
    return found


def _misses(grid: Grid, field: Field, value: Any) -> bool:
    number, checks = grid.number(value), field.checks
    return (
        (checks.minimum is not None and number < grid.number(checks.minimum))
        or (checks.maximum is not None and number > grid.number(checks.maximum))
        or (checks.exclusive_minimum is not None and number <= grid.number(checks.exclusive_minimum))
        or (checks.exclusive_maximum is not None and number >= grid.number(checks.exclusive_maximum))
    )
