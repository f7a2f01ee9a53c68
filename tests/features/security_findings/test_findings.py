"""Findings of each service, from its event to whom they are told and into the table."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.load import ENVIRONMENTS
from lakehouse.model.dataset import Layer
from local.emulator.launcher import EmbeddedAws
from stacks.features.security_findings.findings_table import TABLE, database
from tests.features.security_findings.asff import asff
from tests.fixtures.embedded_aws import wait_for
from tests.local.lake.project_copy import copy_project
from tests.local.ops.shop import Shop
from tests.unit.lakehouse.project import Json, column, source

pytestmark = pytest.mark.lake

STACKS = ("Foundation", "Storage", "Governance", "Ingestion", "Analytics", "SecurityFindings")
CUSTOMERS: Json = source(
    "shop/customers",
    column("customer_id", classification="confidential", logicalTypeOptions={"pattern": "^C-[0-9]{6}$"}),
    ingestion={"mode": "files", "format": "json"},
)
SECTION: dict[str, Any] = {
    "guardduty": {"existing": False, "s3_data_events": True},
    "security_hub": None,
    "detective": {"existing": False},
    "inspector": {"existing": True},
    "macie": {"existing": False, "layers": ["bronze"], "allow": {"tests": "C-999[0-9]{3}"}},
    "config": {"existing": False, "severity": "medium"},
    "routing": {"critical": "page", "high": "page", "medium": "mail", "low": "keep", "informational": "keep"},
    "emails": ["security@example.com"],
    "keep_days": 30,
    "readers": ["security_officer"],
}
HUB = {"existing": False, "standards": ["aws-foundational-security-best-practices/v/1.0.0"]}
FOUND = {
    ("guardduty", "CRITICAL", "page"): 1,
    ("guardduty", "HIGH", "page"): 1,
    ("guardduty", "MEDIUM", "mail"): 1,
    ("guardduty", "LOW", "keep"): 1,
    ("macie", "HIGH", "page"): 1,
    ("macie", "MEDIUM", "mail"): 1,
    ("macie", "LOW", "keep"): 1,
    ("inspector", "CRITICAL", "page"): 1,
    ("inspector", "HIGH", "page"): 1,
    ("inspector", "MEDIUM", "mail"): 1,
    ("inspector", "LOW", "keep"): 1,
    ("inspector", "INFORMATIONAL", "keep"): 2,  # and one that nobody has judged yet
    ("config", "MEDIUM", "mail"): 1,
}
"""What becomes of the samples of all services."""


def write(root: Path, section: dict[str, Any]) -> None:
    """Have the laptop's environment use these services, and no other feature."""
    path = root / ENVIRONMENTS / "local.yaml"
    settings = re.sub(r"(?ms)^features:.*\Z", "", path.read_text())
    path.write_text(settings + yaml.safe_dump({"features": {"security_findings": section}}))


