"""Runs without Spark that are killed, doubled or overtaken before each effect leave what one run leaves."""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.load import PROJECT_ROOT
from tests.unit.glue_scripts.datasets import whole
from tests.unit.glue_scripts.native import killed_process
from tests.unit.glue_scripts.native.bench import MakeBench
from tests.unit.glue_scripts.native.effects import watch
from tests.unit.glue_scripts.native.subjects import SUBJECTS, Orders
from tests.unit.glue_scripts.silver.effects import KilledError, kill_before, once_before

ALL = os.environ.get("LAKE_EFFECTS") == "all"
MODES = [("orders", "merge"), ("reprocessed", "merge")]
"""Which orders, and how silver is written. Append and overwrite differ from merge in the last step alone."""
if ALL:
    MODES += [("orders", "append"), ("orders", "overwrite"), ("reprocessed", "append")]

LEAST_EFFECTS = 8
"""Fewer mean that the doors are not watched any more."""


def _disturb(make_native: MakeBench, mode: tuple[str, str], disturbed: Callable[[Orders, int], bool]) -> int:
    """Feed two subjects the same batches, disturb one at the next effect each time, and compare."""
    kind, write = mode
    calm, other = (SUBJECTS[kind](make_native, write) for _ in range(2))
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


@pytest.mark.parametrize("mode", MODES, ids="-".join)
def test_killed_run_is_repeated_without_a_trace_wherever_it_ended(
    make_native: MakeBench, mode: tuple[str, str]
) -> None:
    def killed(subject: Orders, number: int) -> bool:
        with watch(kill_before(number)) as effects, contextlib.suppress(KilledError):
            subject.run()
        reached = len(effects.names) == number
        subject.run()
        return reached

    assert _disturb(make_native, mode, killed) >= LEAST_EFFECTS


@pytest.mark.parametrize("mode", MODES, ids="-".join)
def test_second_run_or_compaction_in_between_changes_nothing_wherever_it_comes(
    make_native: MakeBench, mode: tuple[str, str]
) -> None:
    def overtaken(subject: Orders, number: int) -> bool:
        others = (subject.run, subject.compact)
        with watch(once_before(number, others[number % 2])) as effects:
            subject.run()
        reached = len(effects.names) >= number
        subject.run()  # judges what was moved after it had been judged
        return reached

    assert _disturb(make_native, mode, overtaken) >= LEAST_EFFECTS


def test_process_that_the_system_killed_is_made_up_for_by_the_next_run_wherever_it_ended(
    make_native: MakeBench, tmp_path: Path
) -> None:
    def killed(subject: Orders, number: int) -> bool:
        ended = _run_in_a_process_that_ends_before(number, subject, tmp_path / "plan.json")
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr[-2000:]
        subject.run()
        return ended.returncode != 0

    assert _disturb(make_native, ("orders", "merge"), killed) >= LEAST_EFFECTS


def _run_in_a_process_that_ends_before(
    number: int, subject: Orders, plan: Path
) -> "subprocess.CompletedProcess[bytes]":
    bench = subject.bench
    plan.write_text(
        json.dumps(
            {
                "warehouse": str(bench.catalog.folder),
                "manifest": whole(bench.document),
                "options": bench.options,
            }
        )
    )
    paths = map(str, (PROJECT_ROOT, PROJECT_ROOT / "glue_scripts"))
    return subprocess.run(
        [sys.executable, "-m", killed_process.__name__, str(plan), str(number)],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        start_new_session=True,
        check=False,
    )
