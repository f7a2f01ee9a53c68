"""The feature `dms`: absent unless asked for; what it copies, as whom, and that nobody is told too late."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from lakehouse.layout import cdc
from lakehouse.model.dataset import Source
from stacks.features.dms.settings import DmsSettings
from stacks.features.dms.source import replicas
from tests.fixtures.environments import TRIAL, example_of, fed_by
from tests.infra.comparison import without_hashes

ROOT = Path(__file__).resolve().parents[3]
SOURCE = Source("dms", (("schema", "core"),))
LAKE = fed_by(TRIAL.lake, SOURCE, "ledger/accounts")
DMS = cast("DmsSettings", example_of("dms"))
ENVIRONMENT = replace(TRIAL, features=("dms",))


@pytest.fixture(scope="module")
def app(build_app: Callable[..., cdk.App]) -> cdk.App:
    """A lake with the feature."""
    return build_app(ENVIRONMENT, LAKE)


@pytest.fixture(scope="module")
def template(app: cdk.App) -> dict[str, Any]:
    stack = cast("cdk.Stack", app.node.find_child("Dms"))
    template: dict[str, Any] = json.loads(json.dumps(Template.from_stack(stack).to_json()))
    return template


def _only(template: dict[str, Any], kind: str) -> dict[str, Any]:
    [properties] = [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]
    found: dict[str, Any] = properties
    return found


def test_stack_is_absent_and_its_module_unread_unless_the_feature_is_on(
    synthesize: Callable[..., Any],
) -> None:
    assert "Dms" not in synthesize(TRIAL)
    program = (
        "import sys, app, stacks.lake; print([name for name in sys.modules if name.endswith('dms.stack')])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_target_writes_what_the_job_reads(template: dict[str, Any]) -> None:
    [target] = [
        each["Properties"]["S3Settings"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::DMS::Endpoint" and each["Properties"]["EndpointType"] == "target"
    ]
    assert target["DataFormat"] == "parquet"
    assert target["TimestampColumnName"] == cdc.CHANGED_AT
    assert target["IncludeOpForFullLoad"] is True
    # The start of a load must sort before the changes that were captured while it went on.
    assert target["UseTaskStartTimeForFullLoadTimestamp"] is True
    assert target["PreserveTransactions"] is False
    assert target["EncryptionMode"] == "sse-kms"
    assert target["BucketName"] == TRIAL.naming.bucket("landing")


def test_mappings_name_the_folders_that_the_router_knows(template: dict[str, Any]) -> None:
    rules = _only(template, "AWS::DMS::ReplicationConfig")["TableMappings"]["rules"]
    assert len({rule["rule-id"] for rule in rules}) == len(rules)
    tables = {
        (rule["object-locator"]["schema-name"], rule["object-locator"]["table-name"]): rule["value"]
        for rule in rules
        if rule["rule-action"] == "rename" and rule["rule-target"] == "table"
    }
    schemas = {
        rule["object-locator"]["schema-name"]: rule["value"]
        for rule in rules
        if rule["rule-action"] == "rename" and rule["rule-target"] == "schema"
    }
    folders = {f"{schemas[schema]}/{name}": f"{schema}.{table}" for (schema, table), name in tables.items()}
    assert folders == {dataset.id: table.name for dataset, table in replicas(LAKE.datasets).items()}
    for action in ("include", "add-column", "add-before-image-columns"):
        assert [rule["rule-action"] for rule in rules].count(action) == len(folders), action


def test_replication_never_deletes_files(template: dict[str, Any]) -> None:
    settings = _only(template, "AWS::DMS::ReplicationConfig")["ReplicationSettings"]
    assert settings["FullLoadSettings"]["TargetTablePrepMode"] == "DO_NOTHING"
    assert settings["ChangeProcessingDdlHandlingPolicy"]["HandleSourceTableTruncated"] is False


def test_alarms_watch_both_delays_and_silence(template: dict[str, Any]) -> None:
    alarms = [
        each["Properties"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::CloudWatch::Alarm"
    ]
    queries = {query["Expression"] for alarm in alarms for query in alarm["Metrics"]}
    assert queries == {
        'SELECT MAX(CDCLatencySource) FROM "AWS/DMS"',
        'SELECT MAX(CDCLatencyTarget) FROM "AWS/DMS"',
    }
    assert {alarm["Threshold"] for alarm in alarms} == {DMS.latency_seconds}
    assert {alarm["TreatMissingData"] for alarm in alarms} == {"missing"}
    assert all(alarm["InsufficientDataActions"] for alarm in alarms)


def test_roles_that_dms_looks_for_are_there_before_what_needs_them(template: dict[str, Any]) -> None:
    roles = {
        each["Properties"].get("RoleName"): logical_id
        for logical_id, each in template["Resources"].items()
        if each["Type"] == "AWS::IAM::Role"
    }
    [subnets] = [
        each for each in template["Resources"].values() if each["Type"] == "AWS::DMS::ReplicationSubnetGroup"
    ]
    needed = {roles["dms-vpc-role"], roles["dms-cloudwatch-logs-role"]}
    assert needed <= set(subnets["DependsOn"])


def test_roles_reach_one_secret_and_landing_alone(template: dict[str, Any]) -> None:
    statements = [
        statement
        for each in template["Resources"].values()
        if each["Type"] == "AWS::IAM::Policy"
        for statement in each["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert not [each for each in statements if "*" in json.dumps(each["Action"])]
    reached = {
        json.dumps(resource)
        for each in statements
        for resource in (each["Resource"] if isinstance(each["Resource"], list) else [each["Resource"]])
    }
    landing = f"arn:aws:s3:::{TRIAL.naming.bucket('landing')}"
    named = {json.dumps(arn) for arn in (DMS.secret_arn, DMS.secret_key_arn, landing, f"{landing}/*")}
    assert named <= reached
    [key] = reached - named
    assert "BronzeKey" in key


@pytest.mark.parametrize(
    "pack", [AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks]
)
def test_packs_find_nothing(app: cdk.App, pack: Any) -> None:
    report = pack(app).validate_scope(app.node.find_child("Dms"))
    found = {
        (violation.rule_name, resource.construct_path or "")
        for violation in report.violations
        for resource in violation.violating_resources
    }
    assert found == set()


def test_template_is_unchanged(template: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    found = without_hashes(template, r"[0-9a-f]{64}")
    assert found == snapshot.use_extension(JSONSnapshotExtension)
