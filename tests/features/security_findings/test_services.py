"""The services of the laptop that make findings when they are asked to."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws
from local.features.security_findings import samples
from tests.features.security_findings.asff import asff

SOURCES = ["aws.guardduty", "aws.macie", "aws.securityhub", "aws.inspector2", "aws.config"]


@pytest.fixture(scope="module")
def heard(embedded_aws: EmbeddedAws) -> Iterator[Callable[[int], list[dict[str, Any]]]]:
    """Returns so many events of the services, once they have come."""
    sqs, events = embedded_aws.client("sqs"), embedded_aws.client("events")
    url = sqs.create_queue(QueueName="heard-findings")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="heard-findings", EventPattern=json.dumps({"source": SOURCES}))
    events.put_targets(Rule="heard-findings", Targets=[{"Id": "Queue", "Arn": arn}])

    def receive(count: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for _ in range(count):
            for each in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
                found.append(json.loads(each["Body"]))
        assert len(found) == count
        return found

    yield receive
    events.remove_targets(Rule="heard-findings", Ids=["Queue"])
    events.delete_rule(Name="heard-findings")


@pytest.fixture(scope="module")
def detector(embedded_aws: EmbeddedAws) -> Iterator[str]:
    guardduty = embedded_aws.client("guardduty")
    made = guardduty.create_detector(Enable=True)["DetectorId"]
    yield made
    guardduty.delete_detector(DetectorId=made)


def test_guardduty_finds_samples_of_the_types_that_are_asked_for(
    embedded_aws: EmbeddedAws, heard: Callable[[int], list[dict[str, Any]]], detector: str
) -> None:
    guardduty = embedded_aws.client("guardduty")
    assert guardduty.list_detectors()["DetectorIds"] == [detector]
    guardduty.create_sample_findings(DetectorId=detector, FindingTypes=["PenTest:S3/KaliLinux"])
    (event,) = heard(1)
    assert (event["source"], event["detail-type"]) == ("aws.guardduty", "GuardDuty Finding")
    assert (event["detail"]["severity"], event["account"]) == (5.0, embedded_aws.account)
    with pytest.raises(ClientError, match="no sample of"):
        guardduty.create_sample_findings(DetectorId=detector, FindingTypes=["No:Such/Type"])


def test_macie_finds_a_sample_of_each_type(
    embedded_aws: EmbeddedAws, heard: Callable[[int], list[dict[str, Any]]]
) -> None:
    macie = embedded_aws.client("macie2")
    macie.create_sample_findings()
    events = heard(len(samples.MACIE))
    assert {event["detail"]["severity"]["description"] for event in events} == {"Low", "Medium", "High"}
    with pytest.raises(ClientError, match="no sample of"):
        macie.create_sample_findings(findingTypes=["SensitiveData:S3Object/Multiple"])


def test_security_hub_tells_of_each_finding_that_it_is_given(
    embedded_aws: EmbeddedAws, heard: Callable[[int], list[dict[str, Any]]]
) -> None:
    found = asff(embedded_aws.region, embedded_aws.account, "HIGH")
    embedded_aws.client("securityhub").batch_import_findings(Findings=[found, {**found, "Id": "two"}])
    events = heard(2)
    assert [event["detail"]["findings"][0]["Id"] for event in events] == [found["Id"], "two"]
    assert {event["detail"]["findings"][0]["Workflow"]["Status"] for event in events} == {"NEW"}


def test_launcher_sends_samples_of_those_that_have_no_call_for_it(
    embedded_aws: EmbeddedAws, heard: Callable[[int], list[dict[str, Any]]]
) -> None:
    sent = embedded_aws._control("POST", "/_lake/security-findings")["sent"]
    assert {event["source"] for event in heard(sent)} == {"aws.inspector2", "aws.config"}


@pytest.mark.parametrize(
    "request_of",
    [
        ("guardduty", "list_detectors", {}),
        ("macie2", "create_sample_findings", {}),
        ("securityhub", "batch_import_findings", {"Findings": [asff("us-east-1", "000000000000", "LOW")]}),
    ],
    ids=lambda each: each[0],
)
def test_role_without_the_right_is_refused(
    embedded_aws: EmbeddedAws,
    make_role: Callable[..., str],
    client_as: Callable[[str, str], Any],
    request_of: tuple[str, str, dict[str, Any]],
) -> None:
    service, call, arguments = request_of
    role = make_role(f"no-{service}", f"arn:aws:iam::{embedded_aws.account}:root")
    with pytest.raises(ClientError, match="not authorized"):
        getattr(client_as(service, role), call)(**arguments)
