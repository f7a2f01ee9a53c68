"""What the trail records, where to, under which lock, and who asks about it."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import ValidationError

from config.settings import Settings
from stacks.features.audit.settings import AuditSettings, ExistingTrail, LockSettings
from stacks.features.audit.stack import QUESTIONS
from tests.fixtures.environments import LIVE, example_of
from tools.assembly.assembly import Assembly
from tools.assembly.policies import resource_policies
from tools.policies.evaluate import Identity, Request, allowed

Json = Mapping[str, Any]
Build = Callable[..., Any]

EXAMPLE = cast("AuditSettings", example_of("audit"))
NAMING = LIVE.settings.naming
ACCOUNT = NAMING.account
TRAIL = f"arn:aws:cloudtrail:{NAMING.region}:{ACCOUNT}:trail/{NAMING.resource('trail')}"
BUCKET = NAMING.bucket("audit-trail")
KEY = f"arn:aws:kms:{NAMING.region}:{ACCOUNT}:key/any"
EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}
THEIRS = ExistingTrail(bucket="acme-trail", prefix="all/", organization="o-a1b2c3d4e5", key=KEY)


def with_audit(**changes: Any) -> Settings:
    """Settings with the section of the example, and with others of its values."""
    section = EXAMPLE.model_copy(update=changes)
    return LIVE.settings.model_copy(
        update={"features": LIVE.settings.features.model_copy(update={"audit": section})}
    )


@pytest.fixture(scope="module")
def own(assemble: Callable[..., Path]) -> Assembly:
    return Assembly.of_folder(assemble(replace(LIVE, features=("audit",))))


@pytest.fixture(scope="module")
def theirs(build_app: Build) -> Assembly:
    settings = with_audit(trail=THEIRS, keep_days=None, lock=None, regions=("eu-west-1",))
    return Assembly.of_folder(Path(build_app(LIVE, settings=settings).synth().directory))


def only(assembly: Assembly, kind: str) -> Json:
    """Properties of the one resource of a type in the feature's stack."""
    [found] = [each for each in assembly.of(kind) if each.stack.id == "Audit"]
    return dict(found.properties)


def table(assembly: Assembly, name: str) -> Json:
    """Input of a table of the feature."""
    tables = (each for each in assembly.of("AWS::Glue::Table") if each.stack.id == "Audit")
    [found] = [
        each.properties["TableInput"] for each in tables if each.properties["TableInput"]["Name"] == name
    ]
    return dict(found)


def test_trail_takes_all_management_events_and_objects_of_the_lake_but_not_its_own_files(
    own: Assembly,
) -> None:
    trail = only(own, "AWS::CloudTrail::Trail")
    switches = ("IsLogging", "IsMultiRegionTrail", "IncludeGlobalServiceEvents", "EnableLogFileValidation")
    assert [trail[name] for name in switches] == [True] * 4
    management, data = (
        {each["Field"]: each for each in selector["FieldSelectors"]}
        for selector in trail["AdvancedEventSelectors"]
    )
    assert set(management) == {"eventCategory"}
    assert management["eventCategory"]["Equals"] == ["Management"]
    places = data["resources.ARN"]["StartsWith"]
    roles = ("landing", "bronze", "silver", "gold", "quarantine", "query-results")
    assert sorted(places) == sorted(f"arn:aws:s3:::{NAMING.bucket(role)}/" for role in roles)


def test_bucket_is_locked_for_as_long_as_settings_say_and_expires_later(own: Assembly) -> None:
    bucket = only(own, "AWS::S3::Bucket")
    held = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert held == {"Days": 365, "Mode": "GOVERNANCE"}
    [rule] = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == EXAMPLE.keep_days
    assert all(bucket["PublicAccessBlockConfiguration"].values())


@pytest.mark.parametrize(
    ("lock", "expected"),
    [(None, None), (LockSettings(mode="compliance", days=2), {"Days": 2, "Mode": "COMPLIANCE"})],
)
def test_lock_is_what_settings_say(
    build_app: Build, lock: LockSettings | None, expected: Json | None
) -> None:
    app = build_app(LIVE, settings=with_audit(lock=lock))
    bucket = only(Assembly.of_folder(Path(app.synth().directory)), "AWS::S3::Bucket")
    configured = bucket.get("ObjectLockConfiguration", {"Rule": {"DefaultRetention": None}})
    assert configured["Rule"]["DefaultRetention"] == expected


