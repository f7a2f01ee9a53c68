"""The states before the silver job, where a function takes what is little."""

import json
from typing import Any

import jsonata
import pytest

from stacks.components.pipeline.definition import definition
from stacks.components.pipeline.facts import FunctionFacts, PipelineFacts
from tests.unit.stacks.components.pipeline.test_definition import facts, following, reached

FUNCTION = FunctionFacts("shop-silver", "arn:function", 3)
BOTH = ("BronzeToSilver", "SilverToGold")


@pytest.fixture
def machine() -> dict[str, Any]:
    return definition(facts(*BOTH, function=FUNCTION))


def evaluated(expression: str, **variables: Any) -> Any:
    code = jsonata.Jsonata.jsonata(expression.removeprefix("{%").removesuffix("%}"))
    code.register_lambda("parse", json.loads)
    return json.loads(json.dumps(code.evaluate(None, variables)))


def started(given: Any = None) -> dict[str, Any]:
    """What an execution knows of itself that began with an input, `{}` if none was given."""
    return {"context": {"Execution": {"Input": {} if given is None else given}}}


def arguments(machine: dict[str, Any], step: str, given: Any = None, **variables: Any) -> dict[str, str]:
    """What the job of a step is to do, beside the run of the step that it belongs to."""
    expression = machine["States"][step]["Arguments"]["Arguments"]
    found = evaluated(expression, runs={step: "r"}, states=started(given), **variables)
    assert found.pop("--parent_run") == "r"
    return dict(found)


ARRIVED = [{"messageId": "1", "body": json.dumps({"start": "sales"})}]
"""Input of an execution that the pipe has started.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-sqs.html
"""
REPAIR = {"repair": {"datasets": ["orders"], "products": ["daily", "weekly"]}}


@pytest.mark.parametrize("given", [{}, ARRIVED, REPAIR])
def test_repair_is_told_to_the_function_and_to_jobs_and_is_nothing_else(
    machine: dict[str, Any], given: Any
) -> None:
    states, context = machine["States"], started(given)
    dataset = states["Function"]["ItemProcessor"]["States"]["Dataset"]
    for invoked in (states["Plan"], states["Due"], dataset):
        told = evaluated(invoked["Arguments"]["Payload"]["repair"], states=context)
        assert told == (REPAIR["repair"] if given == REPAIR else None)
    begun = states["Turn"]["Assign"]
    assert begun == {**states["Turn"]["Catch"][0]["Assign"], "others": begun["others"]}
    handed, due = (evaluated(begun[name], states=context) for name in ("handed", "due"))
    silver = arguments(machine, "BronzeToSilver", given, handed=handed)
    gold = arguments(machine, "SilverToGold", given, due=due)
    if given == REPAIR:
        assert silver == {"--datasets": "orders", "--repair": "true"}
        assert gold == {"--datasets": "daily,weekly", "--repair": "true"}
        assert arguments(machine, "BronzeToSilver", given, handed=[]) == {"--repair": "true"}
    else:
        assert (silver, gold) == ({}, {})


def test_states_of_a_dataset_are_reached_and_end(machine: dict[str, Any]) -> None:
    inner = machine["States"]["Function"]["ItemProcessor"]
    assert reached(inner, inner["StartAt"]) == set(inner["States"])
    for state in inner["States"].values():
        assert state.get("End") or any(following(state))


def test_definition_without_the_function_has_none_of_its_states() -> None:
    without, within = definition(facts(*BOTH)), definition(facts(*BOTH, function=FUNCTION))
    added = {"Plan", "Function", "Handed", "Due", "Products"}
    assert within["States"].keys() - without["States"].keys() == added
    for name in BOTH:
        assert without["States"][name]["Arguments"] == within["States"][name]["Arguments"]
    for name in ("Verdict", "Notify", "Failed", "Wait"):
        assert without["States"][name] == within["States"][name]


def test_glue_job_is_left_out_when_nothing_is_handed_to_it(machine: dict[str, Any]) -> None:
    states = machine["States"]
    assert states["Choose"]["Choices"][0]["Next"] == states["Turn"]["Catch"][0]["Next"] == "Plan"
    [choice] = states["Handed"]["Choices"]
    assert (choice["Next"], states["Handed"]["Default"]) == ("BronzeToSilverBegins", "Due")
    assert evaluated(choice["Condition"], handed=[]) is False
    assert evaluated(choice["Condition"], handed=["orders"]) is True
    alone = definition(facts("BronzeToSilver", function=FUNCTION))["States"]
    assert alone["Handed"]["Default"] == "Verdict"


