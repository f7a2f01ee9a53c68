"""The states that bring into silver what is new by whoever suits its size: nobody, a function, or Glue.

The function tells what is new, and works on one dataset at a time. What it fails at twice is handed to Glue,
and so is everything if it cannot tell. A dataset that is not fit for use is neither tried again nor handed
over, since Glue would find the same; it is among the execution's failures. In the end the function says which
products are due, and the Glue job of products is started for these alone.

An execution with the input `{"repair": {"datasets": […], "products": […]}}` is about these alone, and of the
datasets about what was requested alone.
"""

from typing import Any

from stacks.components.pipeline.facts import FunctionFacts, PipelineFacts
from stacks.components.pipeline.messages import unfit

FIRST = "Plan"

_WORK, _CHOICE = "Function", "Handed"
_UNFIT = "{% $exists($states.result.Payload.unfit) ? $states.result.Payload.unfit : '' %}"
"""Why the data are not fit for use, as the function answers; empty if they are."""

_CAPACITY = [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
]
"""https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html"""

_CONCURRENT_MAX = 40
"""Most iterations at a time: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html"""

DUE = "Due"

IN_REPAIR = "$exists($states.context.Execution.Input.repair)"
"""Whether an execution is a repair. Others have no input, or the messages that started them."""

_REPAIR = f"{{% {IN_REPAIR} ? $states.context.Execution.Input.repair : null %}}"

REPAIRED = f"{IN_REPAIR} ? {{'--repair': 'true'}} : {{}}"
"""Arguments of a Glue job of a repair, which works on nothing where nothing is named."""

HANDED = "$count($handed) = 0 ? {} : {'--datasets': $join($handed, ',')}"
"""Arguments of the Glue job, which works on all datasets where none is named, unless it is a repair."""

DUE_ONES = HANDED.replace("$handed", "$due")
"""Arguments of the Glue job of products."""


def beginning() -> dict[str, Any]:
    """Return the variables of an execution, with what the jobs take where no function says it: all."""
    given = {"handed": "datasets", "due": "products"}
    repaired = "$states.context.Execution.Input.repair"
    return {name: f"{{% {IN_REPAIR} ? {repaired}.{kind} : [] %}}" for name, kind in given.items()}


def states_by_size(facts: PipelineFacts, function: FunctionFacts, step: str, after: str) -> dict[str, Any]:
    """Return what comes before `step`, the Glue job; `after` follows where that has nothing to do."""
    return {
        FIRST: {
            **_invoke(function, {"plan": True}),
            "Assign": {
                "few": "{% $states.result.Payload.function %}",
                "handed": "{% $states.result.Payload.glue %}",
            },
            "Next": _WORK,
            "Retry": [_capacity(), _retry(["States.ALL"])],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": step}],
        },
        _WORK: {
            "Type": "Map",
            "Items": "{% $few %}",
            "MaxConcurrency": min(function.parallel, _CONCURRENT_MAX),
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "Dataset",
                "States": _of_dataset(function),
            },
            "Assign": {
                "handed": "{% $append($handed, $states.result[handed].dataset) %}",
                "failures": f"{{% {unfit(facts, function)} %}}",
            },
            "Next": _CHOICE,
        },
        _CHOICE: {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $count($handed) > 0 %}", "Next": step}],
            "Default": after,
        },
    }


def states_of_products(function: FunctionFacts, step: str, after: str) -> dict[str, Any]:
    """Return what comes before `step`, the Glue job of products; `after` follows where it has nothing to do.

    If that cannot be told, the job finds it out.
    """
    return {
        DUE: {
            **_invoke(function, {"due": True}),
            "Assign": {"due": "{% $states.result.Payload.due %}"},
            "Next": "Products",
            "Retry": [_capacity(), _retry(["States.ALL"])],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": step}],
        },
        "Products": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $count($due) > 0 %}", "Next": step}],
            "Default": after,
        },
    }


def _of_dataset(function: FunctionFacts) -> dict[str, Any]:
    """One dataset, which the function has done in the end, must hand over, or finds not fit for use."""
    return {
        "Dataset": {
            **_invoke(function, {"datasets": ["{% $states.input %}"]}),
            "Output": {"dataset": "{% $states.input %}", "handed": False, "unfit": _UNFIT},
            "End": True,
            "Retry": [_capacity(), _retry(["States.ALL"])],
            "Catch": [
                {
                    "ErrorEquals": ["States.ALL"],
                    "Output": {"dataset": "{% $states.input %}", "handed": True, "unfit": ""},
                    "Next": "Told",
                },
            ],
        },
        "Told": {"Type": "Pass", "End": True},
    }


def _invoke(function: FunctionFacts, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function.arn, "Payload": {**payload, "repair": _REPAIR}},
    }


def _capacity() -> dict[str, Any]:
    return {
        "ErrorEquals": _CAPACITY,
        "IntervalSeconds": 2,
        "MaxAttempts": 6,
        "BackoffRate": 2,
        "JitterStrategy": "FULL",
    }


def _retry(errors: list[str]) -> dict[str, Any]:
    return {"ErrorEquals": errors, "IntervalSeconds": 1, "MaxAttempts": 1, "BackoffRate": 1}
