import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws


def test_role_writes_to_the_log_stream_that_its_policy_names_and_to_no_other(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    logs, group = embedded_aws.client("logs"), "log-streams"
    logs.create_log_group(logGroupName=group)
    for stream in ("mine", "theirs"):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    root = f"arn:aws:iam::{embedded_aws.account}:root"
    place = f"arn:aws:logs:us-east-1:{embedded_aws.account}:log-group:{group}:log-stream:mine"
    writer = client_as("logs", make_role("log-writer", root, (["logs:PutLogEvents"], [place])))
    events = [{"timestamp": round(time.time() * 1000), "message": "hello"}]
    writer.put_log_events(logGroupName=group, logStreamName="mine", logEvents=events)
    with pytest.raises(ClientError, match="not authorized"):
        writer.put_log_events(logGroupName=group, logStreamName="theirs", logEvents=events)
    read = logs.get_log_events(logGroupName=group, logStreamName="mine")["events"]
    assert [event["message"] for event in read] == ["hello"]
