"""Whether a lake is healthy, and for what is not the next command."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tools.lake.health.causes import Commands
from tools.lake.health.events import recorded
from tools.lake.health.freshness import Freshness, freshness
from tools.lake.health.pipelines import Execution, newest
from tools.lake.health.runs import Run, lost_runs
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
    silent: list[Run] = []
    fresh: list[Freshness] = []
    steps = [
        *guarded("alarms", alarms, target),
        *guarded("runs", _runs, target, domains, since, silent, fresh),
        *lost(target, since),
    ]
    return Overview(
        executions,
        tuple(domain for domain, each in last.items() if each is None),
        (
            *_of_executions(executions, commands),
            *_of_lost(silent, commands),
            *_of_steps(steps, commands),
        ),
        tuple(fresh),
        tuple(step for step in steps if step.outcome is Outcome.NOT_ASKED),
    )


def _runs(
    target: Target, domains: Iterable[str], since: datetime, silent: list[Run], fresh: list[Freshness]
) -> Iterator[Step]:
    """Find runs that ended without a word, and how fresh datasets are; there is no step to tell of."""
    for domain in domains:
        found = recorded(target, domain, since)
        silent += lost_runs(target, domain, found)
        fresh += freshness(target, domain, found)
    yield from ()


def _of_executions(executions: tuple[Execution, ...], commands: Commands) -> Iterator[Trouble]:
    for each in executions:
        if each.failed:
            yield Trouble(
                f"pipeline {each.domain}", f"{each.status}: {each.why}", commands.redrive(each.domain)
            )


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
            then = commands.operate(found) if found else "see docs/runbook.md"
            yield Trouble(step.name, step.detail, then)
