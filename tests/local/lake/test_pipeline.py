"""The pipeline's definition at work, on jobs that do as they are told."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws
from stacks.components.pipeline.definition import definition
from stacks.components.pipeline.facts import PipelineFacts

SUCCEEDED, FAILED = "SUCCEEDED", "FAILED"
BAD = "raise RuntimeError('2 of 3 failed: orders: 5 of 9 records rejected | returns: no table')"
SLOW = "import time; time.sleep(4)"


@dataclass
class Machine:
    """A state machine with two jobs, and a queue that hears of its failures."""

    aws: EmbeddedAws
    name: str
    arn: str
    queue: str

    def start(self) -> str:
        """Start an execution and return its ARN."""
        states = self.aws.client("stepfunctions")
        return str(states.start_execution(stateMachineArn=self.arn)["executionArn"])

    def end(self, execution: str, seconds: float = 60) -> dict[str, Any]:
        """Wait for an execution to end, and describe it."""
        states, deadline = self.aws.client("stepfunctions"), time.monotonic() + seconds
        while (found := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return dict(found)

    def runs(self, step: str) -> list[dict[str, Any]]:
        """Job runs of a step, oldest first."""
        return list(reversed(self.aws.client("glue").get_job_runs(JobName=f"{self.name}-{step}")["JobRuns"]))

    def mails(self) -> list[dict[str, str]]:
        """What subscribers have been told, and not yet read."""
        answer = self.aws.client("sqs").receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    def entered(self, execution: str) -> list[str]:
        """Names of the states that an execution went through."""
        states = self.aws.client("stepfunctions")
        events = states.get_execution_history(executionArn=execution, maxResults=1000)["events"]
        key = "stateEnteredEventDetails"
        return [event[key]["name"] for event in events if key in event]


Make = Callable[..., Machine]


@pytest.fixture
def make(embedded_aws: EmbeddedAws, make_role: Callable[..., str], request: pytest.FixtureRequest) -> Make:
    """Makes a machine whose jobs run these scripts, under the role that the pipeline has on AWS."""
    clients = {name: embedded_aws.client(name) for name in ("s3", "glue", "sns", "sqs", "stepfunctions")}
    name = re.sub(r"\W|_", "-", str(request.node.name)).removeprefix("test-")[:40].strip("-")

    def job(step: str, script: str) -> str:
        bucket = f"{name}-{step}"
        clients["s3"].create_bucket(Bucket=bucket)
        clients["s3"].put_object(Bucket=bucket, Key="job.py", Body=script)
        objects = f"arn:aws:s3:::{bucket}/*"
        role = make_role(bucket, "glue.amazonaws.com", (["s3:GetObject"], [objects]))
        command = {"Name": "glueetl", "ScriptLocation": f"s3://{bucket}/job.py"}
        clients["glue"].create_job(Name=bucket, Role=role, Command=command)
        return bucket

    def machine(silver: str = "", gold: str = "") -> Machine:
        topic = clients["sns"].create_topic(Name=name)["TopicArn"]
        url = clients["sqs"].create_queue(QueueName=name)["QueueUrl"]
        answer = clients["sqs"].get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        queue = answer["Attributes"]["QueueArn"]
        allowed = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}
        statement = {**allowed, "Action": "sqs:SendMessage", "Resource": queue}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        clients["sqs"].set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        clients["sns"].subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
        steps = {"BronzeToSilver": job("silver", silver), "SilverToGold": job("gold", gold)}
        arn = f"arn:aws:states:us-east-1:000000000000:stateMachine:{name}"
        role = make_role(
            name,
            "states.amazonaws.com",
            (
                ["glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"],
                [f"arn:aws:glue:us-east-1:000000000000:job/{one}" for one in steps.values()],
            ),
            (["states:ListExecutions"], [arn]),
            (["sns:Publish"], [topic]),
            (["s3:PutObject"], [f"arn:aws:s3:::{bucket}/shop/run_events/*" for bucket in steps.values()]),
        )
        events = {step: (bucket, "shop/run_events/") for step, bucket in steps.items()}
        facts = PipelineFacts("shop", "local", "lakehouse-local", "us-east-1", steps, topic, 1, events)
        clients["stepfunctions"].create_state_machine(
            name=name, definition=json.dumps(definition(facts)), roleArn=role
        )
        return Machine(embedded_aws, name, arn, url)

    return machine


def test_both_jobs_run_in_order_when_nothing_fails(make: Make) -> None:
    machine = make()
    execution = machine.start()
    assert machine.end(execution)["status"] == SUCCEEDED
    [silver], [gold] = machine.runs("silver"), machine.runs("gold")
    assert silver["CompletedOn"] <= gold["StartedOn"]
    assert machine.mails() == []


def test_gold_is_built_and_the_execution_fails_when_silver_fails(make: Make) -> None:
    machine = make(silver=BAD)
    done = machine.end(machine.start())
    [gold] = machine.runs("gold")
    assert gold["JobRunState"] == SUCCEEDED
    assert (done["status"], done["error"]) == (FAILED, "States.TaskFailed")
    assert done["cause"].startswith("BronzeToSilver: RuntimeError: 2 of 3 failed: orders: 5 of 9")


def test_failure_is_told_once_in_a_text_for_people(make: Make) -> None:
    machine = make(silver=BAD, gold="raise RuntimeError('1 of 1 failed: totals: not built')")
    execution = machine.start()
    machine.end(execution)
    [mail] = machine.mails()
    [run] = machine.runs("silver")
    assert mail["Subject"] == "Pipeline shop failed (lakehouse-local)"
    lines = mail["Message"].splitlines()
    assert lines[0] == "The pipeline of shop failed in lakehouse-local."
    assert f"BronzeToSilver (job {machine.name}-silver, run {run['Id']})" in lines
    assert "  RuntimeError: 2 of 3 failed: orders: 5 of 9 records rejected" in lines
    assert "  returns: no table" in lines
    assert "  RuntimeError: 1 of 1 failed: totals: not built" in lines
    assert [line for line in lines if line.endswith(f"$252Ferror/log-events/{run['Id']}")]
    assert [line for line in lines if line.startswith("Execution: https://") and line.endswith(execution)]
    assert "  lake-ops redrive pipeline shop --env local" in lines
    assert "{" not in mail["Message"]


def test_job_is_started_again_when_it_ran_outside_of_the_pipeline(make: Make) -> None:
    machine = make(silver=SLOW)
    machine.aws.client("glue").start_job_run(JobName=f"{machine.name}-silver")
    assert machine.end(machine.start())["status"] == SUCCEEDED
    alone, piped = machine.runs("silver")
    assert alone["CompletedOn"] <= piped["StartedOn"]


def test_failed_job_is_not_started_again(make: Make) -> None:
    machine = make(silver=BAD)
    machine.end(machine.start())
    assert len(machine.runs("silver")) == 1


def test_second_execution_works_after_the_first_when_both_are_started(make: Make) -> None:
    machine = make(silver=SLOW)
    first, second = machine.start(), machine.start()
    assert [machine.end(one)["status"] for one in (first, second)] == [SUCCEEDED] * 2
    assert "Wait" in machine.entered(second)
    silver, gold = machine.runs("silver"), machine.runs("gold")
    assert (len(silver), len(gold)) == (2, 2)
    assert gold[0]["CompletedOn"] <= silver[1]["StartedOn"]


def test_waiting_execution_is_superseded_when_a_newer_one_waits(make: Make) -> None:
    machine = make(silver=SLOW)
    executions = [machine.start() for _ in range(5)]
    ended = [machine.end(one) for one in executions]
    assert {one["status"] for one in ended} == {SUCCEEDED}
    first, *between, last = [machine.entered(one)[-1] for one in executions]
    assert (first, last) == ("Done", "Done")
    assert set(between) == {"Superseded"}
    runs = machine.runs("silver")
    assert len(runs) == 2
    assert runs[1]["StartedOn"] > ended[-1]["startDate"]  # so it lists what the others came for


def test_jobs_run_and_the_failure_is_told_when_the_role_may_not_start_one(
    make: Make, embedded_aws: EmbeddedAws
) -> None:
    machine = make()
    iam = embedded_aws.client("iam")
    policy = iam.get_role_policy(RoleName=machine.name, PolicyName="policy")["PolicyDocument"]
    policy["Statement"][0]["Resource"] = policy["Statement"][0]["Resource"][1:]
    iam.put_role_policy(RoleName=machine.name, PolicyName="policy", PolicyDocument=json.dumps(policy))
    assert machine.end(machine.start())["status"] == FAILED
    [mail] = machine.mails()
    assert "Glue.AccessDeniedException" in mail["Message"]
    assert f"#/editor/job/{machine.name}-silver/runs" in mail["Message"]
    assert len(machine.runs("gold")) == 1
