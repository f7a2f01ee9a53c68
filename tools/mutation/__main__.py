"""`make mutate`: tries the mutants of every group that `pyproject.toml` names."""

import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from tools.mutation.explained import Explanation, read_explanations
from tools.mutation.measure import TestsFailedError
from tools.mutation.report import Report
from tools.mutation.settings import Group, Settings
from tools.mutation.trial import Trials


def main(
    groups: Annotated[list[str] | None, typer.Argument(help="Try these groups only.")] = None,
    processes: Annotated[int, typer.Option(help="How many mutants are tried at a time.")] = 2,
) -> None:
    """Tell which faults no test notices; fail where the tests kill too few, or an explanation is stale."""
    root = Path.cwd()
    settings = Settings.of(root)
    explanations = read_explanations(root / settings.explained)
    _check_names("make mutate", groups or (), settings)
    _check_names(settings.explained, (each.group for each in explanations), settings)
    failed = []
    for group in settings.groups:
        if not groups or group.name in groups:
            report = _report(group, root, processes, explanations)
            print(*report.lines(root), sep="\n", flush=True)
            if report.score < settings.least or report.stale:
                failed.append(group.name)
    if failed:
        sys.exit(f"below {settings.least} %, or explained in vain: {', '.join(failed)}")


def _check_names(place: str, names: Iterable[str], settings: Settings) -> None:
    allowed = [group.name for group in settings.groups]
    if unknown := sorted(set(names) - set(allowed)):
        sys.exit(f"{place}: got group {', '.join(unknown)}; allowed: {', '.join(allowed)}")


def _report(group: Group, root: Path, processes: int, explanations: list[Explanation]) -> Report:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        trials = Trials(group, root, Path(folder), processes)
        try:
            killed = trials.killed()
        except TestsFailedError as error:
            sys.exit(f"{group.name}: tests fail without any mutant\n{error}")
    mine = [each for each in explanations if each.group == group.name]
    return Report(group.name, trials.mutants, frozenset(killed), mine, time.monotonic() - started)


typer.run(main)
