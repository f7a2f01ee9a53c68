"""`lake runs` and `lake why`: what was done in a lake, and what is behind a table that is late or wrong."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from tools.cli.project import INVALID, AsJson, Root, console, dataset_of, print_json, project_root
from tools.lake.health.options import KEPT, Days, Env
from tools.lake.laptop.failing import telling

if TYPE_CHECKING:
    from tools.lake.health.runs import Run

_FACTS = (
    *("objects", "records_in", "accepted", "rejected", "superseded", "reasons", "table_rows"),
    *("newest_arrival", "newest_event", "event_delay_p50", "event_delay_p95", "event_delay_max"),
    *("records_missing", "contract_version", "code_version"),
)
"""What is told of a run beside its outcome."""


@telling
def runs(
    name: Annotated[
        str | None, typer.Argument(help="DOMAIN, DOMAIN/DATASET, or DATASET if its name is unique.")
    ] = None,
    *,
    env: Env = KEPT,
    days: Days = 7,
    last: Annotated[int, typer.Option("--last", min=1, help="Runs of each dataset to show.")] = 5,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """List what jobs and functions did, newest first: who, when, how many records became what, and its cost.

    It reads the events that each run leaves, which the table `run_events` shows as well. DPU-hours are
    those of the whole job run. `delay` is the time from event to table that 95 % of what a run brought took
    at most.
    Exit code 0, whether there are any or not. 1: no lake is running, or AWS refused.
    """
    from tools.lake.health.lake_asked import asked  # noqa: PLC0415 (imports AWS's libraries)
    from tools.lake.health.runs import runs_of  # noqa: PLC0415
    from tools.ops.target import acting  # noqa: PLC0415

    @acting
    def found() -> "list[Run]":
        target = asked(env, project_root(root))
        domains = sorted({each.domain for each in target.lake.datasets})
        dataset = None if name is None or name in domains else dataset_of(target.lake, name)
        chosen = [dataset.domain] if dataset else [name] if name else domains
        since, only = datetime.now(UTC) - timedelta(days=days), dataset.name if dataset else None
        listed = [run for domain in chosen for run in runs_of(target, domain, since, last, only)]
        return sorted(listed, key=lambda run: run.started, reverse=True)

    listed = found()
    if as_json:
        print_json([_as_json(run) for run in listed])
    elif listed:
        console.print(_table(listed))
        for run in (each for each in listed if each.why):
            at = f"{run.started.astimezone(UTC):%m-%d %H:%M}"
            console.print(f"[red]✗[/red] {at} {escape(_named(run))}: {escape(run.why)}", soft_wrap=True)
    else:
        console.print(f"no run reported anything in {days} days")


@telling
def why(
    name: Annotated[str, typer.Argument(help="DOMAIN/DATASET, or DATASET if its name is unique.")],
    *,
    env: Env = KEPT,
    days: Days = 7,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Tell why a table is late or wrong: from what it is made of to itself, each cause with what to do next.

    Asks pipelines, runs, their reports, and bronze. Exit code 0: nothing was found. 1: something was, or no
    lake is running.
    """
    from tools.lake.health.causes import Cause, Commands, causes  # noqa: PLC0415 (imports AWS's libraries)
    from tools.lake.health.lake_asked import asked  # noqa: PLC0415
    from tools.ops.target import acting  # noqa: PLC0415

    @acting
    def found() -> "tuple[str, list[Cause]]":
        target = asked(env, project_root(root))
        dataset = dataset_of(target.lake, name)
        since = datetime.now(UTC) - timedelta(days=days)
        return dataset.id, causes(target, dataset, Commands(env, target), since)

    id_, causes_found = found()
    if as_json:
        print_json({"dataset": id_, "causes": [vars(each) for each in causes_found]})
    elif not causes_found:
        console.print(f"[green]✓[/green] nothing is wrong with {id_} that runs and bronze tell of")
    for each in () if as_json else causes_found:
        console.print(f"[red]✗[/red] [bold]{escape(each.where)}[/bold] {escape(each.what)}", soft_wrap=True)
        console.print(f"    next: {escape(each.then)}", soft_wrap=True)
    if causes_found:
        raise typer.Exit(INVALID)


def _table(listed: "list[Run]") -> Table:
    from tools.lake.health.freshness import age  # noqa: PLC0415 (imports AWS's libraries)

    billed = any(run.dpu_hours is not None for run in listed)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("started (UTC)", no_wrap=True)
    table.add_column("dataset", overflow="fold")
    for heading in ("by", "outcome"):
        table.add_column(heading, no_wrap=True)
    timed = any("event_delay_p95" in (run.facts or {}) for run in listed)
    more = [*(["delay"] if timed else []), *(["DPU-h"] if billed else [])]
    for heading in ("in", "good", "rejected", "s", *more):
        table.add_column(heading, justify="right", no_wrap=True)
    for run in listed:
        facts = run.facts or {}
        style = {"succeeded": "green", "failed": "red"}.get(run.outcome, "yellow")
        hours = "" if run.dpu_hours is None else f"{run.dpu_hours:.2f}"
        table.add_row(
            f"{run.started.astimezone(UTC):%m-%d %H:%M}",
            escape(_named(run)),
            run.engine,
            f"[{style}]{run.outcome}[/{style}]",
            *(_number(facts.get(each)) for each in ("records_in", "accepted", "rejected")),
            _number(run.seconds),
            *([age(facts["event_delay_p95"]) if "event_delay_p95" in facts else ""] if timed else []),
            *([hours] if billed else []),
        )
    return table


def _named(run: "Run") -> str:
    return f"{run.domain}/{run.dataset}" if run.dataset else run.domain


def _number(value: Any) -> str:
    return "" if value is None else f"{value:,.0f}"


def _as_json(run: "Run") -> dict[str, Any]:
    facts = run.facts or {}
    return {
        "dataset": _named(run),
        "engine": run.engine,
        "run": run.id,
        "started": run.started.astimezone(UTC).isoformat(),
        "outcome": run.outcome,
        "why": run.why,
        "seconds": run.seconds,
        "dpu_hours": run.dpu_hours,
        **{each: facts.get(each) for each in _FACTS},
    }
