"""Rows of silver from which products of `devices` are built, as the jobs would have made them."""

from tests.samples.silver import Rows

ROWS: dict[str, Rows] = {
    "vitals": [
        ("m-1", "d-1", "h1", "north", "2026-01-31T08:00:00Z", "61", "97.5", None),
        ("m-2", "d-1", "h1", "north", "2026-01-31T08:01:00Z", "62", "97.0", None),
        ("m-3", "d-2", "h2", "north", "2026-01-31T08:00:00Z", "70", None, None),
        ("m-4", "d-2", "h2", "south", "2026-02-01T08:00:00Z", "71", "95.1", None),
    ],
    "device_events": [
        ("e-1", "d-1", "alarm", "3", "true", "2026-01-31T08:00:30Z", "2026-01-31T08:02:00Z", None),
        ("e-2", "d-1", "alarm", "1", "false", "2026-01-31T09:00:30Z", "2026-01-31T09:00:30Z", None),
        ("e-3", "d-2", "self_test", "1", "false", "2026-01-31T07:00:00Z", "2026-01-31T07:00:00Z", None),
    ],
    "readings": [],
}
