"""`make bench`: every figure in one run, as a table for people and as JSON for programs."""

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from tools.bench.figures import MEASURES, Figure, Wanted
from tools.bench.fresh.freshness import Load
from tools.bench.laptop import laptop

console = Console(highlight=False)


def main(
    out: Annotated[Path | None, typer.Option(help="Write the figures to this file, as JSON.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Measure only figures that begin so.")] = None,
    fresh_seconds: Annotated[int, typer.Option(help="Seconds in which one object a second comes.")] = 60,
    fresh_burst: Annotated[int, typer.Option(help="Objects that come at once after that.")] = 100,
) -> None:
    """Measure the jobs and functions of the lake on two cores; promises that are not kept show in red.

    Each figure is told as soon as it is there. So is what cannot be measured, and then the exit code is 1.
    """
    started = time.monotonic()
    load = Load(fresh_seconds, fresh_burst)
    figures: list[Figure] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="lake-bench-") as folder, laptop(Path(folder)) as lake:
        for keys, measure in MEASURES.items():
            wanted = [key for key in keys if only is None or key.startswith(tuple(only))]
            if not wanted:
                continue
            try:
                with console.status(f"measuring {', '.join(wanted)}"):
                    for figure in measure(lake, Wanted(frozenset(wanted), load)):
                        if figure.key in wanted:
                            figures.append(figure)
                            console.print(f"{figure.key} {figure.value:,.3g} ({figure.says})")
            except Exception:
                console.print_exception(max_frames=5)
                failed += sorted(set(wanted) - {figure.key for figure in figures})
            if out is not None:
                out.write_text(json.dumps(_document(figures), indent=2) + "\n")
    _show(figures, time.monotonic() - started)
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")


def _document(figures: Sequence[Figure]) -> dict[str, Any]:
    """Values by key, and who gave them."""
    values: dict[str, Any] = {figure.key: round(figure.value, 4) for figure in figures}
    return {**values, "engines": {figure.key: figure.engine for figure in figures}}


def _show(figures: Sequence[Figure], seconds: float) -> None:
    table = Table("figure", "engine", "value", "promise", "what was measured")
    for figure in figures:
        colour = {True: "green", False: "red", None: "default"}[figure.kept]
        value = f"[{colour}]{figure.value:,.3g}[/]"
        table.add_row(figure.key, figure.engine, value, str(figure.promise or ""), figure.says)
    console.print(table)
    console.print(f"all in {seconds:.0f} s; ratios are of one run on one machine")