class Office:
    """A lake with the services, and who listens to its topics."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.aws = shop.aws
        self.heard = {name: self._listen(name) for name in ("alarms", "findings")}

    def _listen(self, name: str) -> Callable[[], list[Json]]:
        """Subscribe a queue to a topic; returns what receives all that it was told."""
        sqs, sns = self.aws.client("sqs"), self.aws.client("sns")
        url = sqs.create_queue(QueueName=f"listens-to-{name}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        topics = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}
        allowed = {**topics, "Action": "sqs:SendMessage", "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        sns.subscribe(TopicArn=self.topic(name), Protocol="sqs", Endpoint=arn)
        told: list[Json] = []

        def receive() -> list[Json]:
            for each in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
                message = json.loads(json.loads(each["Body"])["Message"])
                if "content" in message:  # alarms come this way, too
                    told.append(message)
            return told

        return receive

    def topic(self, name: str) -> str:
        """ARN of a topic of the lake."""
        resource = self.shop.lake.naming.resource(name)
        return f"arn:aws:sns:{self.aws.region}:{self.aws.account}:{resource}"

    def wait(self, name: str, count: int) -> list[Json]:
        """Wait until a topic was told so many times."""
        return list(wait_for(self.heard[name], lambda told: len(told) >= count))

    def rows(self, sql: str, persona: str = "security_officer") -> list[dict[str, Any]]:
        """Ask for findings as a persona."""
        naming = self.shop.lake.naming
        text = sql.format(table=f'"{database(naming)}"."{TABLE}"')
        answer = self.shop.lake.query(text, domain="security_findings", layer=Layer.SILVER, persona=persona)
        return list(answer.to_dict("records"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("findings")
    (folder / "contracts").mkdir()
    root = copy_project(folder / "project", folder / "contracts")
    write(root, SECTION)
    with EmbeddedAws(folder / "lake", port=0) as aws:
        shop = Shop(root, aws)
        shop.write(CUSTOMERS)
        shop.deploy(*STACKS)
        yield Office(shop)


def send_all(aws: EmbeddedAws) -> None:
    """Have every service find a sample of each severity."""
    guardduty = aws.client("guardduty")
    guardduty.create_sample_findings(DetectorId=guardduty.list_detectors()["DetectorIds"][0])
    aws.client("macie2").create_sample_findings()
    aws._control("POST", "/_lake/security-findings")


def test_each_severity_of_each_service_reaches_its_topic_and_the_table(office: Office) -> None:
    send_all(office.aws)
    counts = Counter(dict.fromkeys(("page", "mail", "keep"), 0))
    for (_, _, told), count in FOUND.items():
        counts[told] += count
    paged, mailed = office.wait("alarms", counts["page"]), office.wait("findings", counts["mail"])
    assert (len(paged), len(mailed)) == (counts["page"], counts["mail"])
    assert {each["content"]["title"].split()[0] for each in paged} == {"CRITICAL", "HIGH"}
    assert {each["content"]["title"] for each in mailed} == {
        f"MEDIUM finding of {service}" for service in ("GuardDuty", "Macie", "Inspector", "Config")
    }

    def kept() -> list[dict[str, Any]]:
        office.aws.flush_firehose()
        return office.rows("SELECT source, severity, told FROM {table}")

    rows = wait_for(kept, lambda rows: len(rows) >= sum(FOUND.values()), seconds=60)
    assert Counter((row["source"], row["severity"], row["told"]) for row in rows) == Counter(FOUND)


def test_person_reads_what_was_found_where_and_how_to_look_at_it(office: Office) -> None:
    (told,) = [
        each for each in office.wait("alarms", 5) if each["content"]["title"] == "HIGH finding of GuardDuty"
    ]
    finding = told["metadata"]["additionalContext"]
    assert told["content"]["description"].endswith('at the bucket "bucketName".')
    assert told["metadata"]["relatedResources"] == ["S3Bucket"]
    assert (finding["account"], finding["region"]) == (office.aws.account, office.aws.region)
    assert f"region={office.aws.region}#/findings?search=id%3D{finding['finding']}" in str(told["content"])
    (row,) = office.rows(
        f"SELECT *, json_extract_scalar(event, '$.detail.severity') AS given FROM {{table}} "  # noqa: S608
        f"WHERE finding_id = '{finding['finding']}'"
    )
    assert (row["title"], row["given"]) == (told["content"]["description"], "8.0")


def test_saved_queries_answer_the_reader(office: Office) -> None:
    athena = office.shop.lake.session_as("security_officer").client("athena")
    group = office.shop.lake.naming.resource("security_officer")
    ids = athena.list_named_queries(WorkGroup=group)["NamedQueryIds"]
    saved = {
        each["Name"]: each["QueryString"]
        for each in athena.batch_get_named_query(NamedQueryIds=ids)["NamedQueries"]
    }
    serious = office.rows(saved["findings: serious"])
    told = sum(count for (_, severity, _), count in FOUND.items() if severity in ("CRITICAL", "HIGH"))
    assert len(serious) == told
    again = office.rows(saved["findings: again"])
    assert {row["events"] for row in again} == {1}
    assert len(again) == sum(FOUND.values())


@pytest.mark.parametrize("persona", ["analyst", "chief_data_officer", "engineer"])
def test_nobody_but_the_readers_of_the_settings_reads_the_table(office: Office, persona: str) -> None:
    with pytest.raises(Exception, match=r"(?i)permission|not authorized|does not exist|denied"):
        office.rows("SELECT * FROM {table}", persona)


def test_finding_that_cannot_be_told_waits_in_the_queue_of_undelivered_events(office: Office) -> None:
    sqs, sns = office.aws.client("sqs"), office.aws.client("sns")
    url = sqs.get_queue_url(QueueName=office.shop.lake.naming.resource("undelivered-events"))["QueueUrl"]
    sns.delete_topic(TopicArn=office.topic("findings"))
    office.aws.client("macie2").create_sample_findings(
        findingTypes=["SensitiveData:S3Object/CustomIdentifier"]
    )

    def waiting() -> list[dict[str, Any]]:
        return list(sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages", []))

    (message,) = wait_for(waiting)
    assert json.loads(message["Body"])["detail-type"] == "Macie Finding"
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_RESOURCE"
    assert message["MessageAttributes"]["TARGET_ARN"]["StringValue"] == office.topic("findings")


def test_finding_that_two_services_send_pages_once_when_security_hub_is_on(office: Office) -> None:
    write(office.shop.root, {**SECTION, "security_hub": HUB})
    office.shop.deploy("SecurityFindings")
    before = len(office.heard["alarms"]())
    aws = office.aws
    guardduty, hub = aws.client("guardduty"), aws.client("securityhub")
    detector = guardduty.list_detectors()["DetectorIds"][0]
    guardduty.create_sample_findings(DetectorId=detector, FindingTypes=["Exfiltration:S3/AnomalousBehavior"])
    aws.client("macie2").create_sample_findings(findingTypes=["SensitiveData:S3Object/Credentials"])
    found = [asff(aws.region, aws.account, "HIGH", product) for product in ("guardduty", "macie")]
    hub.batch_import_findings(Findings=found)
    hub.batch_import_findings(Findings=[asff(aws.region, aws.account, "CRITICAL", "config")])
    expected = ["CRITICAL finding of Security Hub", "HIGH finding of Macie", "HIGH finding of Security Hub"]
    told = office.wait("alarms", before + len(expected))[before:]
    assert sorted(each["content"]["title"] for each in told) == expected

    def kept() -> list[dict[str, Any]]:
        aws.flush_firehose()
        return office.rows("SELECT source, severity FROM {table} WHERE told = 'page'")

    rows = wait_for(kept, lambda rows: len(rows) >= before + len(expected), seconds=60)
    was = Counter((source, severity) for source, severity, told in FOUND if told == "page")
    new = Counter([("security_hub", "CRITICAL"), ("security_hub", "HIGH"), ("macie", "HIGH")])
    assert Counter((row["source"], row["severity"]) for row in rows) == was + new
