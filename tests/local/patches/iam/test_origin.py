import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

ROOT = "arn:aws:iam::000000000000:root"
BUCKET = "asked-by-services"


@pytest.fixture(scope="module")
def asker(embedded_aws: EmbeddedAws, make_role: Callable[..., str]) -> str:
    """A role that may do everything, and a bucket that answers services alone."""
    s3 = embedded_aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
        "Condition": {"Bool": {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    return make_role("origin-asker", ROOT, (["s3:*", "athena:*", "glue:*", "lakeformation:*"], ["*"]))


def test_service_that_asks_for_its_caller_says_so_and_the_caller_does_not(
    asker: str, client_as: Callable[[str, str], Any], wait_for: Callable[..., Any]
) -> None:
    athena, s3 = client_as("athena", asker), client_as("s3", asker)
    query = athena.start_query_execution(
        QueryString="SELECT 1", ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/"}
    )["QueryExecutionId"]
    found = wait_for(
        lambda: athena.get_query_execution(QueryExecutionId=query)["QueryExecution"],
        lambda one: one["Status"]["State"] in ("FAILED", "SUCCEEDED"),
    )
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    result = found["ResultConfiguration"]["OutputLocation"].removeprefix(f"s3://{BUCKET}/")
    assert athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.get_object(Bucket=BUCKET, Key=result)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=BUCKET, Key="mine", Body=b"")
