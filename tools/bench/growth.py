"""What a new partition costs a table that has one partition of history, and one that has a thousand."""

import shutil
import time
from datetime import date, timedelta
from statistics import median

from tools.bench import orders
from tools.bench.laptop import Laptop
from tools.bench.orders import FIRST_DAY, Batch
from tools.bench.silver import ORDERS

_OF_HISTORY = 200
"""Events in each partition of history."""

_NEW = 20_000
"""Events of the new partition."""


def growth(laptop: Laptop, partitions: int, repeats: int) -> float:
    """Return the median seconds of a run that adds one day of orders to this many days."""
    shutil.rmtree(laptop.bronze(ORDERS).parents[1], ignore_errors=True)
    laptop.create(ORDERS)
    orders.write(laptop.bronze(ORDERS), Batch(0, partitions * _OF_HISTORY, days=partitions, updates=0))
    laptop.to_silver(ORDERS)
    first, seconds = partitions * _OF_HISTORY, []
    for at in range(repeats):
        day = date.fromisoformat(FIRST_DAY) + timedelta(days=partitions + at)
        batch = Batch(first + at * _NEW, _NEW, days=1, first_day=day.isoformat(), updates=0)
        orders.write(laptop.bronze(ORDERS, hour=at + 1), batch)
        started = time.perf_counter()
        laptop.to_silver(ORDERS)
        seconds.append(time.perf_counter() - started)
    return median(seconds)
