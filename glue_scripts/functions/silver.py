"""Brings what is new for datasets of one domain into silver without Spark, or tells who is to do it.

The Glue job does the same for what is more, and for what only Spark understands.
"""

import json
import os
import platform
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any

from lakehouse_etl.contract.manifest import Manifest
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.dispatch.due import due
from lakehouse_etl.dispatch.plan import plan
from lakehouse_etl.job import aws
from lakehouse_etl.job.storage import Storage
from lakehouse_etl.job.work import Item, WorkError, chosen
from lakehouse_etl.lineage.recorder import Origin, Recorder
from lakehouse_etl.native.batch import CHUNK_BYTES
from lakehouse_etl.native.catalog import open_catalog
from lakehouse_etl.native.results import write
from lakehouse_etl.native.run import NativeRun, Outlook
from lakehouse_etl.quality.ledger import Ledger
from lakehouse_etl.silver.domain import bring_in, publish_standing
from lakehouse_etl.silver.outcome import QualityError

from functions.settings import Settings

_HOUR = 3600

PER_RECORD_BYTE = 8
"""Bytes of memory for each byte of the records that are worked on at the same time."""


class NotFitError(RuntimeError):
    """Datasets are not fit for use, which whoever runs them finds; the message gives the reasons.

    It is a verdict and no failure of the function, so no alarm about the function is to tell of it.
    """


def handler(event: Mapping[str, Any], context: Any) -> dict[str, object]:
    """Plan the work on the domain for `{"plan": true}`; do it for the datasets of `{"datasets": […]}`.

    The work is answered with `{"done": …}` or, where all that failed are not fit for use, `{"unfit": why}`.
    `{"due": true}` asks which products have anything to do. Messages of a queue, `{"Records": […]}`, name
    datasets that have something new.

    `"repair": {"datasets": […], "products": […]}` beside one of the three is about these alone, and of the
    datasets about what was requested, not about what is new.

    Raises:
        WorkError: Some failed otherwise.
    """
    settings, run_id = Settings.from_env(), str(context.aws_request_id)
    domain = aws.read_manifest(settings.manifest)
    repair = event.get("repair")
    if event.get("plan"):
        return _plan(settings, domain, repair)
    if event.get("due"):
        products = domain.products if repair is None else _named(domain.products, repair["products"])
        return {"due": due(open_catalog(), products)}
    if "Records" in event:
        return _fresh(
            settings, domain, {json.loads(each["body"])["dataset"] for each in event["Records"]}, run_id
        )
    try:
        datasets = chosen(domain.datasets, frozenset(event["datasets"]))
        return {"done": _run(settings, domain, datasets, run_id, repair=repair is not None)}
    except NotFitError as error:
        return {"unfit": str(error)}


def _plan(settings: Settings, domain: Manifest, repair: Mapping[str, Any] | None) -> dict[str, object]:
    catalog = open_catalog()
    if repair is not None:
        datasets = _named(domain.datasets, repair["datasets"])
        return asdict(plan(catalog, datasets, settings.max_bytes, lambda *_: None, repair=True))
    tell = partial(_tell, settings.metrics_namespace)
    return asdict(plan(catalog, domain.datasets, settings.max_bytes, tell))


def _named(items: Sequence[Item], names: Collection[str]) -> list[Item]:
    """Return the items that are named: none where no name is given."""
    return chosen(items, frozenset(names)) if names else []


def _tell(namespace: str, dataset: Dataset, outlook: Outlook) -> None:
    """Tell the metrics what is not as it should be: nothing new for too long, or new and not taken up."""
    if outlook.idle is not None:
        publish_standing(namespace, dataset, {}, outlook.idle)
    elif outlook.waiting_since is not None:
        hours = int((datetime.now(UTC) - outlook.waiting_since).total_seconds() // _HOUR)
        aws.publish_counts(namespace, dataset.id, {"HoursWaiting": hours} if hours else {}, None)


def _fresh(settings: Settings, domain: Manifest, ids: Collection[str], run_id: str) -> dict[str, object]:
    """Do what is little of what has come; the rest, and what fails, is the pipeline's, which starts later."""
    told = [dataset for dataset in domain.datasets if dataset.id in ids]
    found = plan(open_catalog(), told, settings.max_bytes, lambda *_: None)
    few = [dataset for dataset in told if dataset.name in found.function]
    try:
        return _run(settings, domain, few, run_id)
    except (WorkError, NotFitError) as error:
        return {"left": str(error)}


def _run(
    settings: Settings, domain: Manifest, datasets: Sequence[Dataset], run_id: str, *, repair: bool = False
) -> dict[str, object]:
    catalog = open_catalog()
    room = {"processes": len(os.sched_getaffinity(0)), "chunk_bytes": _chunk_bytes()}

    ledger = Ledger(run_id, partial(write, catalog))
    origin = Origin("function", platform.python_version(), run_id, settings.code_version)
    storage = aws.storage_of(domain.lineage.events["silver"])
    record = Recorder(domain.lineage, storage, domain.domain, origin)

    def carrier(dataset: Dataset, storage: Storage) -> NativeRun:
        return NativeRun(catalog, storage, dataset, run_id, ledger=ledger, repair=repair, **room)

    try:
        with ledger:
            done = bring_in(
                domain, datasets, carrier, record=record, namespace=settings.metrics_namespace, parallel=1
            )
    except WorkError as error:
        if all(isinstance(each, QualityError) for each in error.errors):
            raise NotFitError(str(error)) from error
        raise
    return {name: dict(facts) for name, facts in done.items()}


def _chunk_bytes() -> int:
    """Return how many bytes of records a commit may hold in the memory that there is."""
    memory = int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) * 1024 * 1024
    return min(CHUNK_BYTES, memory // PER_RECORD_BYTE)
