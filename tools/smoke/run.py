"""The course of `lake smoke`: what is looked at, in which order, and what stops it."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich import box
from rich.markup import escape
from rich.table import Table

from lakehouse.model.dataset import Dataset
from tools.cli.project import INVALID, USAGE, console, errors, print_json, project_root
from tools.ops.target import OperationError, Target, open_target
from tools.smoke.journey import Course
from tools.smoke.personas import ask_as_each
from tools.smoke.preflight import advice, preflight
from tools.smoke.resources import resources
from tools.smoke.step import Outcome, Step, failed, not_asked, ok
from tools.smoke.watch import watch
from tools.smoke.ways import one_of_each, way, why_not

_LOOK_BACK = timedelta(hours=1)
"""How far back logs and refused objects are looked at where nothing is sent."""

_STYLES = {Outcome.OK: "green", Outcome.FAILED: "red", Outcome.NOT_ASKED: "yellow"}


@dataclass(frozen=True)
class Choice:
    """What the command was asked for."""

    environment: str
    datasets: list[str]
    everything: bool
    look: bool
    confirmed: bool
    wait: int | None
    as_json: bool
    root: Path | None


def run(choice: Choice) -> None:
    """Look at an environment, send records unless told not to, and print what came of it.

    Raises:
        typer.Exit: Something failed, or the environment must not get records without a confirmation.
        typer.BadParameter: A dataset is unknown, or a gold product.
        InvalidInputError: Settings or contracts have faults.
    """
    try:
        target = open_target(choice.environment, choice.root)
    except (OperationError, ClientError, BotoCoreError) as error:
        _conclude(choice, [failed("account", str(error))])
        return
    chosen = _chosen(target, choice)
    if not choice.look:
        _announce(target, chosen, choice)
    with errors.status("preflight") as status:
        steps = _steps(target, chosen, choice, lambda text: status.update(escape(text)))
    _conclude(choice, steps)


def _chosen(target: Target, choice: Choice) -> list[Dataset]:
    sources = target.datasets(choice.datasets)
    if choice.everything or choice.look:
        return target.datasets([])
    return sources if choice.datasets else one_of_each(sources)


def _announce(target: Target, chosen: list[Dataset], choice: Choice) -> None:
    """Say what will be written, and refuse to write it where data must last, unless that is confirmed."""
    settings = target.settings
    sent = [each for each in chosen if why_not(each, named=bool(choice.datasets)) is None]
    names = ", ".join(f"{each.id} ({way(each)})" for each in sent) or "no dataset"
    errors.print(
        f"Writes into {settings.environment}, account {settings.account}: one record for each of {names}. "
        "Bronze keeps what comes each time; silver gets at most one row a dataset, the same in each run, and "
        "products are made anew with it.",
        soft_wrap=True,
    )
    if not settings.disposable and not choice.confirmed:
        errors.print(
            f"[red]✗[/red] got {settings.environment}, which is not `disposable`; allowed: --yes, if these "
            "rows may stay in its tables; fix: add it, or --look, which writes nothing",
            soft_wrap=True,
        )
        raise typer.Exit(USAGE)


def _steps(target: Target, chosen: list[Dataset], choice: Choice, say: Callable[[str], None]) -> list[Step]:
    started = datetime.now(UTC)
    settings = target.settings
    steps = [ok("account", f"{settings.account}, {settings.region}")]
    steps += preflight(target, project_root(choice.root))
    steps += resources(target, chosen)
    ready = not any(step.outcome is Outcome.FAILED for step in steps)
    steps += advice(target)
    if choice.look:
        started -= _LOOK_BACK
    else:
        reasons = {each.id: why_not(each, named=bool(choice.datasets)) for each in chosen}
        steps += [not_asked(f"send {name}", reason) for name, reason in reasons.items() if reason]
        kept = [each for each in chosen if reasons[each.id] is None]
        if ready:
            steps += Course(target, say, choice.wait).follow(kept)
        else:
            steps += [not_asked(f"send {each.id}", "the steps before it failed") for each in kept]
    say("personas")
    steps += ask_as_each(target, chosen)
    say("alarms, logs and what was refused")
    return steps + watch(target, chosen, started)


def _conclude(choice: Choice, steps: Iterable[Step]) -> None:
    steps = list(steps)
    totals = {outcome.value: sum(step.outcome is outcome for step in steps) for outcome in Outcome}
    if choice.as_json:
        document = {"environment": choice.environment, "totals": totals}
        print_json({**document, "steps": [_as_json(step) for step in steps]})
    else:
        _print(steps, totals)
    if totals[Outcome.FAILED]:
        raise typer.Exit(INVALID)


def _as_json(step: Step) -> dict[str, object]:
    document = asdict(step)
    if step.cause:
        del document["cause"]["pattern"]
    return document


def _print(steps: list[Step], totals: dict[str, int]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("step", "outcome", "found"):
        table.add_column(heading, overflow="fold")
    for step in steps:
        style = _STYLES[step.outcome]
        table.add_row(escape(step.name), f"[{style}]{step.outcome}[/{style}]", escape(step.detail))
    console.print(table)
    for step in steps:
        if step.cause:
            console.print(
                f"[red]✗ {escape(step.name)}[/red]: [bold]{escape(step.cause.name)}[/bold]", soft_wrap=True
            )
            for label, text in (
                ("cause", step.cause.cause),
                ("fix", step.cause.fix),
                ("more", step.cause.page),
            ):
                console.print(f"    [dim]{label:<6}[/dim]{escape(text)}", soft_wrap=True)
    console.print(", ".join(f"{number} {name}" for name, number in totals.items() if number))
