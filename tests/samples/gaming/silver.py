"""Rows of silver from which products of `gaming` are built: the newest of all log entries."""

from local.samples import gaming
from tests.samples.silver import Rows

_ENTRIES = gaming.current(gaming.log_files()).values()
ROWS: dict[str, Rows] = {"player_logs": [tuple(str(value) for value in entry.values()) for entry in _ENTRIES]}
