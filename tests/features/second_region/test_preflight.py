"""Faults that keep S3 from replicating are told by `lake preflight`."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fixtures.environments import LIVE
from tests.infra.preflight.planting import Copy, Faults, Planted, is_seen
from tools.assembly.folder import read

ROLE, BUCKET = "AWS::IAM::Role", "AWS::S3::Bucket"
POLICY = "SecondRegionRoleDefaultPolicy"
ENVIRONMENT = replace(LIVE, features=("second_region",))

fault = Faults()


@fault("replication-trust", "Storage/Bronze")
def role_demands_a_source_that_is_not_sent(copy: Copy) -> None:
    [statement] = copy.statements("Storage", "SecondRegionRole", ROLE)
    statement["Condition"] = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


@fault("replication-reads", "Storage/Bronze")
def role_may_not_read_tags(copy: Copy) -> None:
    copy.forbid("Storage", POLICY, "s3:GetObjectVersionTagging")


@fault("replication-locks", "Storage/Bronze")
def role_may_not_read_locks(copy: Copy) -> None:
    copy.forbid("Storage", POLICY, "s3:GetObjectRetention")


@fault("replication-key", "Storage/Bronze")
def role_may_use_the_key_for_single_objects_alone(copy: Copy) -> None:
    """With a bucket key the encryption context is the bucket."""
    for statement in copy.statements("Storage", POLICY):
        equal = statement.get("Condition", {}).get("StringEquals", {})
        if "kms:EncryptionContext:aws:s3:arn" in equal:
            equal["kms:EncryptionContext:aws:s3:arn"] = "arn:aws:s3:::bucket/x"


@fault("replication-selects-encrypted", "Storage/Bronze")
def rule_leaves_out_what_is_under_a_key(copy: Copy) -> None:
    configuration = copy.properties("Storage", "Bronze", BUCKET)["ReplicationConfiguration"]
    del configuration["Rules"][0]["SourceSelectionCriteria"]


@pytest.mark.parametrize("planted", list(fault), ids=str)
def test_planted_fault_is_seen(planted: Planted, assemble: Callable[..., Path]) -> None:
    is_seen(planted, Copy(read(assemble(ENVIRONMENT))))
