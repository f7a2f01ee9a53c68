from types import SimpleNamespace

import pytest
from awsglue.utils import GlueArgumentError
from lakehouse_etl.job import runtime

GIVEN = ["job.py", "--JOB_NAME", "j", "--JOB_RUN_ID", "jr_1", "--manifest", "s3://b/m", "--parallel", "3",
         "--metrics_namespace", "lake/dev", "--code_version", "c1"]  # fmt: skip


def test_arguments_are_read_as_glue_passes_them() -> None:
    args = runtime.parse(GIVEN)
    assert args == runtime.JobArgs("j", "jr_1", "s3://b/m", 3, "lake/dev", frozenset(), code_version="c1")


def test_run_that_started_the_job_is_known_when_told() -> None:
    assert runtime.parse(GIVEN).parent is None
    assert runtime.parse([*GIVEN, "--parent_run", "r"]).parent == "r"


def test_datasets_are_chosen_when_named() -> None:
    assert runtime.parse([*GIVEN, "--datasets", "a,b"]).names == {"a", "b"}


def test_missing_argument_is_refused() -> None:
    with pytest.raises(GlueArgumentError, match="manifest"):
        runtime.parse([word for word in GIVEN if word not in ("--manifest", "s3://b/m")])


def test_parallel_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="--parallel: got 0"):
        runtime.parse([value if value != "3" else "0" for value in GIVEN])


def test_products_are_made_anew_as_a_whole_only_when_asked_for() -> None:
    assert not runtime.parse(GIVEN).full
    assert runtime.parse([*GIVEN, "--full", "true"]).full
    assert not runtime.parse([*GIVEN, "--full", "false"]).full
    with pytest.raises(ValueError, match="--full: got yes; allowed: true or false"):
        runtime.parse([*GIVEN, "--full", "yes"])


def test_repair_works_on_what_is_named_and_on_nothing_where_none_is() -> None:
    items = [SimpleNamespace(name=name) for name in "ab"]
    assert runtime.parse(GIVEN).chosen(items) == items
    repair = [*GIVEN, "--repair", "true"]
    assert runtime.parse(repair).chosen(items) == []
    assert runtime.parse([*repair, "--datasets", "b"]).chosen(items) == items[1:]
    with pytest.raises(ValueError, match="--repair: got yes; allowed: true or false"):
        runtime.parse([*GIVEN, "--repair", "yes"])
    with pytest.raises(ValueError, match="--datasets: got c; allowed: a, b"):
        runtime.parse([*repair, "--datasets", "c"]).chosen(items)
