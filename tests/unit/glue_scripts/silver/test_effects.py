"""Runs that are killed, doubled or overtaken before each of their effects leave what one run leaves."""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from config.load import PROJECT_ROOT
from tests.unit.glue_scripts.bench import MakeBench
from tests.unit.glue_scripts.silver import killed_process
from tests.unit.glue_scripts.silver.effects import KilledError, kill_before, once_before, watch
from tests.unit.glue_scripts.silver.subjects import Orders, Replicated, Subject

pytestmark = pytest.mark.spark
ALL = os.environ.get("LAKE_EFFECTS") == "all"
"""Whether to try everything, which takes a quarter of an hour more."""

MODES = ["merge", "cdc", "append", "overwrite"] if ALL else ["merge"]
"""How silver is written. Append and overwrite differ from merge in the last step alone; runs of cdc are
killed in random histories too."""

LEAST_EFFECTS = {"merge": 12, "append": 11, "overwrite": 11, "cdc": 8}
"""Fewer mean that the doors are not watched any more."""


@pytest.fixture
def make_subject(make_bench: MakeBench, spark: SparkSession, tmp_path: Path) -> Callable[[str], Subject]:
    def make(mode: str) -> Subject:
        if mode == "cdc":
            return Replicated(spark, tmp_path, f"c{uuid.uuid4().hex[:8]}")
        return Orders(make_bench, mode)

    return make


def _disturb(
    make_subject: Callable[[str], Subject], mode: str, disturbed: Callable[[Subject, int], bool]
) -> int:
    """Feed two subjects the same batches, disturb one at the next effect each time, and compare."""
    calm, other = make_subject(mode), make_subject(mode)
    for batch in itertools.count():
        calm.put(batch)
        calm.run()
        other.put(batch)
        if batch == 0:  # tables are filled before anybody disturbs
            other.run()
            continue
        reached = disturbed(other, batch)
        assert other.cells() == calm.cells(), f"{mode}: effect {batch}"
        if not reached:
            return batch - 1
    raise AssertionError


@pytest.mark.parametrize("mode", MODES)
def test_killed_run_is_repeated_without_a_trace_wherever_it_ended(
    make_subject: Callable[[str], Subject], mode: str
) -> None:
    def killed(subject: Subject, number: int) -> bool:
        with watch(kill_before(number)) as effects, contextlib.suppress(KilledError):
            subject.run()
        reached = len(effects.names) == number
        subject.run()
        return reached

    assert _disturb(make_subject, mode, killed) >= LEAST_EFFECTS[mode]


@pytest.mark.skipif(not ALL, reason="takes ten minutes; LAKE_EFFECTS=all runs it")
@pytest.mark.parametrize("mode", MODES)
def test_second_run_or_compaction_in_between_changes_nothing_wherever_it_comes(
    make_subject: Callable[[str], Subject], mode: str
) -> None:
    def overtaken(subject: Subject, number: int) -> bool:
        others = (subject.run, subject.compact)
        with watch(once_before(number, others[number % 2])) as effects:
            subject.run()
        return len(effects.names) >= number

    assert _disturb(make_subject, mode, overtaken) >= LEAST_EFFECTS[mode]


def test_process_that_the_system_killed_is_made_up_for_by_the_next_run(
    make_bench: MakeBench, tmp_path: Path
) -> None:
    calm, killed = Orders(make_bench, "merge"), Orders(make_bench, "merge")
    for batch, number in enumerate((None, 5, 9)):  # tables are filled before anybody is killed
        for subject in (calm, killed):
            subject.put(batch)
        calm.run()
        if number is not None:
            _run_in_a_process_that_ends_before(number, killed, tmp_path / "plan.json")
        killed.run()
        assert killed.cells() == calm.cells(), f"effect {number}"


def _run_in_a_process_that_ends_before(number: int, subject: Orders, plan: Path) -> None:
    settings = {
        name: value
        for name, value in subject.bench.spark.sparkContext.getConf().getAll()
        if name.startswith(("spark.sql.", "spark.driver.extra", "spark.driver.bind", "spark.ui", "spark.log"))
    }
    plan.write_text(json.dumps({"settings": settings, "manifest": subject.bench.manifest()}))
    ended = subprocess.run(
        [sys.executable, "-m", killed_process.__name__, str(plan), str(number)],
        cwd=PROJECT_ROOT,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, (PROJECT_ROOT, PROJECT_ROOT / "glue_scripts"))),
        },
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr[-2000:]
