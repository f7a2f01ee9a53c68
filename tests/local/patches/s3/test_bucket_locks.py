"""Object Lock of a template holds what is put into the bucket."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws


def test_object_of_a_locked_bucket_is_not_deleted_for_good(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]]
) -> None:
    retention = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 3}}
    properties = {
        "BucketName": "locked-bucket",
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": retention},
    }
    deploy("locked", {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}})
    s3 = embedded_aws.client("s3")
    version = s3.put_object(Bucket="locked-bucket", Key="kept", Body=b"x")["VersionId"]
    held = s3.get_object_retention(Bucket="locked-bucket", Key="kept")["Retention"]
    assert held["Mode"] == "COMPLIANCE"
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket="locked-bucket", Key="kept", VersionId=version)
