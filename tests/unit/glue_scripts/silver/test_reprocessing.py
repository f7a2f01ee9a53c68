"""Tables equal a fresh build once everything is processed again, on Spark."""

import contextlib
import uuid
from typing import Any

import pytest
from hypothesis import event, given
from pyspark.sql import SparkSession

from tests.unit.glue_scripts.bench import MakeBench
from tests.unit.glue_scripts.carriers import Spark, deploy, tables
from tests.unit.glue_scripts.reprocessing import FORMATS, Contract, History, examples, histories, replay
from tests.unit.glue_scripts.silver.changing_replica import ChangingReplica, Story, stories
from tests.unit.glue_scripts.silver.effects import KilledError, kill_before, watch

pytestmark = pytest.mark.spark


@pytest.mark.parametrize("kind", FORMATS)
def test_tables_equal_a_fresh_build_once_everything_is_processed_again(
    make_bench: MakeBench, kind: str
) -> None:
    carrier = Spark(make_bench)

    @examples(2)
    @given(history=histories(6))
    def holds(history: History) -> None:
        options: dict[str, Any] = {"bronze": {"format": kind}, "write": history.write}
        replayed, fresh = carrier.make(**options), carrier.make(**options)
        deploy(carrier, replayed, Contract().document(replayed.document["bronze"]))
        for contract in replay(history, kind, carrier, replayed):
            deploy(carrier, fresh, contract.document(replayed.document["bronze"]))
        fresh.run()
        assert tables(carrier, replayed) == tables(carrier, fresh)
        event(f"{history.write}: {len(replayed.rows())} rows, {len(replayed.rejected())} rejected")

    holds()


def test_replica_equals_a_fresh_build_once_everything_is_processed_again(
    spark: SparkSession, tmp_path_factory: Any
) -> None:
    @examples(2)
    @given(story=stories())
    def holds(story: Story) -> None:
        name = f"p{uuid.uuid4().hex[:10]}"
        replica = ChangingReplica(spark, tmp_path_factory.mktemp("replica"), name)
        for step in story.steps:
            replica.happen(step)
        replica.request()
        if story.killed_before is not None:
            with watch(kill_before(story.killed_before)), contextlib.suppress(KilledError):
                replica.run()
        replica.run()
        fresh = replica.fresh()
        assert replica.content() == fresh.content()
        event(f"{len(replica.bench.rows())} rows, {replica.bench.deleted()} deleted")

    holds()
