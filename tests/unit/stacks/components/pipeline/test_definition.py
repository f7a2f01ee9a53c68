import json
import re
from collections.abc import Iterator
from typing import Any

import jsonata
import pytest

from stacks.components.pipeline.definition import _OTHERS, definition
from stacks.components.pipeline.facts import FunctionFacts, PipelineFacts

JSONPATH_FIELDS = {"InputPath", "OutputPath", "ResultPath", "ResultSelector", "Parameters"}
JOBS = {"BronzeToSilver": "to-silver", "SilverToGold": "to-gold"}


FUNCTION = FunctionFacts("sales-silver", "arn:function", 4)


def facts(*steps: str, function: FunctionFacts | None = None) -> PipelineFacts:
    chosen = {step: JOBS[step] for step in steps}
    events = {step: (f"bucket-of-{step}", "sales/run_events/") for step in steps}
    return PipelineFacts(
        "sales", "dev", "lakehouse-dev", "eu-west-1", chosen, "arn:topic", 60, events, function
    )


SHAPES = [
    facts("BronzeToSilver", "SilverToGold"),
    facts("BronzeToSilver"),
    facts("SilverToGold"),
    facts("BronzeToSilver", "SilverToGold", function=FUNCTION),
    facts("BronzeToSilver", function=FUNCTION),
]


@pytest.fixture(params=SHAPES)
def machine(request: pytest.FixtureRequest) -> dict[str, Any]:
    return definition(request.param)


def following(state: dict[str, Any]) -> Iterator[str]:
    yield from (state[name] for name in ("Next", "Default") if name in state)
    yield from (rule["Next"] for name in ("Choices", "Catch") for rule in state.get(name, []))


def reached(machine: dict[str, Any], start: str) -> set[str]:
    found, todo = set(), [start]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += following(machine["States"][name])
    return found


def ends(state: dict[str, Any]) -> bool:
    return state["Type"] in ("Succeed", "Fail") or state.get("End") is True


def test_every_state_is_reached_and_every_path_can_end(machine: dict[str, Any]) -> None:
    states = machine["States"]
    assert reached(machine, machine["StartAt"]) == set(states)
    for name, state in states.items():
        assert ends(state) is not any(following(state)), name
        assert any(ends(states[one]) for one in reached(machine, name)), name


def test_every_task_catches_every_error(machine: dict[str, Any]) -> None:
    tasks = [state for state in machine["States"].values() if state["Type"] == "Task"]
    assert tasks
    for task in tasks:
        assert task["Catch"][-1]["ErrorEquals"] == ["States.ALL"]


def test_failed_job_is_noted_and_ends_in_the_verdict(machine: dict[str, Any]) -> None:
    states = machine["States"]
    jobs = [state for state in states.values() if state.get("Resource", "").endswith("startJobRun.sync")]
    for job in jobs:
        [caught] = job["Catch"]
        assert "$append($failures" in caught["Assign"]["failures"]
        assert "Verdict" in reached(machine, caught["Next"])
        assert not reached(machine, caught["Next"]) & {"Turn", "Superseded"}  # where failures are forgotten
    assert states["Verdict"]["Choices"] == [{"Condition": "{% $count($failures) > 0 %}", "Next": "Notify"}]
    assert set(following(states["Notify"])) == {"Failed"}
    assert states["Failed"]["Type"] == "Fail"


def test_only_faults_of_capacity_are_retried_when_a_job_fails(machine: dict[str, Any]) -> None:
    for state in machine["States"].values():
        if state.get("Resource", "").endswith("startJobRun.sync"):
            retried = {error for rule in state["Retry"] for error in rule["ErrorEquals"]}
            assert retried
            assert all(error.startswith("Glue.") for error in retried)  # a failed run is States.TaskFailed