def test_bucket_takes_files_from_this_trail_alone(own: Assembly) -> None:
    policy = resource_policies(own)[f"arn:aws:s3:::{BUCKET}"].document
    file = f"arn:aws:s3:::{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail/any"
    sent = {
        "aws:SourceArn": TRAIL, "s3:x-amz-acl": "bucket-owner-full-control",
        "aws:SecureTransport": "true", "s3:TlsVersion": "1.3",
    }  # fmt: skip

    def may(resource: str = file, **changes: str) -> bool:
        keys = {
            **sent,
            **{key.replace("_", ":", 1).replace("_", "-"): value for key, value in changes.items()},
        }
        return allowed(Request("s3:PutObject", resource, "cloudtrail.amazonaws.com", keys, policy)).allowed

    assert may()
    assert not may(aws_SourceArn=TRAIL.replace("/", "/other-"))
    assert not may(s3_x_amz_acl="private")
    assert not may(f"arn:aws:s3:::{BUCKET}/AWSLogs/123456789012/any")


def test_key_lets_the_trail_encrypt_for_itself_alone(own: Assembly) -> None:
    [key] = [each for each in own.of("AWS::KMS::Key") if each.id.startswith("LogsKey")]
    policy = resource_policies(own)[key.arn].document
    for arn, expected in ((TRAIL, True), (TRAIL.replace("/", "/other-"), False)):
        keys = {"aws:SourceArn": arn, "kms:EncryptionContext:aws:cloudtrail:arn": arn}
        for action in ("kms:GenerateDataKey", "kms:DescribeKey"):
            assert allowed(Request(action, "*", "cloudtrail.amazonaws.com", keys, policy)).allowed is expected


@pytest.mark.parametrize("who", ["role/Auditor", f"role/{NAMING.resource('security_officer')}"])
def test_auditor_and_reader_decrypt_the_trail_and_no_other_object(own: Assembly, who: str) -> None:
    [key] = [each for each in own.of("AWS::KMS::Key") if each.id.startswith("LogsKey")]
    policy = resource_policies(own)[key.arn].document
    through = {"kms:ViaService": f"s3.{NAMING.region}.amazonaws.com", "kms:CallerAccount": ACCOUNT}
    context = {"kms:EncryptionContext:aws:cloudtrail:arn": TRAIL}

    def may(action: str, keys: Json) -> bool:
        caller = Identity(f"arn:aws:iam::{ACCOUNT}:{who}", (EVERYTHING,))
        return allowed(Request(f"kms:{action}", KEY, caller, keys, policy)).allowed

    assert may("Decrypt", {**through, **context})
    assert not may("Decrypt", through)
    assert not may("Decrypt", context)
    assert not may("GenerateDataKey", {**through, **context})


def test_trail_is_made_last_so_that_a_failed_deployment_finds_its_bucket_empty(own: Assembly) -> None:
    [stack] = [each for each in own.stacks if each.id == "Audit"]
    resources = stack.template["Resources"]
    [trail] = [each for each in resources.values() if each["Type"] == "AWS::CloudTrail::Trail"]
    of_the_trail = [name for name in resources if name.startswith("OwnTrail")]
    others = set(resources) - set(of_the_trail) - {"CDKMetadata"}
    assert others <= set(trail["DependsOn"])
    assert any(name.endswith("Policy") or "Policy" in name for name in trail["DependsOn"])


def test_events_are_found_by_region_and_day_without_anybody_registering_partitions(
    own: Assembly, theirs: Assembly
) -> None:
    found = table(own, "events")
    parameters = found["Parameters"]
    assert parameters["projection.region.values"] == f"{NAMING.region},us-east-1"
    assert parameters["storage.location.template"] == (
        f"s3://{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail/${{region}}/${{day}}"
    )
    assert [each["Name"] for each in found["PartitionKeys"]] == ["region", "day"]
    there = table(theirs, "events")["Parameters"]
    assert there["projection.region.values"] == f"{NAMING.region},us-east-1,eu-west-1"
    assert there["storage.location.template"].startswith(
        f"s3://acme-trail/all/AWSLogs/o-a1b2c3d4e5/{ACCOUNT}/CloudTrail/"
    )


