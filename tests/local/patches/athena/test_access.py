import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

QUERY = [
    "athena:StartQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:BatchGetQueryExecution",
]


def _pretend_group(request: Any, **_: Any) -> None:
    """Name the caller's own work group in a request that is about another's query."""
    request.data = json.dumps({**json.loads(request.data), "WorkGroup": "mine"}).encode()


def test_role_sees_the_queries_of_its_work_group_only(embedded_aws: EmbeddedAws) -> None:
    iam, root = embedded_aws.client("iam"), embedded_aws.client("athena")
    embedded_aws.client("s3").create_bucket(Bucket="athena-access")
    for group in ("mine", "theirs"):
        place = {"OutputLocation": f"s3://athena-access/{group}/"}
        root.create_work_group(Name=group, Configuration={"ResultConfiguration": place})
    trust = {"Effect": "Allow", "Principal": {"AWS": embedded_aws.account}, "Action": "sts:AssumeRole"}
    group = f"arn:aws:athena:{embedded_aws.region}:{embedded_aws.account}:workgroup/mine"
    allowed = [
        {"Effect": "Allow", "Action": QUERY, "Resource": group},
        {"Effect": "Allow", "Action": ["s3:GetBucketLocation"], "Resource": "arn:aws:s3:::athena-access"},
        {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::athena-access/mine/*"},
    ]
    role = iam.create_role(
        RoleName="asker",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": allowed})
    iam.put_role_policy(RoleName="asker", PolicyName="p", PolicyDocument=policy)
    keys = embedded_aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    athena = embedded_aws.session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    ).client("athena")

    mine = athena.start_query_execution(QueryString="SELECT 1 AS one", WorkGroup="mine")["QueryExecutionId"]
    deadline = time.monotonic() + 20
    state = "QUEUED"
    while state in {"QUEUED", "RUNNING"}:
        assert time.monotonic() < deadline, state
        time.sleep(0.1)
        state = athena.get_query_execution(QueryExecutionId=mine)["QueryExecution"]["Status"]["State"]
    rows = athena.get_query_results(QueryExecutionId=mine)["ResultSet"]["Rows"]
    assert rows[1]["Data"][0]["VarCharValue"] == "1"

    theirs = root.start_query_execution(QueryString="SELECT 1", WorkGroup="theirs")["QueryExecutionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        athena.get_query_execution(QueryExecutionId=theirs)
    athena.meta.events.register("before-sign.athena", _pretend_group)
    with pytest.raises(ClientError, match="AccessDenied"):
        athena.get_query_results(QueryExecutionId=theirs)
    athena.meta.events.unregister("before-sign.athena", _pretend_group)
    found = athena.batch_get_query_execution(QueryExecutionIds=[mine])["QueryExecutions"]
    assert [one["QueryExecutionId"] for one in found] == [mine]
    for several in ([theirs], [mine, theirs]):
        with pytest.raises(ClientError, match="AccessDenied"):
            athena.batch_get_query_execution(QueryExecutionIds=several)