def test_waiting_outlasts_the_longest_run_when_a_job_is_busy() -> None:
    for minutes in (1, 60, 2880):
        poll = max(60, minutes)
        events = dict.fromkeys(JOBS, ("bucket", "a/run_events/"))
        given = definition(PipelineFacts("a", "dev", "l", "r", JOBS, "t", poll, events))
        busy = given["States"]["BronzeToSilver"]["Retry"][0]
        assert busy["ErrorEquals"] == ["Glue.ConcurrentRunsExceededException"]
        assert busy["IntervalSeconds"] * busy["MaxAttempts"] > 2 * 60 * minutes


def test_definition_uses_one_query_language_and_parses(machine: dict[str, Any]) -> None:
    assert machine["QueryLanguage"] == "JSONata"
    assert not [name for state in machine["States"].values() for name in state if name in JSONPATH_FIELDS]
    expressions = re.findall(r"\{% (.*?) %\}", "\n".join(texts(machine)), re.DOTALL)
    assert len(expressions) > 5
    for expression in expressions:
        jsonata.Jsonata.jsonata(expression)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


def test_subject_is_what_sns_takes() -> None:
    subject = definition(facts("BronzeToSilver"))["States"]["Notify"]["Arguments"]["Subject"]
    assert subject == "Pipeline sales failed (lakehouse-dev)"
    assert subject.isascii()


def others(own: str, started: str, *listed: tuple[str, str]) -> dict[str, int]:
    states = {
        "result": {"Executions": [{"ExecutionArn": arn, "StartDate": at} for arn, at in listed]},
        "context": {"Execution": {"Id": own, "StartTime": started}},
    }
    answer = jsonata.Jsonata.jsonata(_OTHERS).evaluate(None, {"states": states})
    found: dict[str, int] = json.loads(json.dumps(answer))
    return found


T1, T2, T3 = "2026-01-01T00:00:01Z", "2026-01-01T00:00:01.500Z", "2026-01-01T00:00:02Z"


def test_execution_is_alone_when_none_other_is_listed() -> None:
    assert others("b", T1, ("b", T1)) == others("b", T1) == {"older": 0, "newer": 0}


def test_older_and_newer_executions_are_told_apart_whatever_the_fraction_of_a_second() -> None:
    assert others("b", T2, ("c", T3), ("b", T2), ("a", T1)) == {"older": 1, "newer": 1}


def test_one_of_two_executions_is_the_older_when_they_start_in_the_same_instant() -> None:
    both = (("a", T1), ("b", T1))
    assert (others("a", T1, *both), others("b", T1, *both)) == (
        {"older": 0, "newer": 1},
        {"older": 1, "newer": 0},
    )


def test_listed_time_counts_when_the_execution_itself_was_told_another() -> None:
    both = (("a", T2), ("b", T2))
    assert others("a", T3, *both)["older"] + others("b", T3, *both)["older"] == 1


def test_repair_is_waited_for_and_takes_nobodys_work() -> None:
    own, repair = "arn:aws:states:r:1:execution:sales:own", "arn:aws:states:r:1:execution:sales:repair-1"
    assert others(own, T2, (own, T2), (repair, T1)) == {"older": 1, "newer": 0}
    assert others(own, T2, (own, T2), (repair, T3)) == {"older": 0, "newer": 0}
    assert others(repair, T2, (own, T3), (repair, T2)) == {"older": 0, "newer": 1}


@pytest.mark.parametrize(("given", "expected"), [({}, True), ({"repair": {}}, False)])
def test_repair_does_not_give_up_when_a_newer_execution_waits(given: Any, expected: bool) -> None:
    _, superseded = definition(facts("BronzeToSilver"))["States"]["Choose"]["Choices"]
    variables = {
        "others": {"older": 1, "newer": 1},
        "states": {"context": {"Execution": {"Input": given}}},
    }
    condition = superseded["Condition"].removeprefix("{%").removesuffix("%}")
    assert bool(jsonata.Jsonata.jsonata(condition).evaluate(None, variables)) is expected
    assert superseded["Next"] == "Superseded"


def test_own_time_counts_when_the_execution_is_not_listed_yet() -> None:
    assert others("b", T2, ("a", T1), ("c", T3)) == {"older": 1, "newer": 1}
