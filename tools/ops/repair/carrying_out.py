"""Has pipelines do what a repair plans, in the order in which domains read each other."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from lakehouse.layout.paths import requests_prefix
from lakehouse.model.dataset import Dataset, Layer
from lakehouse.model.lineage import waves
from tools.ops.bronze.reprocess import OBJECTS_MAX
from tools.ops.bronze.requests import list_keys, request
from tools.ops.pipelines import FAILED, machine_arn
from tools.ops.repair.record import Plan
from tools.ops.target import OperationError, Target

_POLL_SECONDS = 2.0
_NAME = "repair-"
"""What names of such executions begin with: pipelines know them by that."""


def carry_out(target: Target, dataset: Dataset, plan: Plan, tell: Callable[[str], None]) -> list[str]:
    """Ask for the records, run the pipelines, and return the ARNs of their executions.

    What was done before is not done again.

    Raises:
        OperationError: An execution failed; those that follow it were not started.
    """
    _ask(target, dataset, plan)
    products = {step.id for step in plan.products}
    concerned = [each for each in target.lake.datasets if each.id in products]
    order = waves(target.lake, {dataset.domain, *(each.domain for each in concerned)})
    done: list[str] = []
    for wave, domains in enumerate(order):
        started = {
            domain: _start(target, domain, f"{_NAME}{plan.id}-{wave}", _input(dataset, domain, concerned))
            for domain in domains
        }
        for domain, execution in started.items():
            tell(f"{execution.rpartition(':')[2]} of {domain} is under way")
            _wait(target, domain, execution)
            done.append(execution)
    return done


def _ask(target: Target, dataset: Dataset, plan: Plan) -> None:
    """Write the requests that are not there yet, as of now: runs look for young ones."""
    bucket, prefix = target.settings.naming.bucket(Layer.BRONZE), requests_prefix(dataset)
    there = {key.rpartition("/")[2] for key in list_keys(target, bucket, prefix)}
    for number, content in enumerate(_requests(dataset, plan)):
        name = f"{_NAME}{plan.id}-{number}"
        if f"{name}.json" not in there:
            request(target, dataset, content, name, datetime.now(UTC))


def _requests(dataset: Dataset, plan: Plan) -> Iterator[dict[str, Any]]:
    start = f"{dataset.id}/"
    if plan.records:
        yield {"records": {key.removeprefix(start): [*hashes] for key, hashes in plan.records.items()}}
        return
    names = [key.removeprefix(start) for key in plan.objects]
    for place in range(0, len(names), OBJECTS_MAX):
        yield {"objects": names[place : place + OBJECTS_MAX]}


def _input(dataset: Dataset, domain: str, products: Sequence[Dataset]) -> str:
    datasets = [dataset.name] if domain == dataset.domain else []
    names = [each.name for each in products if each.domain == domain]
    return json.dumps({"repair": {"datasets": datasets, "products": names}})


def _start(target: Target, domain: str, name: str, given: str) -> str:
    """Start an execution, or return the one that was started before and has not failed.

    Names are taken for 90 days: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
    """
    states, machine = target.client("stepfunctions"), machine_arn(target, domain)
    for attempt in count(1):
        try:
            started = states.start_execution(stateMachineArn=machine, name=f"{name}-{attempt}", input=given)
            return str(started["executionArn"])
        except states.exceptions.ExecutionAlreadyExists:
            execution = f"{machine.replace(':stateMachine:', ':execution:')}:{name}-{attempt}"
            if _status(states, execution)["status"] not in FAILED:
                return execution
    raise AssertionError("count does not end")


def _wait(target: Target, domain: str, execution: str) -> None:
    states = target.client("stepfunctions")
    while (found := _status(states, execution))["status"] == "RUNNING":
        time.sleep(_POLL_SECONDS)
    if found["status"] in FAILED:
        raise OperationError(
            f"the pipeline of {domain} {found['status'].lower()}: {found.get('cause') or 'no cause given'}; "
            "fix: mend the cause, and run the same command again, which goes on from here"
        )


def _status(states: Any, execution: str) -> dict[str, Any]:
    return dict(states.describe_execution(executionArn=execution))
