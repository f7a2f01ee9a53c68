"""The café's API as guests and strangers meet it: over HTTPS, without credentials."""

import gzip
import http.client
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset
from local.features.click_api import Answer, api_url, post
from local.lake.lake import LocalLake
from stacks.features.click_api.settings import ClickApiSettings
from stacks.features.registry import switched_on

pytestmark = pytest.mark.lake

CLICK = {
    "event_id": "posted-1", "session_id": "s", "occurred_at": "2026-01-01T00:00:00Z",
    "page": "käse", "menu_item": "Käsekuchen", "category": "Cake", "action": "view", "price": 4.20,
}  # fmt: skip
FAULTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"session_id": None}, "session_id"),
    ({"occurred_at": "noon"}, "occurred_at"),
    ({"action": "stare"}, "stare"),
    ({"price": -1}, "price"),
    ({"page": "x" * 201}, "page"),
)


@pytest.fixture(scope="module")
def clicks(proven: Any) -> Dataset:
    found: list[Dataset] = [each for each in proven.lake.sources if each.id == "cafe/menu_clicks"]
    [dataset] = found
    return dataset


@pytest.fixture(scope="module")
def url(proven: Any, clicks: Dataset) -> str:
    return api_url(proven.lake.aws, proven.lake.naming, clicks)


@pytest.fixture
def send(proven: Any, clicks: Dataset, url: str) -> Callable[[bytes], Answer]:
    def one(record: bytes) -> Answer:
        [answer] = post(proven.lake.aws, url + clicks.name, [record])
        return answer

    return one


def _bronze(lake: LocalLake, dataset: Dataset) -> list[bytes]:
    """Lines of every bronze object, once all that is on the stream is delivered."""
    lake.aws.flush_firehose()
    s3, bucket = lake.aws.client("s3"), lake.naming.bucket("bronze")
    bodies = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in lake.bronze_keys(dataset)]
    return [line for body in bodies for line in gzip.decompress(body).split(b"\n")]


def _get(lake: LocalLake, url: str) -> tuple[int, dict[str, str], bytes]:
    trust = ssl.create_default_context(cafile=lake.aws.environment()["AWS_CA_BUNDLE"])
    place = urlsplit(url)
    with closing(http.client.HTTPSConnection(place.netloc, timeout=60, context=trust)) as connection:
        connection.request("GET", place.path)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def test_record_lands_in_bronze_as_it_was_sent(
    proven: Any, clicks: Dataset, send: Callable[[bytes], Answer]
) -> None:
    written = json.dumps(CLICK, ensure_ascii=False, separators=(" ,", ":  "))
    lines = json.dumps({**CLICK, "event_id": "posted-2"}, indent=1)
    assert [send(text.encode()).status for text in (written, lines)] == [200, 200]
    bronze = _bronze(proven.lake, clicks)
    assert bronze.count(written.encode()) == 1
    assert bronze.count(lines.replace("\n", " ").encode()) == 1


def test_record_is_refused_with_the_reason_and_not_stored_when_it_breaks_its_contract(
    proven: Any, clicks: Dataset, url: str
) -> None:
    records = [{**CLICK, "event_id": f"faulty-{at}", **change} for at, (change, _) in enumerate(FAULTS)]
    bodies = [json.dumps(record).encode() for record in records] + [b'{"event_id": "faulty-x"']
    answers = list(post(proven.lake.aws, url + clicks.name, bodies))
    assert [answer.status for answer in answers] == [400] * len(bodies)
    for answer, (_, named) in zip(answers, FAULTS, strict=False):
        assert "breaks its contract" in answer.message
        assert named in answer.message
    assert not [line for line in _bronze(proven.lake, clicks) if b"faulty-" in line]


def test_record_that_can_never_be_stored_is_refused_for_good_and_reaches_no_bronze(
    proven: Any, clicks: Dataset, url: str
) -> None:
    text = json.dumps({**CLICK, "event_id": "never-1"})
    kibibytes = _limits_of(proven.lake).record_kibibytes
    bodies = {
        text.replace("never-1", "never-2" + " " * 1024 * kibibytes): 400,  # the id itself is too long
        text.ljust(1024 * kibibytes + 3): 413,
        text.replace("4.2", "NaN"): 400,
        text.replace("4.2", "[" * 2000 + "]" * 2000): 400,
        text + text: 400,
        "": 400,
    }
    sent = [(body.encode(), status) for body, status in bodies.items()]
    sent += [(text.encode(coding), 400) for coding in ("utf-16", "utf-8-sig", "utf-32-le")]
    answers = post(proven.lake.aws, url + clicks.name, [body for body, _ in sent])
    assert [answer.status for answer in answers] == [status for _, status in sent]
    assert not [line for line in _bronze(proven.lake, clicks) if b"never-" in line.replace(b"\0", b"")]


