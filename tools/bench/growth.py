"""What a new partition costs a table that has one partition of history, and one that has a thousand."""

import shutil
import time
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median

from tools.bench import orders
from tools.bench.laptop import Laptop
from tools.bench.orders import FIRST_DAY, ORDERS, Batch

_OF_HISTORY = 200
"""Events in each partition of history."""

_NEW = 20_000
"""Events of the new partition."""


Carrier = Callable[[Laptop], float]
"""Brings what is new of orders into silver, and returns the seconds that it took."""


def native(laptop: Laptop) -> float:
    """Run the job without Spark."""
    return laptop.native.run().seconds


def spark(laptop: Laptop) -> float:
    """Run the job on Spark."""
    started = time.perf_counter()
    laptop.to_silver(ORDERS)
    return time.perf_counter() - started


def growth(
    laptop: Laptop, carrier: Carrier, partitions: int, repeats: int, *, random_keys: bool = False
) -> float:
    """Return the median seconds of a run that adds one day of orders to this many days."""
    shutil.rmtree(laptop.bronze(ORDERS).parents[1], ignore_errors=True)
    if carrier is native:
        laptop.native.create(laptop.tables(ORDERS))
    else:
        laptop.create(ORDERS)
    history = Batch(0, partitions * _OF_HISTORY, days=partitions, updates=0, random_keys=random_keys)
    orders.write(laptop.bronze(ORDERS), history)
    carrier(laptop)
    seconds = []
    for at in range(repeats):
        day = date.fromisoformat(FIRST_DAY) + timedelta(days=partitions + at)
        first = partitions * _OF_HISTORY + at * _NEW
        new = Batch(first, _NEW, days=1, first_day=day.isoformat(), updates=0, random_keys=random_keys)
        orders.write(laptop.bronze(ORDERS, hour=at + 1), new)
        seconds.append(carrier(laptop))
    return median(seconds)
