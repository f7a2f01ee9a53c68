"""What is let go of, in which order, and what carries an environment's name."""

import copy
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from config.naming import OUTLIVES
from tests.fixtures.environments import FIXTURE, TRIAL
from tests.unit.lakehouse.project import Json
from tools.ops.removal.leftovers import Names
from tools.ops.removal.stacks import Stack, waves
from tools.ops.removal.templates import RELEASED, released, spared
from tools.ops.target import Account

ROOT = Path(__file__).resolve().parents[4]
LOCAL = TRIAL.settings
DENIAL = {
    "Sid": "NobodyDeletes",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:DeleteObject",
    "Resource": "*",
}
TLS = {"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
KEPT = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
STATEMENTS = {"PolicyDocument": {"Statement": [TLS, DENIAL]}}
TEMPLATE: Json = {
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket", **KEPT},
        "Older": {"Type": "AWS::KMS::Key", "DeletionPolicy": "Retain", "Metadata": {"a": "b"}},
        "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": STATEMENTS},
        "Group": {"Type": "AWS::Athena::WorkGroup", "Properties": {"RecursiveDeleteOption": False}},
        "Role": {"Type": "AWS::IAM::Role", **KEPT, "Metadata": {OUTLIVES: "shared"}},
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {}},
    }
}


def account() -> Account:
    return Account(LOCAL, boto3.Session())


def test_every_policy_changes_with_something_that_has_cloudformation_take_it() -> None:
    before = copy.deepcopy(TEMPLATE)
    resources = released(TEMPLATE)["Resources"]
    assert before == TEMPLATE
    for name in ("Bucket", "Older"):
        assert (resources[name]["DeletionPolicy"], resources[name]["UpdateReplacePolicy"]) == (
            "Delete",
            "Delete",
        )
        assert resources[name]["Metadata"][RELEASED] == "true"
    assert resources["Older"]["Metadata"]["a"] == "b"
    assert resources["Policy"]["Properties"]["PolicyDocument"]["Statement"] == [TLS]
    assert resources["Group"]["Properties"]["RecursiveDeleteOption"] is True
    assert (resources["Role"], resources["Topic"]) == (
        before["Resources"]["Role"],
        before["Resources"]["Topic"],
    )


def test_template_that_was_released_is_not_changed_again() -> None:
    once = released(TEMPLATE)
    assert released(once) == once
    assert list(spared(once)) == [("Role", "shared")]


def test_stacks_are_deleted_before_those_that_they_use() -> None:
    names = ("Foundation", "Storage", "Ingestion", "Governance", "Analytics", "Observability", "Dms",
             "DomainSales", "DomainSalesPart2")  # fmt: skip
    stacks = [Stack(LOCAL.naming.stack(name), name, "CREATE_COMPLETE") for name in names]
    assert [{stack.id for stack in wave} for wave in waves(LOCAL.naming, stacks)] == [
        {"DomainSalesPart2", "Observability", "Dms"},
        {"DomainSales"},
        {"Ingestion", "Governance", "Analytics"},
        {"Storage"},
        {"Foundation"},
    ]


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("proof-lake-trial-bronze-100000000001-eu-north-1", True),
        ("proof_lake_trial_silver_sales", True),
        ("/aws-glue/jobs/proof-lake-trial-glue-role/any/error", True),
        ("arn:aws:sns:eu-north-1:100000000001:proof-lake-trial-alarms", True),
        ("https://sqs.eu-north-1.amazonaws.com/100000000001/proof-lake-trial-landing", True),
        ("/proof-lake/trial/storage/bronze/name", True),
        ("Proof-Lake-Trial-Ingestion-Role-1", True),
        ("alias/proof-lake-trial-bronze", True),
        ("proof-lake-dev-bronze-100000000001-eu-north-1", False),
        ("proof-lake-trial-two-bronze", False),
        ("proof_lake_trial_two_silver_sales", False),
        ("/proof-lake/trial-two/storage", False),
        ("proof-lake-trialhost", False),
        ("my-proof-lake-trial-bronze", False),
    ],
)
def test_name_belongs_to_one_environment(name: str, ours: bool) -> None:
    assert Names(account(), ("trial", "trial-two", "dev")).is_ours(name) is ours


def test_environment_whose_data_is_kept_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    """Without credentials or network: nothing of AWS could be reached."""
    settings = (FIXTURE / "config/environments/trial.yaml").read_text()
    folder = tmp_path / "config" / "environments"
    folder.mkdir(parents=True)
    (folder / "trial.yaml").write_text(settings.replace("disposable: true", "disposable: false"))
    (tmp_path / "contracts").mkdir()
    code = "from tools.ops.main import app; app()"
    done = subprocess.run(
        [sys.executable, "-c", code, "remove", "--env", "trial", "--yes", "trial", "--root", str(tmp_path)],
        cwd=ROOT,
        env={"AWS_EC2_METADATA_DISABLED": "true", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "got trial, whose data is kept; allowed: environments with disposable: true" in done.stderr
