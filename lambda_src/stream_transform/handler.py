"""Lambda entry point: a batch of records that Firehose is about to deliver.

Neither boto3 nor Powertools is imported: a cold start delays the delivery of its batch.
"""

import json
import time
from functools import cache
from typing import Any

from stream_transform.logic import Answers, Routes, answer
from stream_transform.settings import Settings


@cache
def settings() -> Settings:
    """Settings, kept while the function stays warm."""
    return Settings.from_env()


@cache
def routes() -> dict[str, Routes]:
    """Routes of the shared streams, kept while the function stays warm; a failure is not kept."""
    return settings().routes()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer each record; a delivery stream that is not shared unpacks its records."""
    stream = event["deliveryStreamArn"].rpartition("/")[2]
    answers = answer(event["records"], routes().get(stream))
    if answers.refused:
        print(json.dumps(_report(stream, answers)))
    return {"records": answers.records}


def _report(stream: str, answers: Answers) -> dict[str, Any]:
    """What is logged of refused records, which is a metric at once; never their content.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    metric = {
        "Namespace": settings().metrics_namespace,
        "Dimensions": [["Stream"]],
        "Metrics": [{"Name": "RefusedRecords", "Unit": "Count"}],
    }
    return {
        "_aws": {"Timestamp": round(time.time() * 1000), "CloudWatchMetrics": [metric]},
        "level": "WARNING",
        "Stream": stream,
        "RefusedRecords": sum(map(len, answers.refused.values())),
        "reasons": {
            reason: {"records": len(ids), "first": ids[0]} for reason, ids in answers.refused.items()
        },
    }
