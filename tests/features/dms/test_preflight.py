"""Faults that people met with DMS are told by `lake preflight`."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lakehouse.model.dataset import Source
from tests.fixtures.environments import LIVE, fed_by
from tests.infra.preflight.planting import Copy, Faults, Planted, is_seen
from tools.assembly.folder import read

ROLE = "AWS::IAM::Role"
GITHUB = "https://github.com/"
ENVIRONMENT = replace(LIVE, features=("dms",))
LAKE = fed_by(LIVE.lake, Source("dms", (("schema", "core"),)), "ledger/accounts")

fault = Faults()


@fault(
    "dms-account-roles-trust",
    "Dms/CloudwatchLogsRole",
    f"{GITHUB}terraform-aws-modules/terraform-aws-dms/issues/84",
)
def role_of_the_account_demands_a_source_that_is_not_sent(copy: Copy) -> None:
    [statement] = copy.statements("Dms", "CloudwatchLogsRole", ROLE)
    statement["Condition"] = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


@fault("dms-secret-trust", "Dms/Source", f"{GITHUB}HHS/simpler-grants-gov/pull/1129")
def role_of_the_secret_trusts_the_global_principal(copy: Copy) -> None:
    [statement] = copy.statements("Dms", "SecretRole", ROLE)
    statement["Principal"] = {"Service": "dms.amazonaws.com"}


@fault("dms-target-objects", "Dms/Target")
def role_of_the_target_may_not_tag(copy: Copy) -> None:
    copy.forbid("Dms", "LandingRoleDefaultPolicy", "s3:PutObjectTagging")


@pytest.mark.parametrize("planted", list(fault), ids=str)
def test_planted_fault_is_seen(planted: Planted, assemble: Callable[..., Path]) -> None:
    is_seen(planted, Copy(read(assemble(ENVIRONMENT, LAKE))))
