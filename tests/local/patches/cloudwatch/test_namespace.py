import json

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws


def test_role_puts_metrics_into_its_namespace_only(embedded_aws: EmbeddedAws) -> None:
    iam = embedded_aws.client("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": embedded_aws.account}, "Action": "sts:AssumeRole"}
    allowed = {
        "Effect": "Allow",
        "Action": "cloudwatch:PutMetricData",
        "Resource": "*",
        "Condition": {"StringEquals": {"cloudwatch:namespace": ["lake/local"]}},
    }
    role = iam.create_role(
        RoleName="metrics",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="metrics", PolicyName="p", PolicyDocument=policy)
    keys = embedded_aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    cloudwatch = embedded_aws.session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    ).client("cloudwatch")
    data = [{"MetricName": "RecordsIn", "Value": 1.0}]

    cloudwatch.put_metric_data(Namespace="lake/local", MetricData=data)
    with pytest.raises(ClientError, match="AccessDenied"):
        cloudwatch.put_metric_data(Namespace="other", MetricData=data)
