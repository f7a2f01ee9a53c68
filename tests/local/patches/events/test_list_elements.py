import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws


@pytest.fixture
def transformed(embedded_aws: EmbeddedAws) -> Callable[..., Any]:
    """Makes a queue that gets what a rule makes of events; returns what it made of one."""

    def send(name: str, detail: dict[str, Any], **transformer: Any) -> Any:
        sqs, events = embedded_aws.client("sqs"), embedded_aws.client("events")
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
        events.put_targets(Rule=name, Targets=[{"Id": "Queue", "Arn": arn, "InputTransformer": transformer}])
        events.put_events(Entries=[{"Source": name, "DetailType": "test", "Detail": json.dumps(detail)}])
        return json.loads(sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"])

    return send


def test_element_of_a_list_is_told_beside_the_event_as_it_came(transformed: Callable[..., Any]) -> None:
    detail = {"findings": [{"Title": 'a "quoted" one', "Resources": [{"Id": "first"}, {"Id": "second"}]}]}
    told = transformed(
        "list-elements",
        detail,
        InputPathsMap={
            "title": "$.detail.findings[0].Title",
            "resource": "$.detail.findings[0].Resources[1].Id",
        },
        InputTemplate='{"title": <title>, "resource": <resource>, "event": <aws.events.event.json>}',
    )
    assert (told["title"], told["resource"]) == ('a "quoted" one', "second")
    assert told["event"]["detail"] == detail


def test_element_that_is_not_there_is_empty(transformed: Callable[..., Any]) -> None:
    told = transformed(
        "list-elements-none",
        {"findings": []},
        InputPathsMap={"title": "$.detail.findings[0].Title"},
        InputTemplate='{"title": <title>}',
    )
    assert told == {"title": ""}
