"""Why a table is late or wrong: from a product back to the first cause that the lake can tell."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lakehouse.model.dataset import Dataset, Layer
from tools.cli.project import count
from tools.lake.health.options import KEPT
from tools.lake.health.pipelines import Execution, newest
from tools.lake.health.runs import Run, last_of
from tools.lake.health.waiting import waiting
from tools.lake.laptop.personas import as_reader
from tools.ops.pipelines import machine_arn
from tools.ops.target import Target


@dataclass(frozen=True)
class Cause:
    """One thing that keeps a table from being what it should be."""

    where: str
    """Dataset or domain."""
    what: str
    then: str
    """Command that goes on from here."""


@dataclass(frozen=True)
class Commands:
    """What to do next, for the lake that was asked."""

    environment: str
    """`KEPT`: the lake on this machine."""
    target: Target

    def start(self, dataset: Dataset) -> str:
        """Return what processes what is new."""
        return f"lake run {dataset.id}" if self.environment == KEPT else self.again(dataset.domain)

    def again(self, domain: str) -> str:
        """Return what runs a pipeline once more; it takes up what is left."""
        if self.environment == KEPT:
            return f"lake run {domain}"
        return f"aws stepfunctions start-execution --state-machine-arn {machine_arn(self.target, domain)}"

    def why(self, dataset: str) -> str:
        """Return what goes on from a dataset, by its id, to the causes."""
        return f"lake why {dataset}" + ("" if self.environment == KEPT else f" --env {self.environment}")

    def log(self, dataset: Dataset, run: Run) -> str:
        """Return what shows the log of a run."""
        if self.environment == KEPT:
            return f"lake logs {dataset.id}"
        return f"lake runs {dataset.id} --env {self.environment}; the log is of run {run.id or run.engine}"

    def rejected(self, dataset: Dataset) -> str:
        """Return what shows rejected records."""
        if self.environment == KEPT:
            return f"lake rejected {dataset.id}"
        table = f"quarantine_{dataset.domain}.{dataset.name}"
        sql = f"SELECT * FROM {table} LIMIT 20"  # noqa: S608 (names of the lake, told and not run)
        reader = as_reader(self.target.settings, self.target.lake, Layer.QUARANTINE)
        return f'lake sql "{sql}" --env {self.environment}{reader}'

    def redrive(self, domain: str) -> str:
        """Return what runs a failed pipeline again."""
        if self.environment == KEPT:
            return f"lake run {domain}"
        return self.operate(f"lake-ops redrive pipeline {domain}")

    def operate(self, command: str) -> str:
        """Return what acts on the lake."""
        before = 'eval "$(lake env)"; ' if self.environment == KEPT else ""
        return f"{before}{command} --env {self.environment}"


def causes(target: Target, dataset: Dataset, commands: Commands, since: datetime) -> list[Cause]:
    """Return what is wrong with a dataset and all that it is made of, what it is made of first.

    Args:
        target: The lake.
        dataset: The one in question.
        commands: What to do next.
        since: Runs before this count as none.
    """
    by_id = {each.id: each for each in target.lake.datasets}
    told: dict[str, None] = {}

    def visit(id_: str) -> None:
        for needed in by_id[id_].inputs:
            visit(needed)
        told.setdefault(id_)

    visit(dataset.id)
    found = [cause for id_ in told for cause in _own(target, by_id[id_], commands, since)]
    return list(dict.fromkeys(found))


def _own(target: Target, dataset: Dataset, commands: Commands, since: datetime) -> Iterator[Cause]:
    execution, run = newest(target, dataset.domain), last_of(target, dataset, since)
    yield from _of_execution(dataset, execution, run, commands)
    if run is not None:
        yield from _of_run(dataset, run, commands)
    if dataset.ingestion is None:
        return
    left = waiting(target, dataset, run.started if run else since)
    if left is not None:
        objects = count(left.objects, "object")
        what = f"{objects} in bronze that no run has taken up, the oldest of {left.oldest:%Y-%m-%d %H:%M} UTC"
        yield Cause(dataset.id, what, commands.start(dataset))


def _of_execution(
    dataset: Dataset, execution: Execution | None, run: Run | None, commands: Commands
) -> Iterator[Cause]:
    if execution is None:
        yield Cause(dataset.domain, "its pipeline has never run", commands.start(dataset))
    elif execution.failed and (run is None or run.started < execution.started):
        what = f"its pipeline {execution.status} before it came to {dataset.name}: {execution.why}"
        yield Cause(dataset.domain, what, commands.redrive(dataset.domain))


def _of_run(dataset: Dataset, run: Run, commands: Commands) -> Iterator[Cause]:
    if run.outcome != "succeeded":
        named = f" {run.id}" if run.id else ""
        yield Cause(dataset.id, f"the run{named} {run.outcome}: {run.why}", commands.log(dataset, run))
    facts = run.facts or {}
    if facts.get("rejected"):
        reasons = ", ".join(f"{reason} {number}" for reason, number in facts.get("reasons", {}).items())
        what = f"{facts['rejected']} of {facts['records_in']} records were rejected: {reasons}"
        yield Cause(dataset.id, what, commands.rejected(dataset))
    if facts.get("undeclared"):
        what = f"it holds personal data that its contract does not declare: {', '.join(facts['undeclared'])}"
        yield Cause(dataset.id, what, f"classify or mask the columns in {dataset.source}, and deploy")
    if facts.get("inputs_awaited"):
        yield Cause(dataset.id, f"it waits for {', '.join(facts['inputs_awaited'])}", commands.start(dataset))
