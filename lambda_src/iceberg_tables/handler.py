"""Lambda entry point of `Custom::IcebergTable`.

Create and Update are one operation, so a table that exists is adopted, and one that vanished from the catalog
comes back with what its bucket has of it.
Delete does nothing: data outlives the stack, and who removes an environment drops its tables.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config
from shared.custom_resource import answer

from iceberg_tables.catalog import Catalog
from iceberg_tables.request import Wanted

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_s3 import S3Client

logger = Logger()


@cache
def clients() -> "tuple[GlueClient, S3Client]":
    """Clients that give up in time to answer, and wait out throttling when many tables deploy at once."""
    patient = Config(
        connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 6}
    )
    return boto3.client("glue", config=patient), boto3.client("s3", config=patient)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Do what CloudFormation asks and answer it, whatever happens."""
    answer(event, context, logger, lambda: _apply(event, context))


def _apply(event: Mapping[str, Any], context: LambdaContext) -> str:
    if event["RequestType"] == "Delete":
        return str(event["PhysicalResourceId"])
    wanted = Wanted.from_properties(event["ResourceProperties"])
    glue, s3 = clients()
    outcome = Catalog(glue, s3, lambda: context.get_remaining_time_in_millis() / 1000).ensure(wanted)
    logger.info(outcome, table=wanted.physical_id)
    return wanted.physical_id
