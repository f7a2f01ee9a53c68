from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

ROOT = "arn:aws:iam::000000000000:root"
OPEN, SHUT = "arn:aws:s3:::permissions-open", "arn:aws:s3:::permissions-shut"


def test_what_policies_allowed_is_told_once_by_the_resources_that_they_name(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    embedded_aws.client("s3").create_bucket(Bucket="permissions-open")
    named = (["s3:PutObject", "s3:GetObject"], [f"{OPEN}/*", f"{SHUT}/*"])
    role = make_role(
        "used", ROOT, named, (["s3:GetObject"], [f"{OPEN}/x"]), (["s3:GetObject"], [f"{SHUT}/x"])
    )
    s3 = client_as("s3", role)
    s3.put_object(Bucket="permissions-open", Key="x", Body=b"x")
    for _ in range(2):
        s3.get_object(Bucket="permissions-open", Key="x")
    used = [each for each in embedded_aws.permissions()["used"] if each["role"] == role.split("/")[-1]]
    assert [(each["action"], each["resource"]) for each in used] == [
        ("s3:PutObject", f"{OPEN}/*"),
        ("s3:GetObject", f"{OPEN}/*"),
        ("s3:GetObject", f"{OPEN}/x"),
    ]


def test_what_is_refused_is_told_with_whom_and_for_what(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    embedded_aws.client("s3").create_bucket(Bucket="permissions-shut")
    role = make_role("refused", ROOT, (["s3:GetObject"], [f"{SHUT}/*"]))
    with pytest.raises(ClientError, match="AccessDenied"):
        client_as("s3", role).put_object(Bucket="permissions-shut", Key="x", Body=b"x")
    [refused] = [each for each in embedded_aws.permissions()["refused"] if "/refused" in each["principal"]]
    assert (refused["action"], refused["resource"]) == ("s3:PutObject", f"{SHUT}/x")
