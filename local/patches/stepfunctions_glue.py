"""Step Functions starts Glue jobs, and waits for them, under the state machine's own role.

ministack 1.5.33 does not implement `arn:aws:states:::glue:startJobRun`, with or without `.sync`. Here both
call Glue with the role's credentials, so that a missing permission fails the task. `.sync` ends with the job
run as its output; a run that does not succeed is `States.TaskFailed` with the run as the cause, and stopping
the execution stops the run.

Proven by `tests/local/patches/test_stepfunctions_glue.py`.
"""

import json
import time
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError
from ministack.services import stepfunctions

from local.patches import roles

_POLL_SECONDS = 0.25
_ACTIVE = ("STARTING", "RUNNING", "STOPPING", "WAITING")
_execution: ContextVar[str] = ContextVar("_execution")
_emulator_run_execution = stepfunctions._run_execution


def apply() -> None:
    """Add the integration, and remember which execution a task belongs to."""
    stepfunctions._run_execution = _run_execution
    stepfunctions._SERVICE_DISPATCH["arn:aws:states:::glue:startJobRun"] = _start_job_run


def _run_execution(arn: str) -> None:
    _execution.set(arn)
    _emulator_run_execution(arn)


def _start_job_run(resource: str, arguments: dict[str, Any]) -> dict[str, Any]:
    execution = stepfunctions._executions[_execution.get()]
    machine = stepfunctions._state_machines[execution["stateMachineArn"]]
    try:
        credentials = roles.assume(machine["roleArn"], "states.amazonaws.com", execution["name"][:64])
        glue = roles.client("glue", credentials)
        run_id = glue.start_job_run(**arguments)["JobRunId"]
        if not resource.endswith(".sync"):
            return {"JobRunId": run_id}
        return _wait(glue, execution, arguments["JobName"], run_id)
    except ClientError as error:
        details = error.response["Error"]
        raise stepfunctions._ExecutionError(f"Glue.{details['Code']}", details["Message"]) from error
    except (roles.RoleError, ParamValidationError) as error:
        raise stepfunctions._ExecutionError("States.TaskFailed", str(error)) from error


def _wait(glue: Any, execution: dict[str, Any], job: str, run_id: str) -> dict[str, Any]:
    while (run := glue.get_job_run(JobName=job, RunId=run_id)["JobRun"])["JobRunState"] in _ACTIVE:
        if execution["status"] != "RUNNING":
            glue.batch_stop_job_run(JobName=job, JobRunIds=[run_id])
            break
        time.sleep(_POLL_SECONDS)
    plain: dict[str, Any] = json.loads(json.dumps(run, default=_milliseconds))
    if run["JobRunState"] != "SUCCEEDED":
        raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(plain))
    return plain


def _milliseconds(value: object) -> int:
    if isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    raise TypeError(f"{value!r} is not JSON")
