import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

ROOT = "arn:aws:iam::000000000000:root"
BUCKET = "principal-arn"


@pytest.fixture(scope="module")
def bucket(embedded_aws: EmbeddedAws) -> str:
    """A bucket whose key may be used through S3 by roles of one name's beginning alone."""
    lake = {
        "Effect": "Allow",
        "Principal": {"AWS": ROOT},
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": {
            "StringEquals": {"kms:ViaService": ["s3.us-east-1.amazonaws.com"]},
            "ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::000000000000:role/arn-lake-*"]},
        },
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [lake]})
    key = embedded_aws.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
    s3 = embedded_aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="x", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    return BUCKET


def test_session_has_the_arn_of_its_role_where_a_condition_asks_who_it_is(
    bucket: str, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    role = make_role("arn-lake-reader", ROOT, (["s3:GetObject", "kms:Decrypt"], ["*"]))
    assert client_as("s3", role).get_object(Bucket=bucket, Key="x")["Body"].read() == b"x"


def test_key_stays_shut_for_a_role_of_another_name_that_may_do_all_with_keys(
    bucket: str, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    role = make_role("arn-outsider", ROOT, (["s3:*", "kms:*"], ["*"]))
    with pytest.raises(ClientError, match="kms:Decrypt"):
        client_as("s3", role).get_object(Bucket=bucket, Key="x")


def test_path_of_a_role_is_part_of_its_arn(embedded_aws: EmbeddedAws) -> None:
    iam, sts = embedded_aws.client("iam"), embedded_aws.client("sts")
    trust = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole"}
    condition = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::000000000000:role/people/*"}}
    wanted = {"Version": "2012-10-17", "Statement": [{**trust, "Condition": condition}]}
    open_to_all = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName="arn-target", AssumeRolePolicyDocument=json.dumps(wanted))
    may = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    ]})  # fmt: skip
    for path, allowed in (("/people/", True), ("/", False)):
        name = f"arn-{allowed}"
        arn = iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=open_to_all)["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=may)
        given = sts.assume_role(RoleArn=arn, RoleSessionName="first")["Credentials"]
        session = embedded_aws.session(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        ).client("sts")
        target = "arn:aws:iam::000000000000:role/arn-target"
        if allowed:
            assert session.assume_role(RoleArn=target, RoleSessionName="second")["Credentials"]
        else:
            with pytest.raises(ClientError, match="AccessDenied"):
                session.assume_role(RoleArn=target, RoleSessionName="second")
