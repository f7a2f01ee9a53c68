"""Tables equal a fresh build once everything is processed again, without Spark."""

from typing import Any

import pytest
from hypothesis import event, given

from tests.unit.glue_scripts.carriers import Native, deploy, tables
from tests.unit.glue_scripts.native.bench import MakeBench
from tests.unit.glue_scripts.reprocessing import FORMATS, Contract, History, examples, histories, replay


@pytest.mark.parametrize("kind", FORMATS)
def test_tables_equal_a_fresh_build_once_everything_is_processed_again(
    make_native: MakeBench, kind: str
) -> None:
    carrier = Native(make_native)

    @examples(30)
    @given(history=histories(6))
    def holds(history: History) -> None:
        options: dict[str, Any] = {
            "bronze": {"format": kind}, "write": history.write, "run": {"chunk_bytes": history.chunk_bytes}
        }  # fmt: skip
        replayed, fresh = carrier.make(**options), carrier.make(**options)
        deploy(carrier, replayed, Contract().document(replayed.document["bronze"]))
        contract = replay(history, kind, carrier, replayed)
        deploy(carrier, fresh, contract.document(replayed.document["bronze"]))
        fresh.run()
        assert tables(carrier, replayed) == tables(carrier, fresh)
        event(f"{history.write}: {len(replayed.rows())} rows, {len(replayed.rejected())} rejected")

    holds()
