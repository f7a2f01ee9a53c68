"""A service class that does not fit its model is refused when it is registered, not when it is asked."""

from dataclasses import replace
from typing import Any

import pytest

from local.services import cloudformation, registry
from local.services.handler import Handler
from local.services.model import UnsuitableServiceError
from local.services.resource_type import ResourceType
from local.services.service import Request, Service, operation


class _Empty(Service[None]):
    model = "s3vectors"

    def new_state(self) -> None:
        return None


class _NoOperation(_Empty):
    @operation("*")
    def create_house(self, request: Request) -> dict[str, Any]:
        return {}


class _UnknownMember(_Empty):
    @operation("arn:aws:s3vectors:{region}:{account}:bucket/{bucketName}")
    def create_index(self, request: Request) -> dict[str, Any]:
        return {}


class _NoResource(_Empty):
    @operation()
    def create_vector_bucket(self, request: Request) -> dict[str, Any]:
        return {}


class _Stream(_Empty):
    model = "polly"

    @operation("*")
    def synthesize_speech(self, request: Request) -> dict[str, Any]:
        return {}


def _of(name: str, namespace: str = "") -> type[Service[None]]:
    return type("_Of", (_Empty,), {"model": name, "namespace": namespace})


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        (_of("redshift"), "redshift: boto3 speaks query with it; local services speak json and rest-json"),
        (_of("s3control"), "boto3 speaks rest-xml"),
        (_of("house"), "house: botocore has no service of this name"),
        (_of("s3vectors", "house"), "s3vectors: IAM knows no prefix house"),
        (_NoOperation, "no operation for the method create_house"),
        (_UnknownMember, "the ARN of CreateIndex names bucketName; the request has .*vectorBucketName"),
        (_NoResource, "CreateVectorBucket acts on a resource whose ARN the request need not have"),
        (_Stream, "SynthesizeSpeech has a stream, a body that is no JSON"),
    ],
)
def test_class_that_does_not_fit_is_refused(service: type[Service[None]], reason: str) -> None:
    with pytest.raises(UnsuitableServiceError, match=reason):
        Handler(service())


def test_service_that_the_emulator_has_is_refused() -> None:
    with pytest.raises(UnsuitableServiceError, match="signed for glue; complete that one by a patch"):
        registry.register(_of("glue")())


BUCKET = ResourceType(
    "AWS::S3Vectors::VectorBucket",
    create="CreateVectorBucket",
    delete="DeleteVectorBucket",
    identifier="vectorBucketArn",
    key="vectorBucketArn",
)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (replace(BUCKET, name="AWS::Lake::House"), "AWS::Lake::House: CloudFormation has no such type"),
        (replace(BUCKET, create="CreateHouse"), r"does not have: \['CreateHouse'\]"),
        (BUCKET, r"attributes of the type: \['CreationTime', 'VectorBucketArn'\], declared: \[\]"),
    ],
)
def test_type_that_aws_has_otherwise_is_refused(kind: ResourceType, reason: str) -> None:
    with pytest.raises(UnsuitableServiceError, match=reason):
        cloudformation.register("s3vectors", kind)


class _Created(cloudformation._Handler):
    """Handles a type whose API answers with less than `Ref` gives."""

    def _call(self, operation: str, properties: dict[str, Any]) -> dict[str, Any]:
        arn = f"arn:aws:appflow:us-east-1:000000000000:flow/{properties['FlowName']}"
        return {"flowArn": arn, "flowStatus": "Draft"}


def test_identifier_is_taken_from_the_request_when_the_answer_lacks_it() -> None:
    kind = ResourceType(
        "AWS::AppFlow::Flow",
        create="CreateFlow",
        delete="DeleteFlow",
        identifier="flowName",
        key="flowName",
        attributes={"FlowArn": "flowArn"},
    )
    identifier, attributes = _Created("appflow", kind).create("Flow", {"FlowName": "daily"}, "stack")
    assert identifier == "daily"
    assert attributes == {"FlowArn": "arn:aws:appflow:us-east-1:000000000000:flow/daily"}


def test_property_that_the_api_cannot_change_is_refused() -> None:
    kind = replace(BUCKET, attributes={"VectorBucketArn": "vectorBucketArn", "CreationTime": "x"})
    handler = cloudformation._Handler("s3vectors", kind)
    with pytest.raises(ValueError, match="VectorBucket: the API cannot change Colour"):
        handler.update("arn", {"Colour": "red"}, {"Colour": "blue"}, "stack", "Bucket")
