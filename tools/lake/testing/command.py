"""`lake test`: a contract against data, and the SQL of products against rows."""

import time
from pathlib import Path
from typing import Annotated

import typer

from config.faults import InvalidInputError, one_of
from lakehouse.layout.samples import sample_files
from lakehouse.model.dataset import Dataset, Lake
from lakehouse.odcs.lake.load import load_lake
from lakehouse.odcs.lake.unit_tests import UnitTest, load_unit_tests, unit_tests_path
from tools.cli.project import (
    INVALID,
    USAGE,
    AsJson,
    Root,
    console,
    dataset_of,
    errors,
    print_faults,
    print_json,
    project_root,
)
from tools.lake.testing.without_pandas import without_pandas

_MOST_SHOWN = 10
_FIRST_ROWS = 5


def run_tests(
    name: Annotated[
        str | None,
        typer.Argument(help="DOMAIN/DATASET, or DATASET if its name is unique; for unit tests also DOMAIN."),
    ] = None,
    data: Annotated[
        str | None,
        typer.Argument(help="A file, a folder, s3://…, or - for standard input; each may be gzipped."),
    ] = None,
    *,
    gate: Annotated[
        bool,
        typer.Option("--gate", help="Tolerate as many rejected records as the contract's gate does."),
    ] = False,
    show: Annotated[int, typer.Option("--show", min=0, help="Rejected records to show.")] = _MOST_SHOWN,
    rows: Annotated[int, typer.Option("--rows", min=0, help="Rows to show.")] = _FIRST_ROWS,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Test a contract against data, or the SQL of products against rows; neither needs a lake.

    `lake test DATASET DATA`: the judge that jobs use reads every record. Shows how many are accepted,
    rejected and superseded by a newer one of their key; each rejected one with its file, line and reason; the
    rules about the table, measured on these rows alone; and the first rows as silver would hold them. What
    the contract masks is masked, under a key that is no lake's. Without DATA, it reads the samples beside the
    contract.

    `lake test PRODUCT`: runs the unit tests in PRODUCT.tests.yaml beside its SQL on Spark, and shows what
    differs cell by cell. Without a name, those of all products.

    Exit code 0: all is as it should be. 1: records were rejected, a rule of severity error is broken, or a
    unit test failed. 2: contracts, unit tests or data cannot be read.
    """
    project = project_root(root)
    try:
        lake = load_lake(project)
        dataset = None if name is None or name in lake.domains else dataset_of(lake, name)
        if dataset is None or dataset.ingestion is None:
            if data is not None:
                raise typer.BadParameter(_no_data(lake, name))
            _run_unit_tests(lake, project, name, dataset, as_json=as_json)
        else:
            given = [data] if data is not None else _samples(project, dataset)
            _try(lake, dataset, given, show=show, rows=rows, gate=gate, as_json=as_json)
    except InvalidInputError as error:
        print_faults(errors, error.faults, "red")
        raise typer.Exit(USAGE) from error


def _no_data(lake: Lake, name: str | None) -> str:
    allowed = [each.id for each in lake.datasets if each.ingestion]
    return (
        f"got data for {name}, where no records arrive; allowed: {one_of(allowed)}; "
        "fix: name one, or leave the data out to run unit tests"
    )


def _samples(project: Path, dataset: Dataset) -> list[str]:
    """Return the samples beside the contract.

    Raises:
        typer.BadParameter: There is none.
    """
    found = [str(file) for file in sample_files(project, dataset)]
    if not found:
        raise typer.BadParameter(
            f"got {dataset.id} without data; allowed: a file, a folder, s3://…, -, or samples beside its "
            "contract; fix: name one"
        )
    return found


def _try(
    lake: Lake, dataset: Dataset, data: list[str], *, show: int, rows: int, gate: bool, as_json: bool
) -> None:
    from tools.lake.testing.data import sources  # noqa: PLC0415 (Arrow and DuckDB are slow to import)
    from tools.lake.testing.report import print_trial, trial_json  # noqa: PLC0415
    from tools.lake.testing.trial import UNREADABLE, as_jobs_have_it, judged  # noqa: PLC0415

    judging = as_jobs_have_it(lake, dataset)
    with without_pandas():
        given = [source for each in data for source in sources(each, judging.bronze.format)]
        trial = judged(judging, given)
    passed = not trial.broken and (not trial.refusals or (gate and trial.within_gate))
    if as_json:
        print_json(trial_json(trial, show=show, rows=rows, passed=passed))
    else:
        print_trial(trial, show=show, rows=rows, passed=passed)
        if not passed:
            told = f"next: mend the data, or {dataset.source}; lake show {dataset.id} tells its rules"
            console.print(f"[dim]{told}[/dim]", soft_wrap=True)
    if UNREADABLE in trial.reasons:
        raise typer.Exit(USAGE)
    if not passed:
        raise typer.Exit(INVALID)


def _run_unit_tests(
    lake: Lake, project: Path, name: str | None, product: Dataset | None, *, as_json: bool
) -> None:
    started = time.monotonic()
    tests = _chosen(load_unit_tests(lake, project), lake, name, product)
    with without_pandas():
        from tools.product_tests.report import (  # noqa: PLC0415 (Spark is slow to import)
            outcome_json,
            print_end,
            print_outcome,
        )
        from tools.product_tests.run import read, run  # noqa: PLC0415

        outcomes = []
        for outcome in run(read(lake, tests)):
            outcomes.append(outcome)
            if not as_json:
                print_outcome(outcome)
    passed = all(outcome.passed for outcome in outcomes)
    if as_json:
        print_json({"passed": passed, "tests": [outcome_json(each) for each in outcomes]})
    else:
        print_end(outcomes, time.monotonic() - started)
    if not passed:
        raise typer.Exit(INVALID)


def _chosen(tests: list[UnitTest], lake: Lake, name: str | None, product: Dataset | None) -> list[UnitTest]:
    """Return the tests of a product, a domain or all products.

    Raises:
        typer.BadParameter: There is none.
    """
    wanted = {each.id for each in lake.datasets if product is None or each == product}
    if name in lake.domains:
        wanted = {each.id for each in lake.of_domain(str(name))}
    chosen = [test for test in tests if test.product in wanted]
    if chosen:
        return chosen
    tested = sorted({test.product for test in tests})
    where = unit_tests_path(product) if product else "<product>.tests.yaml beside its SQL"
    raise typer.BadParameter(
        f"got {name or 'no name'}, for which there is no unit test; allowed: {one_of(tested)}; "
        f"fix: write {where}"
    )
