"""Which alarms tell something of a lake that is new."""

import boto3
import pytest
from botocore.stub import Stubber

from tools.smoke.logs import brief, told
from tools.smoke.watch import has_come, is_silent


@pytest.mark.parametrize(
    ("state", "actions", "silent"),
    [
        ("INSUFFICIENT_DATA", ["arn:topic"], True),
        ("INSUFFICIENT_DATA", [], False),  # no news of faults is good news
        ("OK", ["arn:topic"], False),
    ],
)
def test_alarm_is_silent_when_it_has_no_data_and_would_tell_of_that(
    state: str, actions: list[str], silent: bool
) -> None:
    assert is_silent({"StateValue": state, "InsufficientDataActions": actions}) is silent


@pytest.mark.parametrize("come", [True, False])
def test_metric_has_come_when_cloudwatch_lists_it(monkeypatch: pytest.MonkeyPatch, come: bool) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody's")
    client = boto3.Session().client("cloudwatch", region_name="us-east-1")
    dimensions = [{"Name": "Dataset", "Value": "shop"}]
    alarm = {"Namespace": "n", "MetricName": "m", "Dimensions": dimensions, "Period": 60}
    with Stubber(client) as stubber:
        asked = {"Namespace": "n", "MetricName": "m", "Dimensions": dimensions}
        stubber.add_response("list_metrics", {"Metrics": [asked] if come else []}, asked)
        assert has_come(client, alarm) is come


def test_message_of_a_log_is_cut_in_its_middle_and_keeps_the_error_at_its_end() -> None:
    text = brief("[ERROR] All failed\n" + "  File x\n" * 500 + "AccessDenied: s3:PutObject")
    assert text.startswith("[ERROR] All failed")
    assert text.endswith("AccessDenied: s3:PutObject")
    assert len(text) < 1000


def test_structured_message_is_told_by_its_code_and_text() -> None:
    assert brief('{"errorCode": "S3.AccessDenied", "message": "no", "x": 1}') == "S3.AccessDenied: no"
    assert told(["a", "b", "b", "c", "d"]) == "b | c | d"
