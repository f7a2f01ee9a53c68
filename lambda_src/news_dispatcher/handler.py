"""Lambda entry point: a batch of SQS messages, each about a new object of a domain in bronze."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from shared.errors import TransientError

from news_dispatcher.logic import datasets, messages
from news_dispatcher.settings import queue

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Send one message for each dataset, however many objects came; who fails is given the batch again."""
    found = datasets(record["body"] for record in event["Records"])
    sqs, url = queue()
    for entries in messages(found, context.aws_request_id):
        failed = sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed", [])
        if failed:
            raise TransientError(f"SQS refused messages: {failed}")
    logger.info("told", datasets=found, objects=len(event["Records"]))
