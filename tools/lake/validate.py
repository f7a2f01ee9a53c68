"""`lake validate`: every fault of every contract, setting and SQL file."""

import time
from collections.abc import Iterator
from pathlib import Path

import typer

from config.collisions import collisions, contradictions
from config.faults import Fault, InvalidInputError
from config.load import environment_names, load_settings
from config.settings import Settings
from lakehouse.access.load import unknown_personas
from lakehouse.model.dataset import Lake
from lakehouse.model.drafts import deployed
from lakehouse.odcs.lake.load import load_lake
from lakehouse.odcs.lake.unit_tests import load_unit_tests
from lakehouse.odcs.lines import with_lines
from stacks.features.fitting import misfits
from tools.cli.project import (
    INVALID,
    AsJson,
    Root,
    console,
    count,
    errors,
    fault_json,
    print_faults,
    print_json,
    project_root,
)


def validate(as_json: AsJson = False, root: Root = None) -> None:
    """Check every contract, SQL file and environment, and show all that is wrong at once.

    Contracts are checked against the Open Data Contract Standard, against what the lake can keep, and
    against each other; the SQL of gold products is parsed, and its tables and columns are looked up in the
    contracts that they come from. Exit code 0: all is well. 1: there are faults. Warnings do not count.
    """
    started = time.monotonic()
    project = project_root(root)
    lake, settings, faults = check(project)
    warnings = lake.warnings if lake else ()
    if as_json:
        print_json(
            {
                "valid": not faults,
                "datasets": len(lake.datasets) if lake else None,
                "environments": [each.environment for each in settings],
                "faults": [fault_json(fault) for fault in faults],
                "warnings": [fault_json(warning) for warning in warnings],
            }
        )
    else:
        _print(lake, settings, faults, time.monotonic() - started)
    if faults:
        raise typer.Exit(INVALID)


def check(project: Path) -> tuple[Lake | None, list[Settings], tuple[Fault, ...]]:
    """Return what could be loaded of a project, and every fault in it, in the order of files and lines."""
    faults: list[Fault] = []
    lake, settings = None, []
    try:
        lake = load_lake(project)
        load_unit_tests(lake, project)
    except InvalidInputError as error:
        faults += error.faults
    for name in environment_names(project):
        try:
            settings.append(load_settings(name, project))
        except InvalidInputError as error:
            faults += error.faults
    faults += collisions(project) + contradictions(project)
    if lake:
        faults += misfits(project, lake)
        faults += [fault for each in settings for fault in _in_environment(lake, each)]
    return lake, settings, InvalidInputError(with_lines(faults, project)).faults


def _in_environment(lake: Lake, settings: Settings) -> Iterator[Fault]:
    """Find what of the contracts does not go with the settings of one environment."""
    yield from _long_names(lake, settings)
    yield from unknown_personas(settings, lake.access)
    try:
        deployed(lake, settings)
    except InvalidInputError as error:
        yield from error.faults


def _long_names(lake: Lake, settings: Settings) -> Iterator[Fault]:
    """Find datasets whose physical names an environment makes too long for AWS."""
    for dataset in lake.datasets:
        try:
            settings.naming.resource(dataset.domain, dataset.name, "iterator-age")
        except InvalidInputError as error:
            for fault in error.faults:
                where = f"{dataset.source} in {settings.environment}"
                yield Fault(where, "schema[0].name", fault.got, fault.allowed, "shorten the dataset's name")


def _print(lake: Lake | None, settings: list[Settings], faults: tuple[Fault, ...], seconds: float) -> None:
    print_faults(errors, faults, "red")
    if lake:
        print_faults(console, lake.warnings, "yellow")
    if faults:
        errors.print(f"\n[red]✗[/red] {count(len(faults), 'fault')} ({seconds:.1f} s)")
        return
    warned = f", {count(len(lake.warnings), 'warning')}" if lake and lake.warnings else ""
    products = sum(dataset.sql is not None for dataset in lake.datasets) if lake else 0
    console.print(
        f"[green]✓[/green] {count(len(lake.datasets) if lake else 0, 'contract')}, "
        f"{count(products, 'SQL file')} and {count(len(settings), 'environment')} are valid{warned} "
        f"({seconds:.1f} s)"
    )
