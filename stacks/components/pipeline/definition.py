"""The pipeline of a domain in the Amazon States Language, https://states-language.net/spec.html.

Executions of one domain take turns. One that finds an older one at work waits, and gives up as superseded as
soon as a newer one waits too: the newer one lists bronze later, so it takes whatever the older one came for.
A repair takes its turn as well, but takes nobody's work: it is known by its name, and neither gives up nor
makes others do so.
The steps run whether or not the one before failed, since products judge their inputs themselves; the
execution fails at its end, after one notification about everything that failed.

Expressions are JSONata: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from stacks.components.pipeline.by_size import (
    DUE,
    DUE_ONES,
    FIRST,
    HANDED,
    IN_REPAIR,
    REPAIRED,
    beginning,
    states_by_size,
    states_of_products,
)
from stacks.components.pipeline.facts import MESSAGE_LENGTH, FunctionFacts, PipelineFacts
from stacks.components.pipeline.messages import failure, mail
from stacks.components.pipeline.run_events import OF_RUN, begun, ended, failed, new_runs, recording

_CAPACITY = [
    "Glue.ThrottlingException",
    "Glue.ResourceNumberLimitExceededException",
    "Glue.OperationTimeoutException",
    "Glue.InternalServiceException",
]
"""Faults of starting a job run. A failed run is not retried: the same data would fail again.

https://docs.aws.amazon.com/glue/latest/webapi/API_StartJobRun.html
"""

_BUSY = "Glue.ConcurrentRunsExceededException"
"""The job runs outside of the pipeline, or in an execution that was not listed yet."""

_POLLS_MAX = 150
"""Polls are a 60th of a job's longest run or more apart, so this outlasts it."""

_NAMED = {"BronzeToSilver": HANDED, "SilverToGold": DUE_ONES}
"""What the job of a step is to work on."""

REPAIR = "repair-"
"""What names of executions begin with that are repairs."""

_OTHERS = f"""(
  $me := $states.context.Execution.Id;
  $own := $states.result.Executions[ExecutionArn = $me];
  $since := $toMillis($exists($own) ? $own.StartDate : $states.context.Execution.StartTime);
  $rest := $states.result.Executions[ExecutionArn != $me];
  $before := function($at, $arn) {{ $at < $since or ($at = $since and $arn < $me) }};
  $later := $rest[$not($before($toMillis(StartDate), ExecutionArn))];
  {{
    "older": $count($rest) - $count($later),
    "newer": $count($later[$not($contains(ExecutionArn, ':{REPAIR}'))])
  }}
)"""
"""How many executions of the same pipeline run that started earlier, or later and take the work of this one.

Both of two executions must take the same one for the older, so times come from the same listing; the time
that the execution itself knows serves until it is listed.
"""


def definition(facts: PipelineFacts) -> dict[str, Any]:
    """Return the state machine."""
    order = [*facts.steps, "Verdict"]
    first = begun(order[0]) if facts.function is None else FIRST
    states: dict[str, Any] = {
        "Turn": _turn(first, new_runs(facts)),
        "Choose": {
            "Type": "Choice",
            "Choices": [
                {"Condition": "{% $others.older = 0 %}", "Next": first},
                {"Condition": f"{{% $others.newer > 0 and $not({IN_REPAIR}) %}}", "Next": "Superseded"},
            ],
            "Default": "Wait",
        },
        "Wait": {"Type": "Wait", "Seconds": facts.poll_seconds, "Next": "Turn"},
        "Superseded": {
            "Type": "Pass",
            "Output": {"outcome": "superseded: a later execution takes the same data"},
            "End": True,
        },
    }
    entries = {step: begun(step) for step in facts.steps} | {"Verdict": "Verdict"}
    if facts.function is not None and len(facts.steps) > 1:
        entries[order[1]] = DUE
    for step, following in pairwise(order):
        states[step] = _step(facts, step)
        states |= recording(facts, step, entries[following])
    if facts.function is not None:
        states |= _by_function(facts, facts.function, states, order)
    states["Verdict"] = {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $count($failures) > 0 %}", "Next": "Notify"}],
        "Default": "Done",
    }
    states["Done"] = {"Type": "Succeed"}
    states["Notify"] = _notify(facts)
    states["Failed"] = {
        "Type": "Fail",
        "Error": "{% $failures[0].error %}",
        "Cause": f"{{% $substring($join($failures.summary, '; '), 0, {MESSAGE_LENGTH}) %}}",
    }
    return {
        "Comment": f"Builds silver and gold of {facts.domain}",
        "QueryLanguage": "JSONata",
        "StartAt": "Turn",
        "States": states,
    }


def _by_function(
    facts: PipelineFacts, function: FunctionFacts, states: dict[str, Any], order: Sequence[str]
) -> dict[str, Any]:
    """Return the states of the function, which say what the jobs of silver and of gold take, if anything."""
    silver, *gold, end = order
    if not gold:
        return states_by_size(facts, function, begun(silver), end)
    [products] = gold
    return {
        **states_by_size(facts, function, begun(silver), DUE),
        **states_of_products(function, begun(products), end),
    }


def _arguments(step: str) -> str:
    """Arguments of a step's job: which run of the step it belongs to, what to work on, whether to repair."""
    return f"{{% $merge([{{'--parent_run': $runs.{step}}}, {_NAMED[step]}, {REPAIRED}]) %}}"


def _turn(first: str, runs: dict[str, str]) -> dict[str, Any]:
    assigned = {"failures": [], "runs": runs, **beginning()}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:listExecutions",
        "Arguments": {
            "StateMachineArn": "{% $states.context.StateMachine.Id %}",
            "StatusFilter": "RUNNING",
            "MaxResults": 100,
        },
        "Assign": {**assigned, "others": f"{{% {_OTHERS} %}}"},
        "Next": "Choose",
        "Retry": [_retry(["States.TaskFailed"], 5)],
        # Not knowing of others, the first job tells: Glue runs it once at a time.
        "Catch": [{"ErrorEquals": ["States.ALL"], "Assign": assigned, "Next": first}],
    }


def _step(facts: PipelineFacts, step: str) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::glue:startJobRun.sync",
        "Arguments": {"JobName": facts.steps[step], "Arguments": _arguments(step)},
        "Assign": {"run": f"{{% $sift($states.result, {OF_RUN}) %}}"},
        "Next": ended(step),
        "Retry": [
            {
                "ErrorEquals": [_BUSY],
                "IntervalSeconds": facts.poll_seconds,
                "MaxAttempts": _POLLS_MAX,
                "BackoffRate": 1,
            },
            _retry(_CAPACITY, 30),
        ],
        "Catch": [
            {
                "ErrorEquals": ["States.ALL"],
                "Assign": {"failures": f"{{% {failure(facts, step)} %}}"},
                "Next": failed(step),
            }
        ],
    }


def _retry(errors: list[str], seconds: int) -> dict[str, Any]:
    return {
        "ErrorEquals": errors,
        "IntervalSeconds": seconds,
        "MaxAttempts": 6,
        "BackoffRate": 2,
        "JitterStrategy": "FULL",
    }


def _notify(facts: PipelineFacts) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sns:publish",
        "Arguments": {
            "TopicArn": facts.topic_arn,
            "Subject": f"Pipeline {facts.domain} failed ({facts.title})",
            "Message": f"{{% {mail(facts)} %}}",
        },
        "Next": "Failed",
        "Retry": [_retry(["States.TaskFailed"], 5)],
        # The failure itself is what the execution must end with; its alarm tells of it as well.
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
    }
