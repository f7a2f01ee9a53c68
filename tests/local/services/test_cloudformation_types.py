"""CloudFormation types that a local service handles."""

from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws

Deploy = Callable[..., dict[str, str]]
OUTPUTS = {"Ref": {"Ref": "Bucket"}, "Created": {"Fn::GetAtt": ["Bucket", "CreationTime"]}}


def _bucket(**properties: Any) -> dict[str, Any]:
    return {"Bucket": {"Type": "AWS::S3Vectors::VectorBucket", "Properties": properties}}


def _tags(**tags: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


@pytest.fixture(scope="module")
def vectors(embedded_aws: EmbeddedAws) -> Any:
    return embedded_aws.client("s3vectors")


def test_resource_is_created_by_the_service_and_is_not_recorded(
    embedded_aws: EmbeddedAws, vectors: Any, deploy: Deploy
) -> None:
    outputs = deploy("vectors", _bucket(VectorBucketName="stacked", Tags=_tags(a="b")), OUTPUTS)
    arn = "arn:aws:s3vectors:us-east-1:000000000000:bucket/stacked"
    assert outputs["Ref"] == arn
    assert "2026-01-05" in outputs["Created"]
    assert vectors.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "b"}
    assert "AWS::S3Vectors::VectorBucket" not in embedded_aws.recorded_only()


def test_tags_change_while_the_resource_stays(vectors: Any, deploy: Deploy) -> None:
    before = deploy("vectors-tags", _bucket(VectorBucketName="retagged", Tags=_tags(a="b", c="d")), OUTPUTS)
    after = deploy("vectors-tags", _bucket(VectorBucketName="retagged", Tags=_tags(a="x")), OUTPUTS)
    assert after == before
    assert vectors.list_tags_for_resource(resourceArn=after["Ref"])["tags"] == {"a": "x"}


def test_resource_is_replaced_when_a_fixed_property_changes(vectors: Any, deploy: Deploy) -> None:
    before = deploy("vectors-new", _bucket(VectorBucketName="old-one"), OUTPUTS)
    after = deploy("vectors-new", _bucket(VectorBucketName="new-one"), OUTPUTS)
    assert after["Ref"].endswith("bucket/new-one")
    with pytest.raises(vectors.exceptions.NotFoundException):
        vectors.get_vector_bucket(vectorBucketArn=before["Ref"])


def test_resource_gets_a_name_when_its_template_has_none(deploy: Deploy) -> None:
    assert ":bucket/vectors-unnamed-bucket-" in deploy("vectors-unnamed", _bucket(), OUTPUTS)["Ref"]


def test_resource_is_deleted_with_its_stack(
    embedded_aws: EmbeddedAws, vectors: Any, deploy: Deploy, wait_for: Callable[..., Any]
) -> None:
    arn = deploy("vectors-gone", _bucket(VectorBucketName="going"), OUTPUTS)["Ref"]
    embedded_aws.client("cloudformation").delete_stack(StackName="vectors-gone")
    wait_for(lambda: arn not in vectors.list_vector_buckets()["nextToken"].split(","))


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"VectorBucketName": "broken"}, "out of order"),
        ({"VectorBucketName": "ab"}, "valid min length: 3"),
        ({"VectorBucketName": "unknown", "House": 1}, "the API has no parameter for House"),
    ],
)
def test_stack_fails_with_the_services_reason(
    deploy: Deploy, properties: dict[str, Any], reason: str
) -> None:
    with pytest.raises(AssertionError, match=reason):
        deploy(f"vectors-{properties['VectorBucketName']}", _bucket(**properties))
