"""What still runs is stopped: jobs and trails would write again, state machines last as executions do."""

from contextlib import suppress
from typing import Any

from tools.ops.target import Account

_RUNNING = ("STARTING", "RUNNING", "WAITING")


def stop(account: Account, kind: str, name: str) -> None:
    """Stop all executions of a state machine, all runs of a Glue job, or a trail; other kinds do not run."""
    if kind == "AWS::StepFunctions::StateMachine":
        _stop_executions(account.client("stepfunctions"), name)
    if kind == "AWS::Glue::Job":
        _stop_runs(account.client("glue"), name)
    if kind == "AWS::CloudTrail::Trail":
        client = account.client("cloudtrail")
        with suppress(client.exceptions.TrailNotFoundException):
            client.stop_logging(Name=name)


def _stop_executions(states: Any, machine: str) -> None:
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=machine, statusFilter="RUNNING")
    for page in pages:
        for execution in page["executions"]:
            states.stop_execution(
                executionArn=execution["executionArn"], error="Removed", cause="The environment is removed."
            )


def _stop_runs(glue: Any, job: str) -> None:
    for page in glue.get_paginator("get_job_runs").paginate(JobName=job):
        for run in page["JobRuns"]:
            if run["JobRunState"] in _RUNNING:
                glue.batch_stop_job_run(JobName=job, JobRunIds=[run["Id"]])
