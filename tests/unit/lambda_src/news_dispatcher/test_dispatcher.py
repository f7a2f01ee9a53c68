import json
from types import SimpleNamespace
from typing import Any

import pytest
from news_dispatcher import handler as module
from news_dispatcher.logic import datasets, messages
from shared.errors import TerminalError, TransientError


def news(*keys: str) -> list[str]:
    return [json.dumps({"key": key}) for key in keys]


def test_datasets_of_a_burst_are_told_once_each() -> None:
    found = datasets(news(*(f"shop/{name}/ingest_date=x/{n}.json" for n in range(500) for name in "ba")))
    assert found == ["shop/a", "shop/b"]


@pytest.mark.parametrize("body", ["", "{}", '{"key": "shop/object"}', '{"key": 1}', "[]"])
def test_body_that_tells_of_no_dataset_is_refused(body: str) -> None:
    with pytest.raises(TerminalError, match="allowed: the key of an object of a dataset"):
        datasets([body])


def test_messages_are_sent_ten_at_a_time_with_the_dataset_as_their_group() -> None:
    sent = list(messages([f"shop/d{n}" for n in range(23)], "batch"))
    assert [len(entries) for entries in sent] == [10, 10, 3]
    for entries in sent:
        assert len({entry["Id"] for entry in entries}) == len(entries)
    every = [entry for entries in sent for entry in entries]
    assert {entry["MessageGroupId"] for entry in every} == {f"shop/d{n}" for n in range(23)}
    assert json.loads(every[0]["MessageBody"]) == {"dataset": "shop/d0"}


def test_later_batch_sends_another_message_for_the_same_dataset() -> None:
    ids = [next(messages(["shop/a"], batch))[0]["MessageDeduplicationId"] for batch in ("one", "two")]
    assert ids == ["one-shop-a", "two-shop-a"]


class Queue:
    """A queue that refuses what it is told to."""

    def __init__(self, **answer: Any) -> None:
        self.answer = answer
        self.sent: list[dict[str, Any]] = []

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        """Keep the request."""
        self.sent.append(request)
        return self.answer


def _handle(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "queue", lambda: (queue, "https://queue"))
    context = SimpleNamespace(
        aws_request_id="r", function_name="f", memory_limit_in_mb=1, invoked_function_arn="a"
    )
    records = [{"body": body} for body in news("shop/a/1", "shop/a/2", "shop/b/1")]
    module.handler({"Records": records}, context)  # type: ignore[arg-type]


def test_handler_tells_the_queue_and_fails_when_it_refuses_one(monkeypatch: pytest.MonkeyPatch) -> None:
    taking = Queue()
    _handle(taking, monkeypatch)
    [request] = taking.sent
    assert request["QueueUrl"] == "https://queue"
    assert [entry["MessageGroupId"] for entry in request["Entries"]] == ["shop/a", "shop/b"]
    with pytest.raises(TransientError, match="InternalError"):
        _handle(Queue(Failed=[{"Id": "0", "Code": "InternalError"}]), monkeypatch)
