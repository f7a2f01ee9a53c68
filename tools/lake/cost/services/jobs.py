"""Glue: jobs by their workers and minutes, and the optimizers of tables."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from lakehouse.model.dataset import Dataset
from tools.assembly.assembly import Resource
from tools.lake.cost.charges import DAYS, HOURS, NOTHING, Charge, Spread, always, in_use, total
from tools.lake.cost.services.watching import logs
from tools.lake.cost.subject import LAKE, Subject, runs_per_month

_DPUS = {"G.1X": 1, "G.2X": 2, "G.4X": 4, "G.8X": 8}
"""https://docs.aws.amazon.com/glue/latest/dg/worker-types.html"""

_WORKERS_MIN = 2
"""The driver and one executor, below which auto-scaling does not go."""

_MEBIBYTE = 2**20 / 1e9
"""GB."""


@dataclass(frozen=True)
class _Work:
    """What a job does in a month."""

    runs: Spread
    minutes: Spread
    """Of a run, beside what its bytes take."""
    gb: Spread
    """Of all runs."""


def job(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """A job: DPU-hours of its runs, a minute each at least, its logs and its metrics.

    https://aws.amazon.com/glue/pricing/
    """
    domain, work = _work(resource, subject)
    arguments = resource.properties.get("DefaultArguments", {})
    workers = resource.properties["NumberOfWorkers"]
    scales = arguments.get("--enable-auto-scaling") == "true"
    least = _WORKERS_MIN if scales else workers
    counted = Spread(least, least, workers)
    speed = counted * subject.assumed("glue_gb_per_worker_minute")
    minutes = work.runs * work.minutes
    minutes = minutes.plus(Spread(*(gb / each for gb, each in zip(work.gb, speed, strict=True))))
    dpus = counted * _DPUS[resource.properties["WorkerType"]]
    flexible = resource.properties.get("ExecutionClass") == "FLEX"
    yield Charge("glue_flex_hour" if flexible else "glue_hour", minutes * dpus * (1 / 60), domain)
    yield from logs(work.runs * subject.assumed("log_mb_per_job") * 1e-3, domain, subject)
    if arguments.get("--enable-metrics"):
        share = (work.runs * (1 / HOURS)).at_most(always(1))
        yield Charge("cloudwatch_metric", subject.assumed("metrics_per_job") * share, domain)


def _work(resource: Resource, subject: Subject) -> tuple[str, _Work]:
    naming, minutes = subject.settings.naming, subject.assumed("glue_minutes")
    for domain in subject.lake.domains:
        datasets = subject.lake.of_domain(domain)
        if resource.name == naming.resource(domain, "bronze_to_silver"):
            sources = [each for each in datasets if each.ingestion]
            taken = [each for each in sources if _is_taken(subject, each)]
            return domain, _Work(_job_runs(subject, domain, taken), minutes, _gb(subject, taken))
        if resource.name == naming.resource(domain, "silver_to_gold"):
            products = [each for each in datasets if not each.ingestion]
            return domain, _Work(_job_runs(subject, domain, products), minutes, _gb(subject, products))
        if resource.name == naming.resource(domain, "maintenance"):
            _, low, high = subject.assumed("maintenance_minutes")
            return domain, _Work(always(_scheduled(resource, subject)), Spread(1, low, high), NOTHING)
    subject.strangers.add(resource.name)
    return LAKE, _Work(NOTHING, minutes, NOTHING)


def _is_taken(subject: Subject, dataset: Dataset) -> bool:
    """Whether Glue takes what comes for a dataset at its busiest, and not the function."""
    function = subject.settings.processing.function
    runs = subject.all_runs[dataset.id].high
    if function is None or subject.is_glues(dataset):
        return True
    return runs > 0 and subject.gb(dataset).high / runs > function.max_mebibytes * _MEBIBYTE


def _job_runs(subject: Subject, domain: str, datasets: list[Dataset]) -> Spread:
    """Runs of a job that works on these; without a function to look first, it is started to look."""
    if subject.settings.processing.function is None:
        return subject.looks(domain)
    return Spread(*map(max, zip(NOTHING, *(subject.all_runs[each.id] for each in datasets), strict=True)))


def _gb(subject: Subject, datasets: list[Dataset]) -> Spread:
    sources = {source for each in datasets for source in subject.inputs(each)}
    return total(subject.arrivals[each].gb for each in sources)


def _scheduled(resource: Resource, subject: Subject) -> float:
    """Runs in a month that schedules start."""
    return sum(
        runs_per_month(schedule.properties["ScheduleExpression"])
        for schedule in subject.assembly.of("AWS::Scheduler::Schedule")
        if json.loads(schedule.properties["Target"].get("Input", "{}")).get("JobName") == resource.name
    )


def optimizer(resource: Resource, subject: Subject) -> Iterator[Charge]:
    """An optimizer of a table; but for compaction it looks each day whether there is something to do.

    https://docs.aws.amazon.com/glue/latest/dg/table-optimizers.html
    """
    owner = _owner(resource, subject)
    _, low, high = subject.assumed("optimizer_minutes")
    _, idle, _ = subject.assumed("optimizer_idle_minutes")
    looks = resource.properties["Type"] != "compaction"
    per_day = Spread(idle, max(idle, low), high) if looks else in_use(low, high)
    yield Charge("glue_optimizer_hour", per_day * (DAYS / 60), owner)


def _owner(resource: Resource, subject: Subject) -> str:
    database, table = resource.properties["DatabaseName"], resource.properties["TableName"]
    for each in subject.lake.datasets:
        if (database, table) == (subject.settings.naming.database(each.layer, each.domain), each.name):
            return each.id
    return LAKE


RULES = {"AWS::Glue::Job": job, "AWS::Glue::TableOptimizer": optimizer}
