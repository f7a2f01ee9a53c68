"""Glue Spark jobs run for real, on local Spark, under their own role.

ministack 1.5.33 reports `glueetl` runs as succeeded without running them when Docker is absent, and would run
them as the account's root user. Here a run is a local process with the job role's credentials: it fetches its
script and `--extra-py-files` from S3 and writes its logs to CloudWatch Logs under that role, obeys `--conf`,
`Timeout` and `MaxConcurrentRuns`, and ends on BatchStopJobRun. Of `--additional-python-modules` it takes
archives of wheels, see `wheels`.

Proven by `tests/local/patches/glue/test_jobs.py`. Not emulated: `MaxRetries`, job run queuing, bookmarks,
`GlueContext`.
"""

import contextvars
import logging
import os
import secrets
import shutil
import threading
import time
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError
from ministack.core.responses import error_response_json, get_account_id, get_region, json_response
from ministack.services import glue
from ministack.services.cloudformation import provisioners

from local.emulator import control
from local.emulator.glue_process import GlueProcess, Outcome
from local.patches.glue import logs as glue_logs
from local.patches.glue import metrics
from local.patches.glue.wheels import installed
from local.patches.iam import roles

_logger = logging.getLogger("glue")
_ACTIVE = ("STARTING", "RUNNING", "STOPPING")
_KEPT = ("ExecutionProperty", "ExecutionClass", "NotificationProperty", "MaintenanceWindow", "LogUri")
_INHERITED = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "HOME",
    "TMPDIR",
    "JAVA_HOME",
    "SPARK_CONF_DIR",
    "SSL_CERT_FILE",
)

_EVENTS = "events"
"""Folder of Spark's event log, in that of the run."""

_processes: dict[str, GlueProcess] = {}
_lock = threading.Lock()
_emulator_create_job = glue._create_job
_emulator_update_job = glue._update_job
_emulator_job_fields = provisioners._glue_job_fields


def apply() -> None:
    """Replace the emulator's job runs, and keep the job settings that runs depend on."""
    glue._create_job = _create_job
    glue._update_job = _update_job
    glue._start_job_run = _start_job_run
    glue._batch_stop_job_run = _batch_stop_job_run
    provisioners._glue_job_fields = lambda props: {**_emulator_job_fields(props), **_kept(props)}
    control.ON_STOP.append(_stop_all)


def _kept(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in _KEPT if name in fields}


def _create_job(data: dict[str, Any]) -> Any:
    answer = _emulator_create_job(data)
    if answer[0] == HTTPStatus.OK:
        glue._jobs[data["Name"]].update({"ExecutionProperty": {"MaxConcurrentRuns": 1}, **_kept(data)})
    return answer


def _update_job(data: dict[str, Any]) -> Any:
    answer = _emulator_update_job(data)
    if answer[0] == HTTPStatus.OK:
        glue._jobs[data["JobName"]].update(_kept(data.get("JobUpdate", {})))
    return answer


def _start_job_run(data: dict[str, Any]) -> Any:
    name = data.get("JobName")
    job = glue._jobs.get(name)
    if job is None:
        return error_response_json(
            "EntityNotFoundException", f"Failed to start job run due to missing metadata: {name}", 400
        )
    with _lock:
        runs = glue._job_runs.setdefault(name, [])
        active = sum(run["JobRunState"] in _ACTIVE for run in runs)
        if active >= int(job["ExecutionProperty"].get("MaxConcurrentRuns", 1)):
            return error_response_json(
                "ConcurrentRunsExceededException", f"Concurrent runs exceeded for {name}", 400
            )
        run = _new_run(job, data)
        runs.insert(0, run)
    thread = threading.Thread(
        target=contextvars.copy_context().run, args=(_execute, dict(job), run), daemon=True
    )
    thread.start()
    return json_response({"JobRunId": run["Id"]})


