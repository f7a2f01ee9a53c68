"""A lake to which nothing has come yet is quiet; its alarms go off, and are told, when something is wrong."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from local.emulator.launcher import EmbeddedAws
from local.lake.lake import LocalLake
from tests.local.lake.project_copy import copy_project
from tests.local.lake.test_pipeline_runs import contracts, subscribe

pytestmark = pytest.mark.lake


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalLake, str]]:
    """A lake of one domain that was just deployed, and a queue that hears what the alarm topic is told."""
    folder = tmp_path_factory.mktemp("new")
    (folder / "contracts" / "shop").mkdir(parents=True)
    for name, content in contracts().items():
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        (folder / "contracts" / "shop" / name).write_text(text)
    root = copy_project(folder / "project", folder / "contracts")
    file = root / "config" / "environments" / "local.yaml"
    settings = yaml.safe_load(file.read_text())
    settings["alarms"]["page_by"] = "domain"
    file.write_text(yaml.safe_dump(settings))
    with EmbeddedAws(folder / "lake", port=0) as aws:
        lake = LocalLake(aws, root)
        lake.synthesize()
        lake.deploy()
        yield lake, subscribe(aws, lake)


def states(lake: LocalLake) -> dict[str, str]:
    """States of all alarms by name."""
    pages = lake.aws.client("cloudwatch").get_paginator("describe_alarms")
    return {
        alarm["AlarmName"]: alarm["StateValue"]
        for page in pages.paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        for alarm in (*page["MetricAlarms"], *page["CompositeAlarms"])
    }


def told(lake: LocalLake, mails: str) -> list[dict[str, Any]]:
    """What the topic was told since the last reading."""
    sqs, found = lake.aws.client("sqs"), []
    while messages := sqs.receive_message(QueueUrl=mails, MaxNumberOfMessages=10).get("Messages"):
        for each in messages:
            found.append(json.loads(json.loads(each["Body"])["Message"]))
            sqs.delete_message(QueueUrl=mails, ReceiptHandle=each["ReceiptHandle"])
    return found


def test_new_lake_has_no_alarm_that_is_on_and_tells_of_none(new: tuple[LocalLake, str]) -> None:
    lake, mails = new
    lake.aws.evaluate_alarms()
    found = states(lake)
    assert len(found) > 10
    assert [name for name, state in found.items() if state == "ALARM"] == []
    assert [each for each in told(lake, mails) if each["NewStateValue"] == "ALARM"] == []


def test_failed_pipeline_is_told_of_once_by_the_alarm_of_its_domain(new: tuple[LocalLake, str]) -> None:
    lake, mails = new
    machine = f"arn:aws:states:us-east-1:000000000000:stateMachine:{lake.naming.resource('shop')}"
    lake.aws.client("cloudwatch").put_metric_data(
        Namespace="AWS/States",
        MetricData=[
            {
                "MetricName": "ExecutionsFailed",
                "Dimensions": [{"Name": "StateMachineArn", "Value": machine}],
                "Timestamp": time.time() - 120,
                "Value": 1,
            }
        ],
    )
    lake.aws.evaluate_alarms()
    on = {name for name, state in states(lake).items() if state == "ALARM"}
    failed, domain = lake.naming.resource("shop", "pipeline-failed"), lake.naming.resource("shop", "alarms")
    assert on == {failed, domain}
    [message] = [each for each in told(lake, mails) if each["NewStateValue"] == "ALARM"]
    assert message["AlarmName"] == domain
    assert [each["Arn"].rpartition(":")[2] for each in message["TriggeringChildren"]] == [failed]


def test_late_dataset_is_named_by_the_message(new: tuple[LocalLake, str]) -> None:
    lake, mails = new
    lake.aws.client("cloudwatch").put_metric_data(
        Namespace="lakehouse/local",
        MetricData=[
            {
                "MetricName": "HoursOverdue",
                "Dimensions": [{"Name": "Dataset", "Value": "shop/orders"}],
                "Timestamp": time.time() - 120,
                "Value": 3,
            }
        ],
    )
    lake.aws.evaluate_alarms()
    late = [each for each in told(lake, mails) if each["AlarmName"].endswith("-datasets-stale")]
    assert {"Dataset": "shop/orders"} in [each.get("AlarmContributorAttributes") for each in late]