def test_job_of_products_is_started_for_those_that_are_due_and_for_all_when_nobody_can_tell(
    machine: dict[str, Any],
) -> None:
    states = machine["States"]
    silver = states["BronzeToSilver"]
    assert (silver["Next"], silver["Catch"][0]["Next"]) == ("BronzeToSilverCompletes", "BronzeToSilverFails")
    recorded = [states[name]["Next"] for name in ("BronzeToSilverCompletes", "BronzeToSilverFails")]
    assert {*recorded, states["Handed"]["Default"]} == {"Due"}
    assert states["Due"]["Arguments"]["Payload"]["due"] is True
    assert states["Due"]["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "SilverToGoldBegins"}]
    [choice] = states["Products"]["Choices"]
    assert (choice["Next"], states["Products"]["Default"]) == ("SilverToGoldBegins", "Verdict")
    assert evaluated(choice["Condition"], due=[]) is False
    assert evaluated(choice["Condition"], due=["seen"]) is True
    assert states["SilverToGold"]["Arguments"]["JobName"] == "to-gold"
    assert arguments(machine, "SilverToGold", due=[]) == {}
    assert arguments(machine, "SilverToGold", due=["a", "b"]) == {"--datasets": "a,b"}


def test_glue_job_takes_everything_when_the_plan_fails(machine: dict[str, Any]) -> None:
    states = machine["States"]
    assert states["Plan"]["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "BronzeToSilverBegins"}]
    begun = states["Turn"]["Assign"]
    assert evaluated(begun["handed"], states=started()) == evaluated(begun["due"], states=started()) == []
    assert states["BronzeToSilver"]["Arguments"]["JobName"] == "to-silver"
    assert arguments(machine, "BronzeToSilver", handed=[]) == {}
    assert arguments(machine, "BronzeToSilver", handed=["a"]) == {"--datasets": "a"}
    assert arguments(machine, "BronzeToSilver", handed=["a", "b"]) == {"--datasets": "a,b"}


@pytest.mark.parametrize(
    ("planned", "results", "expected"),
    [
        ([], [], []),
        ([], [{"dataset": "a", "handed": False, "unfit": ""}], []),
        ([], [{"dataset": "a", "handed": True, "unfit": ""}], ["a"]),
        (["x"], [{"dataset": "a", "handed": True}, {"dataset": "b", "handed": True}], ["x", "a", "b"]),
        (["x", "y"], [{"dataset": "a", "handed": False}], ["x", "y"]),
    ],
)
def test_what_the_function_failed_at_is_handed_over_beside_what_was_planned(
    machine: dict[str, Any], planned: list[str], results: list[dict[str, Any]], expected: list[str]
) -> None:
    expression = machine["States"]["Function"]["Assign"]["handed"]
    assert evaluated(expression, handed=planned, states={"result": results}) == expected


def test_dataset_that_is_not_fit_for_use_is_a_failure_and_not_handed_over(machine: dict[str, Any]) -> None:
    assign = machine["States"]["Function"]["Assign"]
    task = machine["States"]["Function"]["ItemProcessor"]["States"]["Dataset"]
    why = "1 of 1 failed: a: RulesError: x | y"
    answers = ({"unfit": why}, {"done": {"unfit": {"objects": 1}}})  # a dataset may have that name
    results = [
        {
            "dataset": name,
            "handed": False,
            "unfit": evaluated(task["Output"]["unfit"], states={"result": {"Payload": answer}}),
        }
        for name, answer in zip("ab", answers, strict=True)
    ]
    assert evaluated(assign["handed"], handed=[], states={"result": results}) == []
    before = [{"error": "earlier"}]
    first, told = evaluated(assign["failures"], failures=before, states={"result": results})
    assert first == before[0]
    assert (told["error"], told["summary"]) == (
        "NotFit",
        "Function: 1 of 1 failed: a: RulesError: x | y",
    )
    lines = told["text"].splitlines()
    assert lines[:4] == ["Function (a)", "  NotFit", "  1 of 1 failed: a: RulesError: x", "  y"]
    assert lines[4].endswith("log-groups/log-group/$252Faws$252Flambda$252Fshop-silver")
    assert evaluated(assign["failures"], failures=before, states={"result": results[1:]}) == before
    assert evaluated(assign["failures"], failures=[], states={"result": []}) == []


def test_dataset_is_tried_twice_and_handed_over_then(machine: dict[str, Any]) -> None:
    task = machine["States"]["Function"]["ItemProcessor"]["States"]["Dataset"]
    attempts = {error: rule["MaxAttempts"] for rule in task["Retry"] for error in rule["ErrorEquals"]}
    assert attempts["States.ALL"] == 1
    assert task["Retry"][-1]["ErrorEquals"] == task["Catch"][-1]["ErrorEquals"] == ["States.ALL"]
    assert [rule["Output"]["handed"] for rule in task["Catch"]] == [True]
    assert all(rule["Next"] == "Told" for rule in task["Catch"])  # or one dataset would end them all


@pytest.mark.parametrize(("parallel", "expected"), [(3, 3), (100, 40)])
def test_so_many_datasets_are_worked_on_together_as_step_functions_takes(
    parallel: int, expected: int
) -> None:
    given = FunctionFacts("f", "arn:function", parallel)
    assert definition(facts(*BOTH, function=given))["States"]["Function"]["MaxConcurrency"] == expected


def test_facts_of_a_pipeline_have_no_function_unless_told() -> None:
    assert PipelineFacts("a", "dev", "l", "r", {}, "t", 60, {}).function is None
