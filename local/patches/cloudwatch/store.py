"""The emulator's metrics, as `local.alarms` reads them, and how its services add to them."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ministack.services import cloudwatch

from local.alarms.metrics import Datum, Metric


class EmulatorStore:
    """The emulator's metrics in the account and region of this request."""

    def metrics(self) -> Iterable[Metric]:
        """Yield every metric."""
        for (namespace, name, _), points in list(cloudwatch._metrics.items()):
            if points:
                yield Metric(namespace, name, frozenset(points[0].get("Dimensions", {}).items()))

    def data(self, metric: Metric, start: float, end: float) -> Sequence[Datum]:
        """Return what came of a metric."""
        key = metric.namespace, metric.name, cloudwatch._dims_key(dict(metric.dimensions))
        found = cloudwatch._metrics.get(key) or ()
        return [_datum(point) for point in found if start <= point["Timestamp"] < end]


def record(
    namespace: str,
    name: str,
    value: float,
    dimensions: Mapping[str, str],
    unit: str,
    *,
    when: float | None = None,
) -> None:
    """Add what a service of AWS would tell, now or at a time in seconds since 1970."""
    point = {
        "Timestamp": time.time() if when is None else when,
        "Value": float(value),
        "Unit": unit,
        "Dimensions": dict(dimensions),
    }
    cloudwatch._metric_bucket((namespace, name, cloudwatch._dims_key(dict(dimensions)))).append(point)


def _datum(point: Mapping[str, Any]) -> Datum:
    count, total, low, high = cloudwatch._point_stats(point)
    return Datum(point["Timestamp"], low, high, total, count)
