"""Which datasets a batch of news is about, and what their function is told."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from shared.errors import TerminalError

MOST = 10
"""Messages that SQS takes at a time.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""


def datasets(bodies: Iterable[str]) -> list[str]:
    """Return the datasets of new objects, each once; a body is such as `{"key": "domain/dataset/…"}`.

    Raises:
        TerminalError: A body tells of no object of a dataset.
    """
    return sorted({_dataset(body) for body in bodies})


def _dataset(body: str) -> str:
    try:
        domain, name, _ = json.loads(body)["key"].split("/", 2)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TerminalError(f"got {body[:200]}; allowed: the key of an object of a dataset") from error
    return f"{domain}/{name}"


def messages(ids: Sequence[str], batch: str) -> Iterator[list[dict[str, Any]]]:
    """Yield what SQS is sent at a time: a dataset is a group, of which one message is worked on at a time.

    No two batches send the same message, or SQS would leave one out that comes within five minutes.
    """
    for start in range(0, len(ids), MOST):
        yield [
            {
                "Id": str(number),
                "MessageBody": json.dumps({"dataset": each}),
                "MessageGroupId": each,
                "MessageDeduplicationId": f"{batch}-{each.replace('/', '-')}",
            }
            for number, each in enumerate(ids[start : start + MOST])
        ]
