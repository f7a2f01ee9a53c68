"""What still runs in an environment that is removed is stopped, and its tables are dropped."""

import json
from collections.abc import Callable
from typing import Any

from config.load import load_settings
from local.emulator.launcher import EmbeddedAws
from tools.ops.removal.command import drop_table
from tools.ops.removal.writers import stop
from tools.ops.target import Account

WAITING = {"StartAt": "Only", "States": {"Only": {"Type": "Wait", "Seconds": 600, "End": True}}}


def test_execution_that_waits_is_stopped(embedded_aws: EmbeddedAws, make_role: Callable[..., str]) -> None:
    states = embedded_aws.client("stepfunctions")
    role = make_role("removal-states", "states.amazonaws.com")
    machine = states.create_state_machine(name="waiting", definition=json.dumps(WAITING), roleArn=role)
    arn = machine["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=arn)["executionArn"]
    stop(account(embedded_aws), "AWS::StepFunctions::StateMachine", arn)
    assert states.describe_execution(executionArn=execution)["status"] == "ABORTED"


def test_run_of_a_job_is_stopped(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], wait_for: Callable[..., Any]
) -> None:
    glue, s3 = embedded_aws.client("glue"), embedded_aws.client("s3")
    s3.create_bucket(Bucket="removal-code")
    s3.put_object(Bucket="removal-code", Key="sleep.py", Body=b"import time; time.sleep(600)")
    role = make_role(
        "removal-glue", "glue.amazonaws.com", (["s3:GetObject"], ["arn:aws:s3:::removal-code/*"])
    )
    command = {"Name": "glueetl", "ScriptLocation": "s3://removal-code/sleep.py", "PythonVersion": "3"}
    glue.create_job(Name="sleeping", Role=role, Command=command, GlueVersion="5.1")
    run = glue.start_job_run(JobName="sleeping")["JobRunId"]
    stop(account(embedded_aws), "AWS::Glue::Job", "sleeping")
    wait_for(
        lambda: glue.get_job_run(JobName="sleeping", RunId=run)["JobRun"]["JobRunState"],
        lambda state: state == "STOPPED",
    )


def test_table_is_dropped_once_and_may_be_gone(embedded_aws: EmbeddedAws) -> None:
    glue = embedded_aws.client("glue")
    glue.create_database(DatabaseInput={"Name": "removal"})
    glue.create_table(DatabaseName="removal", TableInput={"Name": "orders"})
    for _ in range(2):
        drop_table(account(embedded_aws), "removal.orders")
        assert glue.get_tables(DatabaseName="removal")["TableList"] == []


def account(aws: EmbeddedAws) -> Account:
    return Account(load_settings("local"), aws.session())
