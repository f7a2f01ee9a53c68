"""What may be expected of a dataset over time: by those who use it, and by who runs the lake."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ServiceLevel:
    """What consumers may expect of a dataset over time; None where the contract promises nothing."""

    freshness_hours: int | None = None
    """Hours without new records after which the dataset counts as stale."""
    event_time: str | None = None
    """Column that tells when what a record is about happened, by which the hours then are counted."""
    frequency_hours: float | None = None
    """Hours between two updates."""
    retention_days: int | None = None
    """Days that records are kept at least."""


UNPROMISED = ServiceLevel()


@dataclass(frozen=True)
class Volume:
    """How much comes, as whoever wrote the contract expects it."""

    records_per_day: tuple[float, float]
    """Fewest and most."""
    bytes_per_record: float
    """As it is sent, uncompressed."""
