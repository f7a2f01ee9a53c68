"""Faults that keep a table from being shared are told by `lake preflight`."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fixtures.environments import TRIAL
from tests.infra.preflight.planting import Copy, Faults, Planted, is_seen
from tools.assembly.folder import read

ENVIRONMENT = replace(TRIAL, features=("sharing",))
GRANT = "GrantsDailyOrdersPartnerReads"

fault = Faults()


@fault("sharing-grant-option", f"DomainShop/{GRANT}")
def account_may_not_pass_on(copy: Copy) -> None:
    copy.properties("DomainShop", GRANT)["PermissionsWithGrantOption"] = []


@fault("sharing-super", f"DomainShop/{GRANT}")
def account_is_granted_super(copy: Copy) -> None:
    copy.properties("DomainShop", GRANT)["Permissions"] = ["ALL"]


@fault("sharing-link-names-an-account", "Governance/OfPartnerProofLakePartnerGoldShopDailyOrders")
def link_names_no_account(copy: Copy) -> None:
    link = copy.properties("Governance", "OfPartnerProofLakePartnerGoldShopDailyOrders", "AWS::Glue::Table")
    link["TableInput"]["TargetTable"]["CatalogId"] = "partner"


@pytest.mark.parametrize("planted", list(fault), ids=str)
def test_planted_fault_is_seen(planted: Planted, assemble: Callable[..., Path]) -> None:
    is_seen(planted, Copy(read(assemble(ENVIRONMENT))))
