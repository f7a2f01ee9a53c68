"""Waits for what goes on in a lake by itself, and runs its maintenance."""

import time
from typing import Any

from local.lake.lake import LocalLake

EXPIRE_ALL = {"--snapshot_days": "0", "--snapshots_min": "1"}
"""Arguments of a maintenance that leaves no older version of a table."""

_SECONDS = 600
_UNDER_WAY = {"STARTING", "RUNNING"}


def executions(lake: LocalLake, domain: str) -> list[dict[str, Any]]:
    """Return the executions of a domain's pipeline, newest first."""
    states = lake.aws.client("stepfunctions")
    name = lake.naming.resource(domain)
    arn = f"arn:aws:states:{lake.aws.region}:{lake.aws.account}:stateMachine:{name}"
    return [
        states.describe_execution(executionArn=one["executionArn"])
        for one in states.list_executions(stateMachineArn=arn)["executions"]
    ]


def settle(lake: LocalLake, domain: str) -> None:
    """Wait until no execution of a domain's pipeline runs."""
    deadline = time.monotonic() + _SECONDS
    while any(one["status"] == "RUNNING" for one in executions(lake, domain)):
        assert time.monotonic() < deadline
        time.sleep(0.5)


def maintain(lake: LocalLake, domain: str, **arguments: str) -> dict[str, Any]:
    """Run the maintenance of a domain to its end; return the job run."""
    glue = lake.aws.client("glue")
    job = lake.naming.resource(domain, "maintenance")
    run = glue.start_job_run(JobName=job, Arguments={**EXPIRE_ALL, **arguments})["JobRunId"]
    deadline = time.monotonic() + _SECONDS
    while (state := glue.get_job_run(JobName=job, RunId=run)["JobRun"])["JobRunState"] in _UNDER_WAY:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return dict(state)
