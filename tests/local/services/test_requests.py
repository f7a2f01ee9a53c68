"""What a local service takes and gives: checked against botocore's model, both ways."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.wire import code, root, send_signed

CREATE = "/CreateVectorBucket"


@pytest.fixture(scope="module")
def vectors(embedded_aws: EmbeddedAws) -> Any:
    return embedded_aws.client("s3vectors")


def _post(aws: EmbeddedAws, path: str, body: object) -> tuple[int, str, str]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = send_signed(aws, root(aws), "s3vectors", "POST", path, body=content)
    return answer.status, code(answer), json.loads(answer.body)["message"]


def test_request_and_answer_keep_names_types_and_documents(vectors: Any) -> None:
    answer = vectors.query_vectors(
        vectorBucketName="any",
        indexName="ind",
        topK=2,
        queryVector={"float32": [1.0]},
        filter={"and": [{"a": 1}, None]},
    )
    assert answer["vectors"] == [
        {"key": "a", "distance": 0.5, "metadata": {"topK": 2, "filter": {"and": [{"a": 1}, None]}}}
    ]


def test_members_of_path_and_query_are_read(vectors: Any) -> None:
    arn = vectors.create_vector_bucket(vectorBucketName="tagged", tags={"a": "b"})["vectorBucketArn"]
    vectors.tag_resource(resourceArn=arn, tags={"c": "d", "e": "f"})
    vectors.untag_resource(resourceArn=arn, tagKeys=["a", "c"])
    assert vectors.list_tags_for_resource(resourceArn=arn)["tags"] == {"e": "f"}


@pytest.mark.parametrize(
    ("body", "error", "message"),
    [
        ({}, "ValidationException", 'Missing required parameter in input: "vectorBucketName"'),
        ({"vectorBucketName": "a"}, "ValidationException", "valid min length: 3"),
        ({"vectorBucketName": "a" * 64}, "ValidationException", "64 characters, at most 63 allowed"),
        (
            {"vectorBucketName": 7},
            "SerializationException",
            "vectorBucketName: got int, the model says string",
        ),
        ({"vectorBucketName": "abc", "x": 1}, "SerializationException", "x: the model has no such member"),
        (
            {"vectorBucketName": "abc", "encryptionConfiguration": {"sseType": "mine"}},
            "ValidationException",
            "encryptionConfiguration.sseType: 'mine' is none of AES256, aws:kms",
        ),
        ([], "SerializationException", "the body: got list, the model says structure"),
        (b"{", "SerializationException", "the body is not JSON"),
    ],
)
def test_request_that_the_model_forbids_is_refused(
    embedded_aws: EmbeddedAws, body: object, error: str, message: str
) -> None:
    status, got, text = _post(embedded_aws, CREATE, body)
    assert (status, got) == (400, error)
    assert message in text


def test_text_that_does_not_match_the_models_pattern_is_refused(embedded_aws: EmbeddedAws) -> None:
    status, error, text = _post(embedded_aws, "/GetVectorBucket", {"vectorBucketArn": "arn:aws:s3vectors:x"})
    assert (status, error) == (400, "ValidationException")
    assert "vectorBucketArn: 'arn:aws:s3vectors:x' does not match arn:aws" in text


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/ListVectorBuckets", {"prefix": "lacking"}, 'Missing required parameter in input: "vectorBuckets"'),
        ("/ListVectorBuckets", {"prefix": "strange"}, 'Unknown parameter in input: "surprise"'),
        ("/CreateVectorBucket", {"vectorBucketName": "broken"}, "RuntimeError: out of order"),
        (
            "/GetIndex",
            {"indexArn": "arn:aws:s3vectors:us-east-1:000000000000:bucket/abc/index/abc"},
            "NoSuchThing is no error of this operation",
        ),
    ],
)
def test_answer_that_the_model_forbids_is_a_loud_failure(
    embedded_aws: EmbeddedAws, path: str, body: object, message: str
) -> None:
    status, error, text = _post(embedded_aws, path, body)
    assert (status, error) == (500, "InternalFailure")
    assert message in text
    assert message in embedded_aws.log.read_text()


def test_error_of_the_model_is_its_exception(vectors: Any) -> None:
    vectors.create_vector_bucket(vectorBucketName="twice")
    with pytest.raises(vectors.exceptions.ConflictException, match="twice is there"):
        vectors.create_vector_bucket(vectorBucketName="twice")


def test_operation_without_a_method_is_refused_by_name(vectors: Any) -> None:
    with pytest.raises(
        ClientError, match=r"no operation PutVectors .* add the method put_vectors to"
    ) as error:
        vectors.put_vectors(
            vectorBucketName="abc", indexName="abc", vectors=[{"key": "a", "data": {"float32": [1.0]}}]
        )
    assert error.value.response["Error"]["Code"] == "UnknownOperationException"


def test_path_that_is_no_operation_is_refused_by_name(embedded_aws: EmbeddedAws) -> None:
    status, error, text = _post(embedded_aws, "/CreateHouse", {})
    assert (status, error) == (404, "UnknownOperationException")
    assert "no operation POST /CreateHouse" in text


@pytest.mark.parametrize("service", ["appflow", "comprehend", "redshift", "glacier"])
def test_service_that_there_is_not_is_refused_by_name_whoever_asks(
    embedded_aws: EmbeddedAws,
    make_role: Callable[..., str],
    client_as: Callable[[str, str], Any],
    service: str,
) -> None:
    role = make_role(f"of-{service}", f"arn:aws:iam::{embedded_aws.account}:root", ([f"{service}:*"], ["*"]))
    call = {"appflow": "list_flows", "comprehend": "list_endpoints", "redshift": "describe_clusters"}
    for client in (embedded_aws.client(service), client_as(service, role)):
        with pytest.raises(ClientError, match=f"no service {service}: docs/add-a-local-service.md") as error:
            getattr(client, call.get(service, "list_vaults"))()
        assert error.value.response["Error"]["Code"] == "ServiceNotEmulated"


@pytest.mark.parametrize("path", [CREATE, "/CreateHouse"])
def test_request_without_a_valid_signature_is_refused_first(embedded_aws: EmbeddedAws, path: str) -> None:
    body = b'{"vectorBucketName": "unsigned"}'
    nobody = Credentials("AKIAIOSFODNN7EXAMPLE", "secret")
    answer = send_signed(embedded_aws, nobody, "s3vectors", "POST", path, body=body)
    assert (answer.status, code(answer)) == (403, "UnrecognizedClientException")


def test_each_region_has_its_own_state(embedded_aws: EmbeddedAws, vectors: Any) -> None:
    vectors.create_vector_bucket(vectorBucketName="regional")
    elsewhere = embedded_aws.client("s3vectors", region_name="eu-west-1")
    arn = elsewhere.create_vector_bucket(vectorBucketName="regional")["vectorBucketArn"]
    assert arn == "arn:aws:s3vectors:eu-west-1:000000000000:bucket/regional"
    assert elsewhere.list_vector_buckets()["nextToken"] == arn


def test_requests_at_the_same_time_are_answered_one_after_the_other(vectors: Any) -> None:
    def create(_: int) -> str:
        try:
            return str(vectors.create_vector_bucket(vectorBucketName="contended")["vectorBucketArn"])
        except vectors.exceptions.ConflictException:
            return ""

    with ThreadPoolExecutor(6) as pool:
        assert len(list(filter(None, pool.map(create, range(6))))) == 1
