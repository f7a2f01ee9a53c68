"""Faults that people met with API Gateway are told by `lake preflight`."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lakehouse.model.dataset import Source
from tests.fixtures.environments import LIVE, fed_by
from tests.infra.preflight.planting import Copy, Faults, Planted, is_seen
from tools.assembly.folder import read

GITHUB = "https://github.com/"
ENVIRONMENT = replace(LIVE, features=("click_api",))
LAKE = fed_by(LIVE.lake, Source("click_api"), "shop/orders")

fault = Faults()


@fault("api-log-role-first", "DomainShop/", f"{GITHUB}aws/aws-cdk/issues/10722")
def stage_is_made_before_the_account_has_a_role_for_logs(copy: Copy) -> None:
    copy.add(
        "DomainShop", "LateAccount", "AWS::ApiGateway::Account", CloudWatchRoleArn="arn:aws:iam::1:role/x"
    )


@fault("api-access-log-group", "DomainShop/")
def group_of_access_logs_is_named_as_getatt_names_it(copy: Copy) -> None:
    stage = copy.properties("DomainShop", "DatasetsOrders", "AWS::ApiGateway::Stage")
    group = "arn:aws:logs:ap-southeast-2:200000000002:log-group:x:*"
    stage["AccessLogSetting"]["DestinationArn"] = group


@fault("api-stream", "DomainShop/")
def door_may_not_put_records(copy: Copy) -> None:
    copy.forbid("DomainShop", "DatasetsOrdersDoorRoleDefaultPolicy", "kinesis:PutRecord")


@fault("api-stream-key", "DomainShop/")
def door_may_not_use_the_key_of_the_stream(copy: Copy) -> None:
    copy.forbid("DomainShop", "DatasetsOrdersDoorRoleDefaultPolicy", "kms:GenerateDataKey")


@pytest.mark.parametrize("planted", list(fault), ids=str)
def test_planted_fault_is_seen(planted: Planted, assemble: Callable[..., Path]) -> None:
    is_seen(planted, Copy(read(assemble(ENVIRONMENT, LAKE))))
