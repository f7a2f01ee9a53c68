"""Brings data to the kept lake, runs its pipelines, and reads what came of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import typer
from rich.markup import escape

from lakehouse.model.dataset import Dataset
from lakehouse.model.lineage import reach
from local.demo.show import Stages
from local.kept import feeding, results
from local.kept.feeding import Given
from local.lake.lake import LakeError, LocalLake
from tools.cli.project import INVALID, console, errors, print_json
from tools.lake.laptop.personas import as_reader
from tools.lake.laptop.report import print_result, result_json

FIRST_ROWS = 5
MOST_SHOWN = 10


@dataclass(frozen=True)
class Showing:
    """What to show of a run."""

    rows: int = FIRST_ROWS
    """First rows of each table."""
    rejected: int = MOST_SHOWN
    """Rejected records of each dataset."""
    as_json: bool = False


def bring_and_run(
    lake: LocalLake,
    names: Sequence[str],
    stages: Stages,
    showing: Showing,
    *,
    data: Sequence[Given] = (),
    samples: bool = False,
) -> None:
    """Bring data to datasets, run the pipelines of their domains, and tell what came of it.

    Args:
        lake: The lake, deployed.
        names: Ids of the datasets and products that are asked for.
        stages: Shows what is done.
        showing: What to show.
        data: Files for the one dataset that is named.
        samples: Whether to bring samples to those that have something already.

    Raises:
        typer.Exit: A pipeline failed.
        LakeError: Data could not be brought.
    """
    concerned = _concerned(lake, names)
    since = results.before(lake, concerned)
    with stages("bring data to bronze"):
        brought = _bring(lake, concerned, data, samples)
    problem = _run(lake, {dataset.domain for dataset in concerned}, stages)
    found = [results.read(lake, dataset, since, showing.rows) for dataset in concerned]
    files = {file.name: file.content for file in data}
    rejected = [
        results.with_lines(lake, each.dataset, each.rejected.slice(0, showing.rejected), files)
        if each.counts
        else []
        for each in found
    ]
    if showing.as_json:
        told = {
            "succeeded": problem is None,
            "problem": problem,
            "brought": brought,
            "seconds": stages.seconds,
        }
        shown = [result_json(*each) for each in zip(found, rejected, strict=True)]
        print_json({**told, "datasets": shown})
    else:
        _print(lake, found, rejected, brought, problem)
    if problem is not None:
        raise typer.Exit(INVALID)


def _run(lake: LocalLake, domains: Collection[str], stages: Stages) -> str | None:
    """Run the pipelines of domains, and return why any failed."""
    try:
        with stages(f"run the pipelines of {', '.join(sorted(domains))}"):
            lake.run_pipelines(domains)
    except LakeError as error:
        return str(error)
    return None


def _print(
    lake: LocalLake,
    found: Sequence[results.Result],
    rejected: Sequence[Sequence[dict[str, Any]]],
    brought: Mapping[str, str],
    problem: str | None,
) -> None:
    for each, refused in zip(found, rejected, strict=True):
        print_result(each, refused, brought.get(each.dataset.id))
    if problem is None:
        _print_next(lake, found[-1].dataset)
    else:
        errors.print(f"\n[red]✗[/red] {escape(problem)}", soft_wrap=True)


def _concerned(lake: LocalLake, names: Sequence[str]) -> list[Dataset]:
    """Return datasets with all that they read and all that reads them, each after what it is made of."""
    inputs = {dataset.id: set(dataset.inputs) for dataset in lake.lake.datasets}
    readers = {id_: {other for other, read in inputs.items() if id_ in read} for id_ in inputs}
    wanted = set().union(*(reach(name, inputs) | reach(name, readers) for name in names))
    found = [dataset for dataset in lake.lake.datasets if dataset.id in wanted]
    return [each for each in found if each.ingestion] + [each for each in found if not each.ingestion]


def _bring(
    lake: LocalLake, concerned: Sequence[Dataset], data: Sequence[Given], samples: bool
) -> dict[str, str]:
    """Bring data, or samples to what has nothing; returns where it came from, by dataset."""
    sources = [dataset for dataset in concerned if dataset.ingestion]
    if data:
        feeding.bring(lake, sources[0], data)
        return {sources[0].id: ", ".join(file.name for file in data)}
    return feeding.bring_samples(lake, [each for each in sources if samples or feeding.is_empty(lake, each)])


def _print_next(lake: LocalLake, dataset: Dataset) -> None:
    table = f"{dataset.layer}_{dataset.domain}.{dataset.name}"
    reader = as_reader(lake.settings, lake.lake, dataset.layer)
    told = f'next: lake sql "SELECT * FROM {table}"{reader} asks it'  # noqa: S608 (is shown)
    more = "an edit of contract or SQL is deployed by the next lake run"
    console.print(f"\n[dim]{told}; {more}[/dim]", soft_wrap=True)
