"""How the demonstration looks in a terminal, and in a log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from rich import box
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from local.demo.questions import Answer
from local.demo.summary import DatasetCounts, Summary
from local.emulator.launcher import EmbeddedAws
from local.lake.quality_results import Quality

_ADVICE = (
    "The records of {} are generated from their contracts, which keeps every rule but those in SQL. "
    "If such a rule broke: give its columns `examples` or tighter rules under which it holds, "
    "or make its `severity` warning, under which it is measured and nothing fails."
)


class Stages:
    """Shows each stage while it runs, and its seconds when it is done."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._progress = Progress(
            *columns, console=console, transient=True, disable=not console.is_terminal
        )  # fmt: skip
        self._running = 0
        self._lock = Lock()
        self.seconds: dict[str, float] = {}
        """By stage, of all its runs together."""

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Run one stage, beside others where it comes from a thread of its own."""
        started = time.monotonic()
        mark = "[red]✗[/red]"
        try:
            with self._shown(name):
                yield
            mark = "[green]✓[/green]"
        finally:
            seconds = round(time.monotonic() - started, 1)
            with self._lock:
                self.seconds[name] = round(self.seconds.get(name, 0) + seconds, 1)
            self._console.print(f"{mark} {name:<58}{seconds:>7.1f} s")

    @contextmanager
    def _shown(self, name: str) -> Iterator[None]:
        """Show a stage among those that run."""
        task = self._progress.add_task(name)
        self._count(1)
        try:
            yield
        finally:
            self._progress.remove_task(task)
            self._count(-1)

    def _count(self, change: int) -> None:
        """Have the display live exactly while a stage runs."""
        with self._lock:
            before, self._running = self._running, self._running + change
            if not before:
                self._progress.start()
            elif not self._running:
                self._progress.stop()


def summary(console: Console, result: Summary, aws: EmbeddedAws) -> None:
    """Print the whole summary; what failed comes last, where it is seen."""
    _records(console, result)
    _heading(console, "Quality rules")
    console.print(_quality(result.quality))
    for dataset in result.quality:
        for rule in dataset.broken:
            value = "nothing" if rule.value is None else f"{rule.value:.15g}"
            found = f"{rule.name} of {dataset.name} ({rule.severity}): got {value}; allowed: {rule.threshold}"
            console.print(f"  failed: {found}", markup=False, soft_wrap=True)
    _heading(console, "Gold")
    console.print(_gold(result))
    for answer in result.queries:
        _heading(console, f"{answer.question} (Athena, as the {answer.persona})")
        console.print(_answer(answer))
    holds = {True: "[green]yes[/green]", False: "[red]no[/red]"}
    console.print(f"\nIAM enforced: {holds[result.iam_enforced]}   TLS only: {holds[result.tls]}")
    red = ", ".join(result.red_when_new) or "none"
    console.print(f"Alarms that were on after the deployment, before anything came: {red}")
    console.print("\nOnly recorded, because the embedded AWS lacks the type:")
    for kind, count in sorted(result.recorded_only.items()):
        console.print(f"  {count:>3}  {kind}")
    console.print(f"\nDone in {result.seconds} s. Where to look next:")
    for what, where in (
        ("catalogue", _near(Path(result.catalogue))),
        ("logs", _near(aws.directory / "logs")),
        ("deployed templates", _near(aws.directory / "cdk.out")),
        ("ask it yourself", "make demo KEEP=1"),
    ):
        console.print(f"  {what:<20}{where}", soft_wrap=True)
    _failures(console, result)


def _records(console: Console, result: Summary) -> None:
    _heading(console, "From bronze to silver")
    console.print(_datasets(result.datasets))
    generated = [counts.name for counts in result.datasets if counts.generated]
    if generated:
        console.print(f"  * records generated from the contract: {', '.join(generated)}", soft_wrap=True)
    for name, count in result.posted.items():
        console.print(f"  posted of {name}: {count}, over HTTPS through its API", soft_wrap=True)
    for counts in result.datasets:
        if counts.reasons:
            reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(counts.reasons.items()))
            console.print(f"  rejected of {counts.name}: {reasons}", soft_wrap=True)


def _failures(console: Console, result: Summary) -> None:
    if result.unexpected:
        console.print("\n[yellow]otherwise than samples expect[/yellow]", soft_wrap=True)
    for difference in result.unexpected:
        console.print(difference, markup=False, soft_wrap=True)
    for name, cause in result.not_fed.items():
        console.print(f"\n[red]failed[/red] no records for {name}", soft_wrap=True)
        console.print(cause, markup=False, soft_wrap=True)
    for domain, cause in result.failures.items():
        generated = [
            counts.name
            for counts in result.datasets
            if counts.generated and counts.name.startswith(f"{domain}/")
        ]
        console.print(f"\n[red]failed[/red] pipeline of {domain}; the other domains ran", soft_wrap=True)
        console.print(cause, markup=False, soft_wrap=True)
        if generated:
            console.print(_ADVICE.format(", ".join(generated)), markup=False, soft_wrap=True)


def _heading(console: Console, text: str) -> None:
    console.print(f"\n[bold]{text}[/bold]", soft_wrap=True)


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, show_edge=False)


def _datasets(datasets: list[DatasetCounts]) -> Table:
    table = _table()
    table.add_column("dataset", no_wrap=True)
    for column in ("records in", "accepted", "rejected", "superseded", "rows"):
        table.add_column(column, justify="right")
    for counts in datasets:
        numbers = (
            counts.records_in, counts.accepted, counts.rejected, counts.superseded, counts.silver_rows,
        )  # fmt: skip
        table.add_row(counts.name + " *" * counts.generated, *(f"{number:,}" for number in numbers))
    return table


def _quality(datasets: list[Quality]) -> Table:
    table = _table()
    table.add_column("dataset", no_wrap=True)
    for column in ("passed", "broken by records", "failed"):
        table.add_column(column, justify="right")
    for rules in datasets:
        table.add_row(
            rules.name, *(f"{number:,}" for number in (rules.passed, rules.quarantined, rules.failed))
        )
    return table


def _gold(result: Summary) -> Table:
    table = _table()
    table.add_column("product", no_wrap=True)
    table.add_column("rows", justify="right")
    for product in result.gold:
        table.add_row(product["name"], f"{product['rows']:,}" if product["built"] else "not built")
    return table


def _answer(answer: Answer) -> Table:
    table = _table()
    for column in answer.columns:
        table.add_column(column)
    for row in answer.rows:
        table.add_row(*row)
    return table


def _near(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
