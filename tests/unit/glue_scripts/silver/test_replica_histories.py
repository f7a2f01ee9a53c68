"""Silver equals the source table, whatever happened there and however its changes are delivered."""

import contextlib
import hashlib
import hmac
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from lakehouse_etl.silver import run as silver
from lakehouse_etl.tables.table import Table

from tests.unit.glue_scripts.silver.histories import FIELDS, KEY, File, World
from tests.unit.glue_scripts.silver.replica_bench import KEY as MASKING_KEY
from tests.unit.glue_scripts.silver.replica_bench import ReplicaBench, replicated

pytestmark = pytest.mark.spark

HISTORIES = 500
MOMENTS = (
    (Table, "keep_greatest"),
    (silver, "write_state"),
    (Table, "update_and_append"),
    (Table, "append"),
    (Table, "delete"),
)


@settings(
    max_examples=2, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(seed=st.integers(0, 2**32))
def test_silver_equals_the_source_when_files_come_anyhow_and_runs_are_killed(
    seed: int, spark: Any, tmp_path_factory: Any
) -> None:
    rng = random.Random(seed)  # noqa: S311 (no secret)
    world = World(rng, HISTORIES)
    bench = ReplicaBench(spark, tmp_path_factory.mktemp("replica"), replicated(f"h{seed}", FIELDS, KEY))
    files = world.files()
    for batch in _deal(rng, files, 3):
        for file in batch:
            (bench.put_load if file.load else bench.put)(
                file.changes, hour=rng.randrange(20), fields=file.fields
            )
        with _death(rng):
            bench.run()
        bench.run()
    expected = {(key[0], _masked(key[1])): row for key, row in world.table.rows.items()}
    found = bench.rows()
    assert {key: {**row, "id": _masked(row["id"])} for key, row in expected.items()} == found
    assert not bench.rejected()
    event(f"{len(world.table.log)} changes in {len(files)} files left {len(found)} rows")


def _deal(rng: random.Random, files: list[File], runs: int) -> Iterator[list[File]]:
    ends = sorted(rng.sample(range(1, len(files)), runs - 1))
    for start, end in zip([0, *ends], [*ends, len(files)], strict=True):
        yield files[start:end]


@contextlib.contextmanager
def _death(rng: random.Random) -> Iterator[None]:
    """Kill a run before or after something that it writes; some runs have nothing of the kind to write."""
    owner, name = rng.choice(MOMENTS)
    late = rng.random() < 1 / 2
    original = getattr(owner, name)

    def dying(*args: Any, **kwargs: Any) -> None:
        if late:
            original(*args, **kwargs)
        raise KeyboardInterrupt(name)

    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
        patch.setattr(owner, name, dying)
        yield


def _masked(text: str) -> str:
    return hmac.new(MASKING_KEY, text.encode(), hashlib.sha256).hexdigest()
