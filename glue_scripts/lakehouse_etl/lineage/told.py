"""Values as the table of runs has them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from lakehouse_etl.records.ages import Delays


def moment(at: datetime) -> str:
    """Write an instant as Athena reads a timestamp from JSON, in UTC.

    https://docs.aws.amazon.com/athena/latest/ug/openx-json-serde.html
    """
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03}"


def told_of(took: Delays | None) -> Mapping[str, float]:
    """Return what a record tells of the time that events took, in seconds."""
    if took is None:
        return {}
    figures = {"p50": took.p50, "p95": took.p95, "max": took.longest}
    return {f"event_delay_{name}": round(seconds, 3) for name, seconds in figures.items()}


def known(**told: object) -> Mapping[str, object]:
    """Return what is not None; instants as the table has them."""
    return {
        name: moment(value) if isinstance(value, datetime) else value
        for name, value in told.items()
        if value is not None
    }
