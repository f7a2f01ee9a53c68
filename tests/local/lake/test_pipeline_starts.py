"""The end of a pipeline starts its readers: the trigger as it is deployed, on machines that end as told."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from config.load import PROJECT_ROOT, load_settings
from local.emulator.launcher import EmbeddedAws
from stacks.components.pipeline.arrival_trigger import ArrivalTrigger
from stacks.lake_stack import LakeStack, boundary_name

ENDS = {
    "StartAt": "Choose",
    "States": {
        "Choose": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.end", "StringEquals": "FAILED", "Next": "Fail"},
                {"Variable": "$.end", "StringEquals": "ABORTED", "Next": "Wait"},
            ],
            "Default": "Done",
        },
        "Wait": {"Type": "Wait", "Seconds": 600, "Next": "Done"},
        "Fail": {"Type": "Fail", "Error": "Told", "Cause": "to fail"},
        "Done": {"Type": "Succeed"},
    },
}
ANY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@dataclass
class Reader:
    """The pipeline of a domain that reads `made`, and nothing of `other`."""

    aws: EmbeddedAws
    domain: str
    machines: dict[str, str]
    """ARNs by role in the test."""
    queue: str
    wait_for: Callable[..., Any]

    def end(self, machine: str, status: str) -> None:
        """Run another pipeline until it has ended in a way."""
        states = self.aws.client("stepfunctions")
        arn = states.start_execution(
            stateMachineArn=self.machines[machine], input=json.dumps({"end": status})
        )["executionArn"]
        if status == "ABORTED":
            states.stop_execution(executionArn=arn)
        self.wait_for(lambda: states.describe_execution(executionArn=arn)["status"], status.__eq__)

    def messages(self) -> int:
        """Texts that wait in the queue."""
        names = [f"ApproximateNumberOfMessages{which}" for which in ("", "Delayed", "NotVisible")]
        answer = self.aws.client("sqs").get_queue_attributes(QueueUrl=self.queue, AttributeNames=names)
        return sum(int(count) for count in answer["Attributes"].values())

    def starts(self) -> list[Any]:
        """The texts that the pipeline was started with."""
        states = self.aws.client("stepfunctions")
        found = states.list_executions(stateMachineArn=self.machines["reader"])["executions"]
        inputs = [states.describe_execution(executionArn=one["executionArn"])["input"] for one in found]
        return [json.loads(record["body"]) for text in inputs for record in json.loads(text)]


@pytest.fixture
def make(
    embedded_aws: EmbeddedAws,
    make_role: Callable[..., str],
    deploy: Callable[..., dict[str, str]],
    wait_for: Callable[..., Any],
    tmp_path: Path,
) -> Callable[[str], Reader]:
    """Deploys the trigger of a domain, with the roles that it has on AWS."""
    settings = load_settings("local", PROJECT_ROOT).model_copy(
        update={"account": embedded_aws.account, "region": embedded_aws.region}
    )

    def reader(domain: str) -> Reader:
        states = embedded_aws.client("stepfunctions")
        machines = {}
        for role in ("reader", "made", "other"):
            name = f"{domain}-{role}"
            arn = make_role(name, "states.amazonaws.com")
            answer = states.create_state_machine(name=name, definition=json.dumps(ENDS), roleArn=arn)
            machines[role] = answer["stateMachineArn"]
        app = cdk.App(outdir=str(tmp_path))
        stack = LakeStack(app, "Reader", settings=settings, description="Reads")
        ArrivalTrigger(
            stack, "Arrival", stack=stack, name=domain, domain=domain, minutes=5,
            machine_arn=machines["reader"], on_objects=False, after=[machines["made"]],
        )  # fmt: skip
        embedded_aws.client("iam").create_policy(
            PolicyName=boundary_name(settings), PolicyDocument=json.dumps(ANY)
        )
        app.synth()
        deploy(domain, json.loads((tmp_path / "Reader.template.json").read_text())["Resources"])
        sqs = embedded_aws.client("sqs")
        queue = sqs.get_queue_url(QueueName=f"{domain}.fifo")["QueueUrl"]
        # Nobody waits for minutes here; that the queue leaves out the same message for five stays.
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "1"})
        return Reader(embedded_aws, domain, machines, queue, wait_for)

    return reader


def test_pipeline_starts_once_after_those_that_it_reads_have_ended(
    make: Callable[[str], Reader], wait_for: Callable[..., Any]
) -> None:
    reader = make("follows")
    reader.end("other", "SUCCEEDED")
    reader.end("made", "ABORTED")
    assert (reader.messages(), reader.starts()) == (0, [])
    reader.end("made", "FAILED")
    reader.end("made", "SUCCEEDED")
    wait_for(reader.starts)
    wait_for(reader.messages, (0).__eq__)
    assert reader.starts() == [{"start": "follows"}]
