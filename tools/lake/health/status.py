"""`lake status`: one screen that tells whether a lake is healthy."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from tools.cli.project import INVALID, AsJson, Root, console, count, print_json, project_root
from tools.lake.health.options import KEPT, Env
from tools.lake.laptop.failing import telling

if TYPE_CHECKING:
    from tools.lake.health.overview import Overview
    from tools.ops.target import Target


_FRESH_MAX = 10
"""Datasets whose freshness is printed, those with the oldest events."""


@telling
def status(*, env: Env = KEPT, as_json: AsJson = False, root: Root = None) -> None:
    """Tell whether a lake is healthy, and for what is not the next command.

    Asks how pipelines ended last, which alarms are on, which runs ended without a word, how old the newest
    events are, what lies in dead-letter queues, and what of the last week was refused. Of the lake on this
    machine it also tells where it answers and what it holds. Exit code 0: all is well. 1: something is not,
    no lake is running, or AWS refused.
    """
    from tools.lake.health.causes import Commands  # noqa: PLC0415 (imports AWS's libraries)
    from tools.lake.health.lake_asked import asked  # noqa: PLC0415
    from tools.lake.health.overview import overview  # noqa: PLC0415
    from tools.ops.target import acting  # noqa: PLC0415

    project = project_root(root)
    kept = _kept(project, as_json=as_json) if env == KEPT else {"running": True}

    @acting
    def found() -> "tuple[Target, Overview]":
        target = asked(env, project)
        return target, overview(target, Commands(env, target))

    target, how = found()
    if as_json:
        print_json({**kept, **_as_json(how)})
    else:
        _print(target, how, kept)
    if how.trouble:
        raise typer.Exit(INVALID)


def _kept(project: Path, *, as_json: bool) -> dict[str, Any]:
    """Return where the kept lake answers; of none, say so and end."""
    from local.kept.connection import NoLakeError  # noqa: PLC0415
    from tools.lake.laptop.connected import connected  # noqa: PLC0415
    from tools.lake.laptop.holding import facts  # noqa: PLC0415

    try:
        return facts(connected(project))
    except NoLakeError:
        if not as_json:
            raise
        print_json({"running": False})
        raise typer.Exit(INVALID) from None


def _print(target: "Target", how: "Overview", kept: dict[str, Any]) -> None:
    name = target.settings.environment
    if "endpoint" in kept:
        datasets = f"{count(len(kept['datasets']), 'dataset')}: {', '.join(kept['datasets'])}"
        console.print(f"[green]✓[/green] a lake runs at [bold]{kept['endpoint']}[/bold]")
        console.print(f"  {datasets}", soft_wrap=True)
    for each in how.executions:
        style, mark = ("red", "✗") if each.failed else ("green", "✓")
        at = f"{(each.ended or each.started).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        console.print(f"[{style}]{mark}[/{style}] pipeline {each.domain}: {each.status.lower()}, {at}")
    if how.never_run:
        console.print(f"  never run yet: {', '.join(how.never_run)}", soft_wrap=True)
    _print_fresh(how)
    for one in how.trouble:
        console.print(f"[red]✗[/red] [bold]{escape(one.where)}[/bold] {escape(one.what)}", soft_wrap=True)
        console.print(f"    next: {escape(one.then)}", soft_wrap=True)
    for step in how.unknown:
        console.print(f"[yellow]?[/yellow] {escape(step.name)}: {escape(step.detail)}", soft_wrap=True)
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    if how.trouble:
        console.print(
            f"{name}: {count(len(how.trouble), 'thing')} to see to, {now}; lake why DATASET goes on"
        )
    else:
        console.print(f"{name}: nothing to see to, {now}")


def _print_fresh(how: "Overview") -> None:
    from tools.lake.health.freshness import age  # noqa: PLC0415 (imports AWS's libraries)

    for each in sorted(how.fresh, key=lambda one: one.newest_event)[:_FRESH_MAX]:
        told = f"newest event {age((datetime.now(UTC) - each.newest_event).total_seconds())} ago"
        late = "" if each.delay_p95 is None else f", 95 % were in its table within {age(each.delay_p95)}"
        console.print(f"  {escape(each.dataset)}: {told}{late}", soft_wrap=True)
    if len(how.fresh) > _FRESH_MAX:
        console.print(f"  and {len(how.fresh) - _FRESH_MAX} datasets with newer events; --json has all")


def _as_json(how: "Overview") -> dict[str, Any]:
    return {
        "healthy": not how.trouble,
        "pipelines": [
            {
                "domain": each.domain,
                "status": each.status,
                "started": each.started.astimezone(UTC).isoformat(),
                "ended": each.ended.astimezone(UTC).isoformat() if each.ended else None,
                "why": each.why,
            }
            for each in how.executions
        ],
        "never_run": list(how.never_run),
        "fresh": [
            {
                "dataset": each.dataset,
                "newest_event": each.newest_event.isoformat(),
                "event_delay_p95": each.delay_p95,
            }
            for each in how.fresh
        ],
        "trouble": [vars(one) for one in how.trouble],
        "not_asked": [step.name for step in how.unknown],
    }
