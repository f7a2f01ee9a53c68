"""The role of the state machine whose task is under way; shared by the patches of its integrations.

Proven by the tests of those, in `tests/local/patches/stepfunctions`.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError
from ministack.services import stepfunctions

from local.patches.iam import roles

_execution: ContextVar[str] = ContextVar("_execution")
_emulator_run_execution = stepfunctions._run_execution


def apply() -> None:
    """Remember which execution a task belongs to; threads of the emulator inherit it."""
    stepfunctions._run_execution = _run_execution


def _run_execution(arn: str) -> None:
    _execution.set(arn)
    _emulator_run_execution(arn)


def execution() -> dict[str, Any]:
    """The execution under way."""
    found: dict[str, Any] = stepfunctions._executions[_execution.get()]
    return found


def as_machine(service: str, task: Callable[[Any], dict[str, Any]], client: str = "") -> dict[str, Any]:
    """Do a task with a client that has the state machine's role; service errors become the task's errors.

    `service` is how those errors begin; `client` is how boto3 calls the service, if otherwise.
    """
    machine = stepfunctions._state_machines[execution()["stateMachineArn"]]
    try:
        session = roles.assume(machine["roleArn"], "states.amazonaws.com", execution()["name"][:64])
        return task(roles.client(client or service.lower(), session))
    except ClientError as error:
        details = error.response["Error"]
        code = details["Code"].removesuffix("Exception")
        raise stepfunctions._ExecutionError(f"{service}.{code}Exception", details["Message"]) from error
    except (roles.RoleError, ParamValidationError) as error:
        raise stepfunctions._ExecutionError("States.TaskFailed", str(error)) from error