def _new_run(job: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    now = time.time()
    inherited = (
        "MaxCapacity",
        "WorkerType",
        "NumberOfWorkers",
        "SecurityConfiguration",
        "GlueVersion",
        "Timeout",
    )
    return {
        **{name: data.get(name, job.get(name)) for name in inherited if data.get(name, job.get(name))},
        "Id": f"jr_{secrets.token_hex(32)}",
        "Attempt": 0,
        "JobName": job["Name"],
        "StartedOn": now,
        "LastModifiedOn": now,
        "JobRunState": "STARTING",
        "Arguments": data.get("Arguments", {}),
        "PredecessorRuns": [],
        "ExecutionTime": 0,
        "LogGroupName": glue_logs.group_prefix({**job, **data}),
    }


def _execute(job: dict[str, Any], run: dict[str, Any]) -> None:
    outcome = Outcome("FAILED", "the local Glue runner failed; its error is in the emulator's log")
    work = Path(os.environ["LAKE_DIRECTORY"]) / "glue" / run["Id"]
    work.mkdir(parents=True)
    try:
        outcome = _run(job, run, work)
    except (roles.RoleError, ClientError, ValueError) as error:
        outcome = Outcome("FAILED", str(error))
    finally:
        _processes.pop(run["Id"], None)
        metrics.tell(run, work / _EVENTS)
        shutil.rmtree(work, ignore_errors=True)
        _finish(run, outcome)


def _finish(run: dict[str, Any], outcome: Outcome) -> None:
    now = time.time()
    run["CompletedOn"] = run["LastModifiedOn"] = now
    run["ExecutionTime"] = round(now - run["StartedOn"])
    if outcome.error:
        run["ErrorMessage"] = outcome.error
    run["JobRunState"] = outcome.state  # last, as those who wait look at it first
    _logger.info("job %s run %s: %s %s", run["JobName"], run["Id"], outcome.state, outcome.error)


def _run(job: dict[str, Any], run: dict[str, Any], work: Path) -> Outcome:
    arguments = {
        **job.get("DefaultArguments", {}),
        "--JOB_NAME": run["JobName"],
        "--JOB_RUN_ID": run["Id"],
        **run["Arguments"],
        **job.get("NonOverridableArguments", {}),
    }
    arguments |= metrics.settings(arguments, work / _EVENTS)
    arn = f"arn:aws:glue:{get_region()}:{get_account_id()}:job/{job['Name']}"
    credentials = roles.assume(job["Role"], "glue.amazonaws.com", "GlueJobRunnerSession", runs=arn)
    s3 = roles.client("s3", credentials)
    script = _fetch(s3, job["Command"]["ScriptLocation"], work)
    uris = [uri for uri in arguments.get("--extra-py-files", "").split(",") if uri]
    modules = (*(_fetch(s3, uri, work) for uri in uris), *installed(s3, arguments))
    logs = Path(os.environ["LAKE_DIRECTORY"]) / "logs" / "glue"
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{run['JobName']}-{run['Id']}"
    process = GlueProcess(
        script,
        arguments,
        _variables(credentials, work),
        modules,
        log,
        settings=Path(os.environ["LAKE_SPARK_SETTINGS"]),
    )
    _processes[run["Id"]] = process
    if run["JobRunState"] == "STOPPING":
        return Outcome("STOPPED")
    run["JobRunState"] = "RUNNING"
    outcome = process.run(60 * float(run["Timeout"]))
    logs_client = roles.client("logs", credentials)
    glue_logs.publish(logs_client, run["LogGroupName"], run["Id"], process.output, process.error)
    return outcome


def _variables(credentials: dict[str, str], work: Path) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    aws = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    spark = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": str(work)}
    return {**inherited, **aws, **spark, **credentials}


def _fetch(s3: Any, uri: str, work: Path) -> Path:
    location = urlsplit(uri)
    target = work / Path(location.path).name
    try:
        s3.download_file(location.netloc, location.path.lstrip("/"), str(target))
    except ClientError as error:
        raise ValueError(f"LAUNCH ERROR | Error downloading from S3 for {uri}: {error}") from error
    return target


def _batch_stop_job_run(data: dict[str, Any]) -> Any:
    stopped, errors = [], []
    runs = {run["Id"]: run for run in glue._job_runs.get(data["JobName"], [])}
    for run_id in data["JobRunIds"]:
        run = runs.get(run_id)
        reference = {"JobName": data["JobName"], "JobRunId": run_id}
        if run is None:
            errors.append({**reference, "ErrorDetail": _detail("JobRunNotFoundException", "no such run")})
        elif run["JobRunState"] not in _ACTIVE:
            errors.append(
                {**reference, "ErrorDetail": _detail("JobRunNotInTerminalStateException", run["JobRunState"])}
            )
        else:
            run["JobRunState"] = "STOPPING"
            if process := _processes.get(run_id):
                process.stop()
            stopped.append(reference)
    return json_response({"SuccessfulSubmissions": stopped, "Errors": errors})


def _detail(code: str, message: str) -> dict[str, str]:
    return {"ErrorCode": code, "ErrorMessage": message}


def _stop_all() -> None:
    for process in list(_processes.values()):
        process.stop()
