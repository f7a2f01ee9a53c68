import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

NAME = "ruled-by-template"
RULES: list[dict[str, Any]] = [
    {
        "Id": "Tidy",
        "Status": "Enabled",
        "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    },
    {
        "Id": "Cool",
        "Status": "Enabled",
        "Transitions": [{"StorageClass": "GLACIER_IR", "TransitionInDays": 90}],
    },
    {"Id": "Expire-a/b", "Status": "Enabled", "Prefix": "a/b/", "ExpirationInDays": 30},
]


def bucket(rules: list[dict[str, Any]]) -> dict[str, Any]:
    lifecycle = {"LifecycleConfiguration": {"Rules": rules}} if rules else {}
    return {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": NAME, **lifecycle}}}


def test_bucket_has_the_templates_rules_until_the_template_drops_them(
    embedded_aws: EmbeddedAws, deploy: Callable[..., dict[str, str]]
) -> None:
    s3 = embedded_aws.client("s3")
    deploy("ruled", bucket(RULES))
    tidy, cool, expire = s3.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]
    assert tidy["NoncurrentVersionExpiration"] == {"NoncurrentDays": 7}
    assert tidy["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert cool["Transitions"] == [{"Days": 90, "StorageClass": "GLACIER_IR"}]
    assert (expire["Filter"], expire["Expiration"]) == ({"Prefix": "a/b/"}, {"Days": 30})

    deploy("ruled", bucket(RULES[:1]))
    assert len(s3.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]) == 1
    deploy("ruled", bucket([]))
    with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket=NAME)


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ([{"Id": "a", "Status": "Enabled", "ExpirationInDays": 0}], "positive integer"),
        ([{"Id": "a", "Status": "Enabled", "TagFilters": [{}]}], "TagFilters"),
        ([{"Status": "Enabled", "ExpirationInDays": 1}] * 1001, "got 1001 rules"),
    ],
    ids=["days", "tags", "count"],
)
def test_stack_fails_when_s3_would_refuse_the_rules(
    embedded_aws: EmbeddedAws, wait_for: Callable[..., Any], rules: list[dict[str, Any]], reason: str
) -> None:
    cloudformation = embedded_aws.client("cloudformation")
    name = f"refused-{reason.split(maxsplit=1)[0].lower()}"
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"LifecycleConfiguration": {"Rules": rules}}}
    body = json.dumps({"Resources": {"Bucket": bucket}}, separators=(",", ":"))
    cloudformation.create_stack(StackName=name, TemplateBody=body)
    wait_for(
        lambda: cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"],
        lambda status: status.endswith(("COMPLETE", "FAILED")) and status != "CREATE_COMPLETE",
    )
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    assert any(reason in event.get("ResourceStatusReason", "") for event in events)
