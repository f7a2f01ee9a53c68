"""The laptop's Athena reads the rows that jobs write by the types of their table."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
from lakehouse_etl.contract import manifest
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.lineage.recorder import Origin, Recorder
from lakehouse_etl.lineage.told import moment
from lakehouse_etl.lineage.work import of_dataset

from lakehouse.model.dataset import Layer
from lakehouse.targets.run_events import run_events_table
from local.patches.athena.hive import schemas, serializers
from tests.unit.glue_scripts.datasets import document, whole
from tests.unit.lakehouse.datasets import NAMING

AT = datetime(2026, 5, 1, 20, 7, 1, 250_000, tzinfo=UTC)


def test_row_is_read_as_it_was_told(tmp_path: Path) -> None:
    content = json.dumps(whole(document({"id": "string"}, version="1.0.0"), str(tmp_path)))
    domain = manifest.decode(content.encode(), "tests")
    told = {"objects": 2, "input_objects": ["a", "b"], "newest_event": moment(AT), "event_delay_p50": 1.5}
    record = Recorder(domain.lineage, LocalStorage(), "d", Origin("Glue", "3.5", "jr_1", "code"))
    with record.run(of_dataset(domain.datasets[0], domain.lineage)) as row:
        row.update(told)
    [path] = tmp_path.rglob("*-COMPLETE-*.json")
    table = run_events_table("shop", Layer.SILVER, NAMING)
    schema = schemas.arrow([{"Name": column.name, "Type": column.type} for column in table.columns])
    read = serializers.reader(table.serde, table.serde_parameters, schema)
    [line] = serializers.lines(path.read_bytes(), 0)
    [found] = pa.table([[value] for value in read(line)], schema=schema).to_pylist()
    assert {name: found[name] for name in ("objects", "input_objects", "event_delay_p50")} == {
        name: told[name] for name in ("objects", "input_objects", "event_delay_p50")
    }
    assert found["newest_event"] == AT.replace(tzinfo=None)
    assert (found["dataset"], found["event_type"], found["step"]) == ("d/t", "COMPLETE", None)
    assert json.loads(found["event"])["run"]["runId"] == found["run_id"]