def test_access_logs_are_read_as_s3_writes_them(own: Assembly) -> None:
    """One of the examples of https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html."""
    found = table(own, "access_logs")
    pattern = found["StorageDescriptor"]["SerdeInfo"]["Parameters"]["input.regex"]
    line = (
        "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be amzn-s3-demo-bucket1 "
        "[06/Feb/2019:00:01:57 +0000] 192.0.2.3 "
        "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be DD6CC733AEXAMPLE REST.PUT.OBJECT "
        's3-dg.pdf "PUT /amzn-s3-demo-bucket1/s3-dg.pdf HTTP/1.1" 200 - - 4406583 41754 28 "-" '
        '"S3Console/0.4" - 10S62Zv81kBW7BB6SX4XJ48o6kpcl6LPwEoizZQQxJd5qDSCTLX0TgS37kYUBKQW3+bPdrg1234= '
        "SigV4 "
        "ECDHE-RSA-AES128-SHA AuthHeader amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com TLSV1.1 - -"
    )
    groups = re.fullmatch(pattern, line)
    assert groups is not None
    names = [each["Name"] for each in found["StorageDescriptor"]["Columns"]]
    row = dict(zip(names, groups.groups(), strict=True))
    assert (row["operation"], row["key"], row["httpstatus"]) == ("REST.PUT.OBJECT", "s3-dg.pdf", "200")
    assert (row["requestdatetime"], row["tlsversion"]) == ("06/Feb/2019:00:01:57 +0000", "TLSV1.1")


def test_reader_is_granted_both_tables_and_the_files_behind_them_alone(
    own: Assembly, theirs: Assembly
) -> None:
    [key] = [each for each in own.of("AWS::KMS::Key") if each.id.startswith("LogsKey")]
    for assembly, files, keys in (
        (own, f"arn:aws:s3:::{BUCKET}/AWSLogs/{ACCOUNT}/*", [key.arn]),
        (theirs, f"arn:aws:s3:::acme-trail/all/AWSLogs/o-a1b2c3d4e5/{ACCOUNT}/*", [KEY]),
    ):
        policy = only(assembly, "AWS::IAM::ManagedPolicy")
        assert policy["Roles"] == [NAMING.resource("security_officer")]
        by_action = {
            action: statement["Resource"]
            for statement in policy["PolicyDocument"]["Statement"]
            for action in [statement["Action"]]
            if isinstance(action, str)
        }
        logs = f"arn:aws:s3:::{NAMING.bucket('access-logs')}/requests/*"
        assert set(by_action["s3:GetObject"]) == {files, logs}
        assert [value for action, value in by_action.items() if action == "kms:Decrypt"] == keys
    grants = [each for each in own.of("AWS::LakeFormation::PrincipalPermissions") if each.stack.id == "Audit"]
    assert {tuple(each.properties["Permissions"]) for each in grants} == {
        ("DESCRIBE",),
        ("DESCRIBE", "SELECT"),
    }


def test_no_trail_and_no_bucket_is_made_where_there_is_a_trail(theirs: Assembly) -> None:
    assert [each.stack.id for each in theirs.of("AWS::CloudTrail::Trail")] == []
    assert [each for each in theirs.of("AWS::S3::Bucket") if each.stack.id == "Audit"] == []
    [key] = [each for each in theirs.of("AWS::KMS::Key") if each.id.startswith("LogsKey")]
    assert "cloudtrail" not in json.dumps(resource_policies(theirs)[key.arn].document)


def test_every_question_is_saved_where_the_reader_asks_with_what_it_answers(own: Assembly) -> None:
    saved = [each.properties for each in own.of("AWS::Athena::NamedQuery") if each.stack.id == "Audit"]
    assert {each["Name"] for each in saved} == {f"audit: {file.stem}" for file in QUESTIONS.glob("*.sql")}
    assert {each["WorkGroup"] for each in saved} == {NAMING.resource("security_officer")}
    for each in saved:
        assert each["Description"].endswith("?")
        marks = len(re.findall(r"^-- \? \w+: ", each["QueryString"], re.MULTILINE))
        code = re.sub(r"--.*", "", each["QueryString"])
        assert code.count("?") == marks
        assert "{" not in code


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"keep_days": 10}, "what is locked cannot expire"),
        ({"keep_days": None}, "keep_days where the trail is the lake's own"),
        ({"trail": {"bucket": "acme-trail"}}, "keep_days: null and lock: null"),
        ({"trail": "theirs"}, "own"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(changes: Json, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        AuditSettings.model_validate_json(json.dumps({**EXAMPLE.model_dump(), **changes}))
