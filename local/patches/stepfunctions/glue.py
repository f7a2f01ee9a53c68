"""Step Functions starts Glue jobs, and waits for them, under the state machine's own role.

ministack 1.5.33 does not implement `arn:aws:states:::glue:startJobRun`, with or without `.sync`. Here both
call Glue with the role's credentials, so that a missing permission fails the task. `.sync` ends with the job
run as its output; a run that does not succeed is `States.TaskFailed` with the run as the cause, and stopping
the execution stops the run.

Proven by `tests/local/patches/stepfunctions/test_glue.py`.
"""

import json
import time
from datetime import datetime
from functools import partial
from typing import Any

from ministack.services import stepfunctions

from local.patches.stepfunctions.roles import as_machine, execution

_POLL_SECONDS = 0.25
_ACTIVE = ("STARTING", "RUNNING", "STOPPING", "WAITING")


def apply() -> None:
    """Add the integration."""
    stepfunctions._SERVICE_DISPATCH["arn:aws:states:::glue:startJobRun"] = _start_job_run


def _start_job_run(resource: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return as_machine("Glue", partial(_run, arguments, resource.endswith(".sync")))


def _run(arguments: dict[str, Any], wait: bool, glue: Any) -> dict[str, Any]:
    run_id = glue.start_job_run(**arguments)["JobRunId"]
    return _wait(glue, arguments["JobName"], run_id) if wait else {"JobRunId": run_id}


def _wait(glue: Any, job: str, run_id: str) -> dict[str, Any]:
    while (run := glue.get_job_run(JobName=job, RunId=run_id)["JobRun"])["JobRunState"] in _ACTIVE:
        if execution()["status"] != "RUNNING":
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
