"""Services tell CloudWatch what they did, as on AWS, so that alarms and dashboards have something to see.

ministack 1.5.33 does so for Lambda alone. Here Kinesis tells what was put, and Step Functions how executions
began and ended, and SQS what waits whenever alarms are evaluated; Firehose, Glue and Athena tell in their own
patches.
https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html

Proven by `tests/local/patches/cloudwatch/test_services.py`. Not emulated: all other metrics of these
services, and those of S3, KMS, EventBridge, SNS and API Gateway.
"""

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from ministack.core.responses import set_request_account_id
from ministack.core.responses import set_request_region as set_region
from ministack.services import kinesis, sqs, stepfunctions

from local.patches.cloudwatch.store import record

_put_record = kinesis._put_record
_put_records = kinesis._put_records
_emit = stepfunctions._emit_execution_status_event


def apply() -> None:
    """Have services tell."""
    kinesis._put_record = _telling(_put_record, lambda data: [data])
    kinesis._put_records = _telling(_put_records, lambda data: data.get("Records", []))
    stepfunctions._emit_execution_status_event = _tell_of_execution


def _telling(
    put: Callable[[Any], Any], records_of: Callable[[Mapping[str, Any]], Sequence[Mapping[str, Any]]]
) -> Callable[[Any], Any]:
    """Return an operation that tells what it put, unless it was refused."""

    def telling(data: dict[str, Any]) -> Any:
        answer = put(data)
        if answer[0] == HTTPStatus.OK:
            records = records_of(data)
            name, _ = kinesis._resolve_stream(data)
            size = sum(len(base64.b64decode(each.get("Data", ""))) for each in records)
            record("AWS/Kinesis", "IncomingRecords", len(records), {"StreamName": name}, "Count")
            record("AWS/Kinesis", "IncomingBytes", size, {"StreamName": name}, "Bytes")
            record("AWS/Kinesis", "WriteProvisionedThroughputExceeded", 0, {"StreamName": name}, "Count")
        return answer

    return telling


_ENDED = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "ABORTED": "ExecutionsAborted",
    "TIMED_OUT": "ExecutionsTimedOut",
}


def _tell_of_execution(execution: dict[str, Any]) -> None:
    _emit(execution)
    if execution.get("sync"):
        return
    of = {"StateMachineArn": execution["stateMachineArn"]}
    ended = _ENDED.get(execution["status"])
    record("AWS/States", ended or "ExecutionsStarted", 1, of, "Count")
    if ended:
        dates = (stepfunctions._iso_to_epoch_ms(execution[each]) for each in ("startDate", "stopDate"))
        started, stopped = dates
        record("AWS/States", "ExecutionTime", stopped - started, of, "Milliseconds")


def measure_queues() -> None:
    """Tell of every queue of every account and region how much waits in it, and for how long."""
    for (account, region, _), queue in list(sqs._queues._data.items()):
        set_request_account_id(account)
        set_region(region)
        of, now = {"QueueName": queue["name"]}, time.time()
        sent = [each["sent_at"] for each in queue["messages"]]
        visible = sum(each["visible_at"] <= now for each in queue["messages"])
        record("AWS/SQS", "ApproximateNumberOfMessagesVisible", visible, of, "Count")
        record("AWS/SQS", "ApproximateAgeOfOldestMessage", now - min(sent, default=now), of, "Seconds")
