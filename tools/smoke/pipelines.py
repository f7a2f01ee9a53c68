"""Runs pipelines of domains and reads how they end."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from tools.ops.pipelines import machine_arn, start
from tools.ops.target import OperationError, Target
from tools.smoke.step import Step, failed, ok

_SUPERSEDED = "superseded"
"""What the output of an execution says that left its work to a later one."""

_POLL_SECONDS = 2.0
_STEPS = 2
"""Jobs of a pipeline, each of which may take as long as the settings say."""


def run(target: Target, domain: str, say: Callable[[str], None]) -> Iterator[Step]:
    """Run the pipeline of a domain to its end.

    Raises:
        OperationError: It did not end in the time that its jobs may take.
        ClientError: It cannot be started or described.
    """
    name, states = f"pipeline {domain}", target.client("stepfunctions")
    started = time.monotonic()
    limit = _STEPS * target.settings.processing.timeout_minutes * 60
    execution = start(target, domain)
    while (found := states.describe_execution(executionArn=execution))["status"] == "RUNNING" or (
        _SUPERSEDED in found.get("output", "")
    ):
        if found["status"] != "RUNNING":
            execution = _later(states, machine_arn(target, domain))
        if time.monotonic() - started > limit:
            raise OperationError(f"{execution} did not end within {limit} s")
        say(f"{name}: {time.monotonic() - started:.0f} s")
        time.sleep(_POLL_SECONDS)
    if found["status"] == "SUCCEEDED":
        yield ok(name, f"after {time.monotonic() - started:.0f} s")
    else:
        told = f"{found.get('error', '')}: {found.get('cause', 'no cause given')}"
        yield failed(name, f"{found['status']}: {told}")


def _later(states: Any, arn: str) -> str:
    """The execution that started last."""
    found = states.list_executions(stateMachineArn=arn)["executions"]
    return str(max(found, key=lambda one: one["startDate"])["executionArn"])
