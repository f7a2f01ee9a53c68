"""Lambda entry point: a batch of SQS messages, each an S3 event of the landing bucket."""

import logging
from functools import cache
from typing import Any, cast

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from landing_router.copying import PARALLEL, Copier
from landing_router.logic import Arrival
from landing_router.mover import Mover, Outcome
from landing_router.retries import postpone
from landing_router.routes import parse_routes
from landing_router.settings import Settings

logger = Logger()
metrics = Metrics()
# Powertools' logger has the methods of one, but is none to the type checker.
# A message that failed is reported, never raised: errors of the function are crashes and time-outs alone.
processor = BatchProcessor(
    event_type=EventType.SQS, raise_on_entire_batch_failure=False, logger=cast("logging.Logger", logger)
)


@cache
def mover() -> Mover:
    """Settings, client and routes, kept while the function stays warm; a failure is not kept."""
    settings = Settings.from_env()
    s3 = boto3.client("s3", config=Config(max_pool_connections=PARALLEL))
    routes = s3.get_object(Bucket=settings.routes_bucket, Key=settings.routes_key)["Body"].read().decode()
    return Mover(s3, settings, parse_routes(routes), Copier(s3))


@cache
def queues() -> Any:
    """The client for messages that failed."""
    return boto3.client("sqs")


def route(record: SQSRecord) -> None:
    """Move the object that one message tells of; an error leaves the message in the queue, for later."""
    try:
        _move(record)
    except Exception:
        postpone(queues(), record)
        raise


def _move(record: SQSRecord) -> None:
    arrival = Arrival.from_event(record.body)
    move = mover().move(arrival)
    metrics.add_metric(name=move.outcome, unit=MetricUnit.Count, value=1)
    log = logger.warning if move.outcome is Outcome.UNROUTED else logger.info
    log(
        move.outcome.name.lower(),
        source=f"s3://{arrival.bucket}/{arrival.key}",
        version=arrival.version_id,
        target=move.target,
        reason=move.reason,
    )


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Route every message; those that fail are delivered again, and at last to the dead-letter queue."""
    metrics.add_metric(name="ReceivedEvents", unit=MetricUnit.Count, value=len(event["Records"]))
    return process_partial_response(event, route, processor, context)
