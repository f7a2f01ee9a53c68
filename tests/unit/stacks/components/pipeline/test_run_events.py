"""What a pipeline puts on record of its steps: rows of the table of runs, with OpenLineage events in them."""

import json
from typing import Any
from uuid import uuid4

import jsonata
import pytest

from lakehouse.targets.run_events import COLUMNS
from stacks.components.pipeline.definition import definition
from tests.openlineage import read_event
from tests.unit.stacks.components.pipeline.test_definition import facts

STATES = definition(facts("BronzeToSilver", "SilverToGold"))["States"]
RUN = {
    "Id": "jr_1",
    "JobName": "to-silver",
    "ExecutionTime": 90,
    "DPUSeconds": 270.0,
    "JobRunState": "FAILED",
}
CONTEXT = {
    "Execution": {"Id": "arn:execution:e", "Name": "e"},
    "State": {"Name": "s", "EnteredTime": "2026-01-31T23:59:08Z"},
}


def evaluated(expression: str, **variables: Any) -> Any:
    code = jsonata.Jsonata.jsonata(expression.removeprefix("{%").removesuffix("%}"))
    code.register_lambda("parse", json.loads)
    return json.loads(json.dumps(code.evaluate(None, variables)))


def put(name: str, **variables: Any) -> tuple[str, dict[str, Any]]:
    given = STATES[name]["Arguments"]
    states = {"context": CONTEXT}
    key, row = (evaluated(given[part], states=states, **variables) for part in ("Key", "Body"))
    return key, row


def failures(cause: str) -> list[dict[str, Any]]:
    """What the catch of the silver step assigns."""
    [caught] = STATES["BronzeToSilver"]["Catch"]
    states = {"errorOutput": {"Error": "States.TaskFailed", "Cause": cause}, "context": CONTEXT}
    found: list[dict[str, Any]] = evaluated(caught["Assign"]["failures"], failures=[], states=states)
    return found


def columns_of(row: dict[str, Any]) -> set[str]:
    assert row.keys() <= {column.name for column in COLUMNS}
    return set(row)


def test_start_of_a_step_is_put_before_its_job_is_started() -> None:
    run = str(uuid4())
    key, row = put("BronzeToSilverBegins", runs={"BronzeToSilver": run})
    assert key == f"sales/run_events/day=2026-01-31/235908000-START-{run}-BronzeToSilver.json"
    assert STATES["BronzeToSilverBegins"]["Next"] == "BronzeToSilver"
    assert columns_of(row) == {"event_time", "event_type", "run_id", "step", "engine", "execution", "event"}
    assert (row["event_time"], row["run_id"]) == ("2026-01-31 23:59:08.000", run)
    event = read_event(row["event"])
    assert (event.job.namespace, event.job.name) == ("lakehouse-dev", "sales/BronzeToSilver")


def test_end_of_a_step_tells_what_glue_tells_of_the_job_run() -> None:
    run = evaluated(STATES["BronzeToSilver"]["Assign"]["run"], states={"result": RUN})
    assert run == {"Id": "jr_1", "ExecutionTime": 90, "DPUSeconds": 270.0}
    _, row = put("BronzeToSilverCompletes", runs={"BronzeToSilver": str(uuid4())}, run=run)
    columns_of(row)
    assert (row["job_run"], row["seconds"], row["dpu_hours"]) == ("jr_1", 90, 0.075)
    assert read_event(row["event"]).eventType.value == "COMPLETE"


def test_failed_run_is_put_with_its_reason_and_what_it_cost() -> None:
    cause = json.dumps({**RUN, "ErrorMessage": "orders: no such table"})
    key, row = put("BronzeToSilverFails", runs={"BronzeToSilver": str(uuid4())}, failures=failures(cause))
    columns_of(row)
    assert "-FAIL-" in key
    assert (row["error"], row["job_run"]) == ("BronzeToSilver: orders: no such table", "jr_1")
    assert read_event(row["event"]).run.facets["errorMessage"].message == row["error"]


def test_start_that_glue_refused_is_put_without_a_job_run() -> None:
    told = failures("Access denied")
    _, row = put("BronzeToSilverFails", runs={"BronzeToSilver": str(uuid4())}, failures=told)
    assert columns_of(row).isdisjoint({"job_run", "seconds", "dpu_hours"})
    assert row["error"] == "BronzeToSilver: Access denied"
    read_event(row["event"])


@pytest.mark.parametrize("step", ["BronzeToSilver", "SilverToGold"])
def test_pipeline_goes_on_when_an_event_cannot_be_put(step: str) -> None:
    for name in ("Begins", "Completes", "Fails"):
        state = STATES[step + name]
        assert [caught["Next"] for caught in state["Catch"]] == [state["Next"]]
        assert state["Arguments"]["Bucket"] == f"bucket-of-{step}"
