"""When a message that failed is delivered again: soon at first, then less soon."""

from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

_FIRST_SECONDS = 10
_FACTOR = 3
_LAST_SECONDS = 270


def pause_seconds(deliveries: int) -> int:
    """Return the seconds until the next delivery of a message that was delivered so often: 10, 30, 90, 270.

    With the queue's five deliveries a message is among the dead letters some eleven minutes after the first.
    """
    return int(min(_FIRST_SECONDS * _FACTOR ** (deliveries - 1), _LAST_SECONDS))


def postpone(sqs: Any, record: SQSRecord) -> None:
    """Have a failed message delivered again after its pause.

    The queue's own visibility timeout outlasts the copy of the largest file, so a message that failed in a
    second would wait for an hour and a half.

    Raises:
        ClientError: SQS refuses; the message is delivered again after the visibility timeout.
    """
    sqs.change_message_visibility(
        QueueUrl=record.queue_url,
        ReceiptHandle=record.receipt_handle,
        VisibilityTimeout=pause_seconds(int(record.attributes.approximate_receive_count)),
    )
