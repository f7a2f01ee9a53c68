"""Whether a lake is healthy, and for what is not the next command."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tools.lake.health.causes import Commands
from tools.lake.health.events import FAILED, recorded
from tools.lake.health.freshness import Freshness, freshness
from tools.lake.health.pipelines import Execution, newest
from tools.lake.health.runs import Run, lost_runs, newest_of_each
from tools.ops.target import Target
from tools.smoke.step import Outcome, Step, guarded
from tools.smoke.watch import alarms, lost

_BACK = timedelta(days=7)
"""How far back lost records are looked for."""

_COMMANDS = {
    "dead letters": "lake-ops redrive landing",
    "unrouted files": "lake-ops replay files",
    "undelivered records": "lake-ops replay errors",
}
"""What takes up what found no way, by the beginning of what was looked at."""


@dataclass(frozen=True)
class Trouble:
    """One thing that is not well."""

    where: str
    what: str
    then: str
    """What to do next."""


@dataclass(frozen=True)
class Overview:
    """How a lake is."""

    executions: tuple[Execution, ...]
    """The newest one of each domain that has any."""
    never_run: tuple[str, ...]
    """Domains whose pipeline nobody has started yet."""
    trouble: tuple[Trouble, ...]
    fresh: tuple[Freshness, ...]
    """Of datasets whose events are timed."""
    unknown: tuple[Step, ...]
    """What the caller may not ask."""


def overview(target: Target, commands: Commands) -> Overview:
    """Ask pipelines, alarms, runs, dead letters, and what was refused."""
    domains = sorted({each.domain for each in target.lake.datasets})
    last = {domain: newest(target, domain) for domain in domains}
    executions = tuple(each for each in last.values() if each)
    since = datetime.now(UTC) - _BACK
    told = _Told()
    steps = [
        *guarded("alarms", alarms, target),
        *guarded("runs", _runs, target, domains, since, told),
        *lost(target, since),
    ]
    return Overview(
        executions,
        tuple(domain for domain, each in last.items() if each is None),
        (
            *_of_executions(executions, told.failing, commands),
            *_of_lost(told.silent, commands),
            *_of_steps(steps, commands),
        ),
        tuple(told.fresh),
        tuple(step for step in steps if step.outcome is Outcome.NOT_ASKED),
    )


@dataclass
class _Told:
    """What runs tell."""

    silent: list[Run] = field(default_factory=list)
    """Those that ended without a word."""
    fresh: list[Freshness] = field(default_factory=list)
    failing: dict[str, str] = field(default_factory=dict)
    """By domain, the id of the dataset whose last run failed before those of others that failed."""


def _runs(target: Target, domains: Iterable[str], since: datetime, told: _Told) -> Iterator[Step]:
    """Read the runs of domains; there is no step to tell of."""
    for domain in domains:
        found = recorded(target, domain, since)
        told.silent += lost_runs(target, domain, found)
        told.fresh += freshness(target, domain, found)
        last = newest_of_each((run for run in found if not run.is_step), 1)
        failed = [run for run in last if run.end is not None and run.end.kind == FAILED]
        if failed:
            told.failing[domain] = f"{domain}/{min(failed, key=lambda run: run.started).name}"
    yield from ()


def _of_executions(
    executions: tuple[Execution, ...], failing: Mapping[str, str], commands: Commands
) -> Iterator[Trouble]:
    for each in executions:
        if each.failed:
            then = commands.redrive(each.domain)
            if dataset := failing.get(each.domain):
                then = f"{commands.why(dataset)}; once that is mended, {then}"
            yield Trouble(f"pipeline {each.domain}", f"{each.status}: {each.why}", then)


def _of_lost(runs: Iterable[Run], commands: Commands) -> Iterator[Trouble]:
    """Tell of runs that ended without a word."""
    for run in runs:
        where = f"{run.domain}/{run.dataset}" if run.dataset else f"pipeline {run.domain}"
        started = f"{run.started:%Y-%m-%d %H:%M} UTC"
        yield Trouble(
            f"run of {where}", f"started {started} by {run.engine} {run.id or ''}: {run.why}",
            commands.again(run.domain),
        )  # fmt: skip


def _of_steps(steps: list[Step], commands: Commands) -> Iterator[Trouble]:
    for step in steps:
        if step.outcome is Outcome.FAILED:
            found = next((text for name, text in _COMMANDS.items() if step.name.startswith(name)), None)
            what, then = _without_link(step.detail)
            yield Trouble(step.name, what, commands.operate(found) if found else then)


def _without_link(detail: str) -> tuple[str, str]:
    """Return what an alarm says, and the page that goes on from there: its description ends with the link."""
    what, _, link = detail.rpartition(" ")
    return (what, link) if "://" in link else (detail, "docs/runbook.md")
