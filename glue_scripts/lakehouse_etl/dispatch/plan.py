"""What is new for the datasets of a domain, and which carrier takes it.

Nothing is read but tables, states and lists of objects, so a domain with nothing new starts nobody.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from pyiceberg.catalog import Catalog

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job import aws
from lakehouse_etl.job.log import logger, report
from lakehouse_etl.native.fitness import UnfitError, check_fitness
from lakehouse_etl.native.run import NativeRun, Outlook

Taker = Literal["nobody", "function", "glue"]

_AT_ONCE = 8
"""Datasets that are looked at together, most of which wait for answers."""


@dataclass(frozen=True)
class Plan:
    """Names of datasets by who takes them."""

    nobody: Sequence[str]
    function: Sequence[str]
    glue: Sequence[str]


Tell = Callable[[Dataset, Outlook], None]


def plan(
    catalog: Catalog, datasets: Sequence[Dataset], max_bytes: int, tell: Tell, *, repair: bool = False
) -> Plan:
    """Share out datasets: to the function what it understands, up to so many bytes of new records each.

    A dataset whose engine is fixed is that one's, whatever the size.

    `tell` is told of each dataset and what there is to do about it. A repair is about what was requested.
    """

    def taker(dataset: Dataset) -> Taker:
        try:
            outlook = _outlook(catalog, dataset, repair=repair)
            tell(dataset, outlook)
        except Exception:  # whatever it is, Spark meets it too, and tells of it as it always does
            logger.exception("%s: cannot tell what is new", dataset.id)
            return "glue"
        return _taker(dataset, outlook, max_bytes)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        takers = list(zip(datasets, pool.map(taker, datasets), strict=True))

    def of(who: Taker) -> list[str]:
        return [dataset.name for dataset, taken_by in takers if taken_by == who]

    return Plan(of("nobody"), of("function"), of("glue"))


def _outlook(catalog: Catalog, dataset: Dataset, *, repair: bool) -> Outlook:
    storage = aws.storage_of(dataset.bronze.location)
    return NativeRun(catalog, storage, dataset, "plan", repair=repair).outlook()


def _taker(dataset: Dataset, outlook: Outlook, max_bytes: int) -> Taker:
    if outlook.idle is not None:
        return "nobody"
    if dataset.engine == "glue" or (dataset.engine is None and outlook.size > max_bytes):
        return "glue"
    try:
        check_fitness(dataset)
    except UnfitError as error:
        report(dataset=dataset.name, spark=str(error))
        return "glue"
    return "function"
