"""How the demonstration looks in a terminal, and in a log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from local.emulator import EmbeddedAws
from local.summary import Answer, DatasetCounts, Summary


class Stages:
    """Shows each stage while it runs, and its seconds when it is done."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Run one stage."""
        started = time.monotonic()
        with self._console.status(f"{name} …"):
            yield
        self.seconds[name] = round(time.monotonic() - started, 1)
        self._console.print(f"[green]✓[/green] {name:<58}{self.seconds[name]:>7.1f} s")


def summary(console: Console, result: Summary, aws: EmbeddedAws) -> None:
    """Print the whole summary."""
    console.print(_datasets(result.datasets))
    console.print(_gold(result))
    for answer in result.queries:
        console.print(_answer(answer))
    proven = [
        name for name, holds in (("IAM enforced", result.iam_enforced), ("TLS only", result.tls)) if holds
    ]
    console.print(f"\n{', '.join(proven) or 'neither IAM nor TLS holds'}; {result.seconds} s in all.")
    console.print("Deployed from the templates but only recorded, because the embedded AWS lacks the type:")
    for kind, count in sorted(result.recorded_only.items()):
        console.print(f"  {count:>3}   {kind}")
    console.print(
        f"\nWhere to look next: logs in {_near(aws.directory / 'logs')}, templates in "
        f"{_near(aws.directory / 'cdk.out')}, `make demo KEEP=1` to query it yourself."
    )


def _datasets(datasets: list[DatasetCounts]) -> Table:
    table = Table(title="Bronze to silver", title_justify="left")
    table.add_column("dataset")
    for column in ("records in", "accepted", "rejected", "superseded", "silver rows"):
        table.add_column(column, justify="right")
    table.add_column("why rejected")
    for counts in datasets:
        numbers = (
            counts.records_in, counts.accepted, counts.rejected, counts.superseded, counts.silver_rows,
        )  # fmt: skip
        reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(counts.reasons.items()))
        table.add_row(counts.name, *(f"{number:,}" for number in numbers), reasons)
    return table


def _gold(result: Summary) -> Table:
    table = Table(title="Gold", title_justify="left")
    table.add_column("product")
    table.add_column("rows", justify="right")
    for product in result.gold:
        table.add_row(product["name"], f"{product['rows']:,}")
    return table


def _answer(answer: Answer) -> Table:
    table = Table(title=f"{answer.question} (Athena, as the analyst)", title_justify="left")
    for column in answer.columns:
        table.add_column(column)
    for row in answer.rows:
        table.add_row(*row)
    return table


def _near(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
