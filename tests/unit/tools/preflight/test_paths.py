"""Paths of the table name values in templates."""

from typing import Any

import pytest

from tools.assembly.assembly import Assembly
from tools.assembly.folder import Stack
from tools.preflight.paths import Paths
from tools.preflight.sites import matches

PLACE = "eu-west-1:111122223333"


def _bucket(name: str, shared: bool) -> dict[str, Any]:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Ref": "Key"}}
    rule = {"BucketKeyEnabled": shared, "ServerSideEncryptionByDefault": default}
    encryption = {"ServerSideEncryptionConfiguration": [rule]}
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name, "BucketEncryption": encryption}}


RESOURCES: dict[str, Any] = {
    "Key": {"Type": "AWS::KMS::Key", "Properties": {}},
    "Alias": {
        "Type": "AWS::KMS::Alias",
        "Properties": {"AliasName": "alias/own", "TargetKeyId": {"Fn::GetAtt": ["Key", "Arn"]}},
    },
    "Shared": _bucket("shared", True),
    "Each": _bucket("each", False),
    "Plain": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "plain"}},
    "Own": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "own", "KmsMasterKeyId": "alias/own"}},
    "Aws": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "aws", "KmsMasterKeyId": "alias/aws/sns"}},
    "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "news"}},
    "Location": {
        "Type": "AWS::LakeFormation::Resource",
        "Properties": {"ResourceArn": "arn:aws:s3:::shared", "RoleArn": "reader"},
    },
    "Longer": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "news-more"}},
}
ASSEMBLY = Assembly((Stack("S", "s", "111122223333", "eu-west-1", {"Resources": RESOURCES}),))
KEY = next(ASSEMBLY.of("AWS::KMS::Key")).arn
PATHS = Paths(ASSEMBLY)
STATES = {"A": {"Type": "Task", "Resource": "r", "Arguments": {"JobName": "j"}}, "B": {"Type": "Pass"}}
MAPPED = {"States": {"M": {"Type": "Map", "ItemProcessor": {"States": STATES}}}}
SCOPE: dict[str, Any] = {
    "Targets": [{"Arn": "a"}, {"Arn": "b"}],
    "Text": '{"deep": {"value": 7}}',
    "Broken": "{no json",
    "Uri": "s3://shared/some/prefix/",
    "Group": "arn:aws:logs:r:a:log-group:g:*",
    "Function": "arn:aws:lambda:r:a:function:f:12",
    "Table": "arn:aws:glue:r:a:table/db/t",
    "Template": {"application/json": '{"StreamName": "news", "Data": 1}'},
    "Definition": MAPPED,
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Targets.Arn", ["a", "b"]),
        ("Text.deep.value", [7]),
        ("Broken.deep", []),
        ("Nothing.there", []),
        ("Uri | bucket", ["arn:aws:s3:::shared"]),
        ("Uri | object", ["arn:aws:s3:::shared/some/prefix/"]),
        ("Uri | object | bucket", ["arn:aws:s3:::shared"]),
        ("Uri | object | key", [KEY]),
        ("Uri | object | context", ["arn:aws:s3:::shared"]),
        ("Uri | bucket | at AWS::LakeFormation::Resource | get RoleArn", ["reader"]),
        ("Uri | before some", ["s3://shared/"]),
        ("Group | group", ["arn:aws:logs:r:a:log-group:g"]),
        ("Group | bucket", []),
        ("Function | unqualified", ["arn:aws:lambda:r:a:function:f"]),
        ("Table | parent", ["arn:aws:glue:r:a:database/db"]),
        ("Template | mentions AWS::Kinesis::Stream", [f"arn:aws:kinesis:{PLACE}:stream/news"]),
        ("Definition | tasks | get Given.JobName", ["j"]),
    ],
)
def test_path_has_the_values_that_it_names(path: str, expected: list[Any]) -> None:
    assert PATHS.values(path, SCOPE) == expected


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arn:aws:s3:::each/x", [KEY]),
        ("arn:aws:s3:::plain/x", []),
        (f"arn:aws:sns:{PLACE}:own", [KEY]),
        (f"arn:aws:sns:{PLACE}:aws", [f"arn:aws:kms:{PLACE}:alias/aws/sns"]),
        ("arn:aws:sns:somewhere:else:t", []),
    ],
)
def test_key_of_a_resource_is_the_one_that_its_property_means(arn: str, expected: list[str]) -> None:
    assert PATHS.values("item | key", {"item": arn}) == expected


def test_context_of_an_object_is_its_own_arn_without_a_bucket_key() -> None:
    assert PATHS.values("item | context", {"item": "arn:aws:s3:::each/x"}) == ["arn:aws:s3:::each/x"]


def test_resource_is_found_by_name_or_arn_and_only_if_it_is_of_the_type() -> None:
    by_name = PATHS.values("item | at AWS::Kinesis::Stream | get self.arn", {"item": "news"})
    assert by_name == PATHS.values("item | arn AWS::Kinesis::Stream", {"item": "news"})
    assert PATHS.values("item | at AWS::S3::Bucket | get self.arn", {"item": by_name[0]}) == []


def test_text_is_made_for_each_combination_of_its_values() -> None:
    assert PATHS.texts("x{Targets.Arn}-{Text.deep.value}", SCOPE) == ["xa-7", "xb-7"]
    assert PATHS.texts("x{Nothing}", SCOPE) == []
    assert PATHS.texts("plain", SCOPE) == ["plain"]


@pytest.mark.parametrize(
    ("values", "pattern", "expected"),
    [
        (["a"], "a", True),
        (["a"], "b", False),
        (["a", "b"], "b", True),
        (["b"], "a or b", True),
        (["a"], "!a", False),
        (["c"], "!a or b", True),
        ([], "!a", True),
        ([], None, True),
        (["a"], None, False),
        (["arn:x:*"], "arn:*[!*]", False),
    ],
)
def test_pattern_is_of_one_value_of_none_or_of_no_value(
    values: list[Any], pattern: str | None, expected: bool
) -> None:
    assert matches(values, pattern) is expected