def test_body_of_another_type_is_refused_as_json(proven: Any, clicks: Dataset, url: str) -> None:
    place = urlsplit(url + clicks.name)
    trust = ssl.create_default_context(cafile=proven.lake.aws.environment()["AWS_CA_BUNDLE"])
    with closing(http.client.HTTPSConnection(place.netloc, timeout=60, context=trust)) as connection:
        connection.request("POST", place.path, "event_id=1", {"Content-Type": "text/plain"})
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("content-type")) == (415, "application/json")
        assert json.loads(answer.read()) == {"message": "A record is sent as application/json."}


def test_demonstration_posts_clicks(proven: Any) -> None:
    assert proven.summary.posted["cafe/menu_clicks"] > 90


def test_page_is_shown_and_other_places_are_not_there(proven: Any, clicks: Dataset, url: str) -> None:
    status, headers, body = _get(proven.lake, url)
    assert (status, body) == (200, (PROJECT_ROOT / "contracts/cafe/menu.html").read_bytes())
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'; script-src 'sha256-" in headers["content-security-policy"]
    for path in ("other", clicks.name, f"{clicks.name}/1"):
        status, _, body = _get(proven.lake, url + path)
        assert (status, json.loads(body)) == (404, {"message": "There is nothing here."})


def test_request_beyond_the_limits_is_told_to_come_later(proven: Any, url: str) -> None:
    with _limits(proven.lake, url, rate="0.01", burst="2"):
        answers = [_get(proven.lake, url) for _ in range(4)]
    assert [status for status, _, _ in answers] == [200, 200, 429, 429]
    _, headers, body = answers[-1]
    assert headers["retry-after"] == "1"
    assert json.loads(body) == {"message": "Too many requests: send it again later."}


def _limits_of(lake: LocalLake) -> ClickApiSettings:
    found = switched_on(lake.settings.features)["click_api"]
    assert isinstance(found, ClickApiSettings)
    return found


@contextmanager
def _limits(lake: LocalLake, url: str, **limits: str) -> Iterator[None]:
    """Other limits of the stage for as long."""
    client, settings = lake.aws.client("apigateway"), _limits_of(lake)
    _, _, _, _, api, stage, *_ = url.split("/")

    def put(rate: str, burst: str) -> None:
        changes = (("throttling/rateLimit", rate), ("throttling/burstLimit", burst))
        operations = [{"op": "replace", "path": f"/*/*/{path}", "value": value} for path, value in changes]
        client.update_stage(restApiId=api, stageName=stage, patchOperations=operations)

    put(**limits)
    try:
        yield
    finally:
        put(str(settings.requests_per_second), str(settings.burst))


def test_role_of_the_api_may_put_records_and_not_read_them(proven: Any, clicks: Dataset) -> None:
    lake: LocalLake = proven.lake
    stream = lake.naming.resource(clicks.domain, clicks.name)
    with _as_role(lake, "MenuClicksDoorRole") as session:
        kinesis = session.client("kinesis")
        kinesis.put_record(StreamName=stream, Data=json.dumps(CLICK).encode(), PartitionKey="1")
        place = {"ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
        calls: tuple[Callable[[], object], ...] = (
            lambda: kinesis.get_shard_iterator(StreamName=stream, **place),
            lambda: kinesis.describe_stream(StreamName=stream),
            lambda: kinesis.put_records(StreamName=stream, Records=[{"Data": b"{}", "PartitionKey": "1"}]),
            lambda: session.client("s3").list_objects_v2(Bucket=lake.naming.bucket("bronze")),
        )
        for call in calls:
            with pytest.raises(kinesis.exceptions.ClientError, match="AccessDenied"):
                call()


@contextmanager
def _as_role(lake: LocalLake, part: str) -> Iterator[boto3.Session]:
    """A session of the one role whose id has this part, which trusts the account for as long."""
    iam, stack = lake.aws.client("iam"), lake.naming.stack("DomainCafe")
    found = lake.aws.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    [name] = [
        each["PhysicalResourceId"]
        for each in found
        if part in each["LogicalResourceId"] and each["ResourceType"] == "AWS::IAM::Role"
    ]
    role = iam.get_role(RoleName=name)["Role"]
    before = role["AssumeRolePolicyDocument"]
    everybody = {"Effect": "Allow", "Principal": {"AWS": lake.aws.account}, "Action": "sts:AssumeRole"}
    during = {"Version": "2012-10-17", "Statement": [everybody]}
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(during))
    try:
        yield _assume(lake, role["Arn"])
    finally:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(before))


def _assume(lake: LocalLake, arn: str) -> boto3.Session:
    answer = lake.aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return lake.aws.session(
        aws_access_key_id=answer["AccessKeyId"],
        aws_secret_access_key=answer["SecretAccessKey"],
        aws_session_token=answer["SessionToken"],
    )
