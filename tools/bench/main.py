"""`make bench`: every figure in one run, as a table for people and as JSON for programs."""

import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tools.bench import functions, growth, pruning, refresh, router, silver
from tools.bench.laptop import Laptop, laptop

_MILLION = 1_000_000

console = Console(highlight=False)


@dataclass(frozen=True)
class Figure:
    """One measured figure."""

    key: str
    value: float
    allowed: float | None
    """The most it may be, or the least where more is better; None: there is no promise."""
    more_is_better: bool
    says: str
    """What was measured, with the figures behind it."""

    @property
    def kept(self) -> bool | None:
        """Whether the promise is kept; None if there is none."""
        if self.allowed is None:
            return None
        return self.value >= self.allowed if self.more_is_better else self.value <= self.allowed


def main(
    out: Annotated[Path | None, typer.Option(help="Write the figures to this file, as JSON.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Measure only figures that begin so.")] = None,
) -> None:
    """Measure the jobs and functions of the lake on two cores; promises that are not kept show in red."""
    started = time.monotonic()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="lake-bench-") as folder, laptop(Path(folder)) as lake:
        for keys, measure in MEASURES.items():
            if only is None or any(key.startswith(tuple(only)) for key in keys):
                with console.status(f"measuring {', '.join(keys)}"):
                    figures += measure(lake)
    _show(figures, time.monotonic() - started)
    if out is not None:
        out.write_text(
            json.dumps({figure.key: round(figure.value, 4) for figure in figures}, indent=2) + "\n"
        )


def _races(lake: Laptop) -> Iterator[Figure]:
    silver.race(lake, 50_000, repeats=1)  # so that no contestant pays for the start of Spark
    for millions, repeats in ((1, 3), (10, 1)):
        race = silver.race(lake, millions * _MILLION, repeats)
        seconds = f"silver {race.silver:.1f} s, PySpark {race.spark:.1f} s, DuckDB {race.duckdb:.1f} s"
        says = f"whole silver job against plain PySpark, {millions}M events: {seconds}"
        yield Figure(f"silver_vs_spark_{millions}m", race.silver / race.spark, 2.0, False, says)
        if millions == 1:
            says = "whole silver job against DuckDB, 1M events"
            yield Figure("silver_vs_duckdb_1m", race.silver / race.duckdb, None, False, says)


def _growth(lake: Laptop) -> Iterator[Figure]:
    growth.growth(lake, 1, repeats=1)  # so that no history pays for the start of Spark
    few, hundred, thousand = (growth.growth(lake, partitions, repeats=3) for partitions in (1, 100, 1000))
    says = f"one new day: {few:.2f} s on 1 day of history, {hundred:.2f} s on 100, {thousand:.2f} s on 1,000"
    yield Figure("incremental_1000_vs_1", thousand / few, 1.3, False, says)


def _pruning(lake: Laptop) -> Iterator[Figure]:
    query = pruning.day_query(lake)
    says = ", ".join(
        f"{name} {read.bytes / 1e6:.2f} MB in {read.files} files"
        for name, read in (("raw JSON", query.raw), ("silver", query.silver), ("compacted", query.compacted))
    )
    ratio = query.compacted.bytes / query.raw.bytes
    yield Figure("day_query_bytes_ratio", ratio, 0.02, False, f"a day out of {pruning.DAYS}: {says}")


def _functions(_lake: Laptop) -> Iterator[Figure]:
    says = "records of 200 bytes that the transform function routes, on one core"
    yield Figure("transform_records_per_s", functions.transform_records_per_s(), 20_000, True, says)
    says = "milliseconds to import the transform function in a new process"
    yield Figure("transform_import_ms", functions.transform_import_ms(), 300, False, says)


def _router(lake: Laptop) -> Iterator[Figure]:
    says = "files that the landing router moves, checks and removes, one after the other"
    yield Figure("router_objects_per_s", router.objects_per_s(lake.folder), None, True, says)


def _refresh(lake: Laptop) -> Iterator[Figure]:
    full, part = refresh.full_and_incremental(lake)
    says = f"gold refresh of 1 changed day in {refresh.DAYS}: {part:.1f} s, full {full:.1f} s"
    yield Figure("gold_incremental_vs_full", part / full, None, False, says)


MEASURES = {
    ("silver_vs_spark_1m", "silver_vs_duckdb_1m", "silver_vs_spark_10m"): _races,
    ("incremental_1000_vs_1",): _growth,
    ("day_query_bytes_ratio",): _pruning,
    ("gold_incremental_vs_full",): _refresh,
    ("transform_records_per_s", "transform_import_ms"): _functions,
    ("router_objects_per_s",): _router,
}


def _show(figures: list[Figure], seconds: float) -> None:
    table = Table("figure", "value", "promise", "what was measured")
    for figure in figures:
        limit = (
            "" if figure.allowed is None else f"{'≥' if figure.more_is_better else '≤'} {figure.allowed:,g}"
        )
        colour = {True: "green", False: "red", None: "default"}[figure.kept]
        table.add_row(figure.key, f"[{colour}]{figure.value:,.3g}[/]", limit, figure.says)
    console.print(table)
    console.print(f"all in {seconds:.0f} s; ratios are of one run on one machine")
