"""IAM in front of a local service: the right ARNs, and a refusal where none is known."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

Asking = Callable[..., Any]
ARN = "arn:aws:s3vectors:us-east-1:000000000000:bucket"
INDEX = f"{ARN}/abc/index/abc"
QUERY = {"vectorBucketName": "abc", "indexName": "abc", "topK": 1, "queryVector": {"float32": [1.0]}}


@pytest.fixture(scope="module")
def asking(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> Asking:
    """Makes a client under a role that allows (actions, resources)."""
    made: list[str] = []

    def make(*allowed: tuple[list[str], list[str]]) -> Any:
        made.append(make_role(f"vectors-{len(made)}", f"arn:aws:iam::{embedded_aws.account}:root", *allowed))
        return client_as("s3vectors", made[-1])

    return make


def _denied(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**parameters)
    assert error.value.response["Error"]["Code"] == "AccessDeniedException"
    return str(error.value.response["Error"]["Message"])


def test_role_needs_the_permission_on_the_very_resource(asking: Asking) -> None:
    assert _denied(asking().query_vectors, **QUERY).endswith(
        f"not authorized to perform: s3vectors:QueryVectors on resource: {INDEX} because no identity-based "
        "policy allows the s3vectors:QueryVectors action"
    )
    _denied(asking((["s3vectors:QueryVectors"], [f"{ARN}/abc/index/other"])).query_vectors, **QUERY)
    _denied(asking((["s3vectors:GetVectors"], [INDEX])).query_vectors, **QUERY)
    assert asking((["s3vectors:QueryVectors"], [INDEX])).query_vectors(**QUERY)["vectors"]


def test_action_without_resource_types_is_asked_about_everything(asking: Asking) -> None:
    _denied(asking((["s3vectors:ListVectorBuckets"], [f"{ARN}/abc"])).list_vector_buckets)
    assert asking((["s3vectors:ListVectorBuckets"], ["*"])).list_vector_buckets()["nextToken"]


def test_arn_that_the_request_names_is_asked_about(asking: Asking) -> None:
    allowed = asking((["s3vectors:ListTagsForResource"], [f"{ARN}/mine"]))
    with pytest.raises(allowed.exceptions.NotFoundException, match="there is no"):
        allowed.list_tags_for_resource(resourceArn=f"{ARN}/mine")
    _denied(allowed.list_tags_for_resource, resourceArn=f"{ARN}/other")


def test_every_resource_of_a_request_must_be_allowed(asking: Asking) -> None:
    one = asking((["s3vectors:GetIndex"], [INDEX]))
    assert f"{ARN}/abc because" in _denied(one.get_index, indexArn=INDEX)
    both = asking((["s3vectors:GetIndex"], [INDEX, f"{ARN}/abc"]))
    with pytest.raises(ClientError, match="NoSuchThing"):
        both.get_index(indexArn=INDEX)


@pytest.mark.parametrize(
    ("operation", "request_parts"),
    [
        ("query_vectors", {"topK": 1, "queryVector": {"float32": [1.0]}}),
        ("get_index", {"vectorBucketName": "abc", "indexName": "abc"}),
        ("get_vector_bucket", {"vectorBucketName": "abc"}),
        ("list_tags_for_resource", {"resourceArn": "arn:aws:s3:::abc"}),
    ],
)
def test_request_without_a_known_resource_is_refused(
    asking: Asking, operation: str, request_parts: dict[str, Any]
) -> None:
    message = _denied(getattr(asking((["s3vectors:*"], ["*"])), operation), **request_parts)
    assert "unrecognized:s3vectors:" in message
    assert "on a resource that the request does not tell" in message


def test_role_that_a_request_passes_needs_the_permission_to_pass_it(asking: Asking) -> None:
    role = "arn:aws:iam::000000000000:role/passed"
    create = (["s3vectors:CreateVectorBucket"], [f"{ARN}/passing"])
    parameters = {"vectorBucketName": "passing", "tags": {"role": role}}
    message = _denied(asking(create).create_vector_bucket, **parameters)
    assert f"not authorized to perform: iam:PassRole on resource: {role}" in message
    _denied(asking(create, (["iam:PassRole"], [f"{role}-other"])).create_vector_bucket, **parameters)
    assert asking(create, (["iam:PassRole"], [role])).create_vector_bucket(**parameters)


def test_tags_of_a_request_decide_where_a_policy_asks_for_them(
    embedded_aws: EmbeddedAws, make_role: Callable[..., str], client_as: Callable[[str, str], Any]
) -> None:
    role = make_role("vectors-by-tag", f"arn:aws:iam::{embedded_aws.account}:root")
    allow = {
        "Effect": "Allow",
        "Action": "s3vectors:CreateVectorBucket",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestTag/team": "a"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    embedded_aws.client("iam").put_role_policy(
        RoleName="vectors-by-tag", PolicyName="p", PolicyDocument=policy
    )
    create = client_as("s3vectors", role).create_vector_bucket
    for tags in ({}, {"team": "b"}):
        _denied(create, vectorBucketName="by-tag", tags=tags)
    assert create(vectorBucketName="by-tag", tags={"team": "a"})
