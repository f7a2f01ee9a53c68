"""Lambda entry point of `Custom::GovernedTables` and `Custom::DataLakeDefaults`.

Create and Update are one operation: what is there already stays. Delete does nothing: the tables outlive
their stack, and the grants on them go with the stack's own.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config
from shared.custom_resource import answer

from lake_formation.governance import Governance
from lake_formation.request import Request

if TYPE_CHECKING:
    from mypy_boto3_lakeformation import LakeFormationClient

logger = Logger()

DEFAULTS = "Custom::DataLakeDefaults"


@cache
def client() -> "LakeFormationClient":
    """A client that waits out throttling when many datasets deploy at once."""
    patient = Config(
        connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 8}
    )
    made: LakeFormationClient = boto3.client("lakeformation", config=patient)
    return made


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Do what CloudFormation asks and answer it, whatever happens."""
    answer(event, context, logger, lambda: _apply(event))


def _apply(event: dict[str, Any]) -> str:
    physical_id = str(event.get("PhysicalResourceId") or event["LogicalResourceId"])
    if event["RequestType"] == "Delete":
        return physical_id
    governance = Governance(client())
    if event["ResourceType"] == DEFAULTS:
        governance.empty_defaults()
    else:
        request = Request.from_properties(event["ResourceProperties"])
        governance.apply(request)
        logger.info("governed", resources=[str(each) for each in request.governed], access=request.access)
    return physical_id
