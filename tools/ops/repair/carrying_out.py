"""Has pipelines do what a repair or an erasure plans, in the order in which domains read each other."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from lakehouse.layout.paths import requests_prefix
from lakehouse.model.dataset import Dataset, Layer
from lakehouse.model.lineage import waves
from tools.ops.bronze.reprocess import OBJECTS_MAX
from tools.ops.bronze.requests import list_keys, request
from tools.ops.pipelines import FAILED, machine_arn
from tools.ops.target import OperationError, Target

_POLL_SECONDS = 2.0
_NAME = "repair-"
"""What names of such executions begin with: pipelines know them by that."""

Request = Mapping[str, Any]
"""What a dataset's next run is asked for, as `lakehouse_etl.bronze.requests` reads it."""


def carry_out(
    target: Target,
    id_: str,
    wanted: Sequence[tuple[Dataset, Sequence[Request]]],
    products: Sequence[str],
    tell: Callable[[str], None],
) -> list[str]:
    """Make the requests, run the pipelines, and return the ARNs of their executions.

    What was done before under the same id is not done again.

    Args:
        target: The lake.
        id_: What requests and executions are named by.
        wanted: Datasets with what is asked for of each.
        products: Ids of the products that are made anew where their inputs changed.
        tell: Is told of each execution.

    Raises:
        OperationError: An execution failed; those that follow it were not started.
    """
    for dataset, requests in wanted:
        _ask(target, dataset, id_, requests)
    datasets = [dataset for dataset, _ in wanted]
    concerned = [each for each in target.lake.datasets if each.id in products]
    order = waves(target.lake, {each.domain for each in (*datasets, *concerned)})
    done: list[str] = []
    for wave, domains in enumerate(order):
        started = {
            domain: _start(target, domain, f"{_NAME}{id_}-{wave}", _input(datasets, domain, concerned))
            for domain in domains
        }
        for domain, execution in started.items():
            tell(f"{execution.rpartition(':')[2]} of {domain} is under way")
            _wait(target, domain, execution)
            done.append(execution)
    return done


def _ask(target: Target, dataset: Dataset, id_: str, requests: Sequence[Request]) -> None:
    """Write the requests that are not there yet, as of now: runs look for young ones."""
    bucket, prefix = target.settings.naming.bucket(Layer.BRONZE), requests_prefix(dataset)
    there = {key.rpartition("/")[2] for key in list_keys(target, bucket, prefix)}
    for number, content in enumerate(requests):
        name = f"{_NAME}{id_}-{number}"
        if f"{name}.json" not in there:
            request(target, dataset, content, name, datetime.now(UTC))


def requests_of(
    dataset: Dataset, keys: Iterable[str], records: Mapping[str, Sequence[int]]
) -> Iterator[Request]:
    """Yield what asks for records of objects by their hashes; without these, for the objects as a whole."""
    start = f"{dataset.id}/"
    if records:
        yield {"records": {key.removeprefix(start): [*hashes] for key, hashes in records.items()}}
        return
    names = [key.removeprefix(start) for key in keys]
    for place in range(0, len(names), OBJECTS_MAX):
        yield {"objects": names[place : place + OBJECTS_MAX]}


def _input(datasets: Sequence[Dataset], domain: str, products: Sequence[Dataset]) -> str:
    named = {"datasets": datasets, "products": products}
    own = {kind: [each.name for each in some if each.domain == domain] for kind, some in named.items()}
    return json.dumps({"repair": own})


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
