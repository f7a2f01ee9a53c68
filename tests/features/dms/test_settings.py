"""Settings of the feature `dms` name what exists, and nothing that AWS would refuse."""

from typing import Any

import pytest
from pydantic import ValidationError

from stacks.features.dms.settings import DmsSettings
from stacks.features.registry import sections, switched_on

VALUES: dict[str, Any] = {
    "secret_arn": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:core-bank-AbCdEf",
    "secret_key_arn": "arn:aws:kms:eu-west-1:111111111111:key/1234abcd",
    "database": "bank",
    "subnet_ids": ["subnet-0a1b", "subnet-1a2b"],
    "security_group_ids": ["sg-0a1b"],
    "capacity_min": 1,
    "capacity_max": 4,
    "multi_az": False,
    "batch_seconds": 60,
    "latency_seconds": 900,
    "account_roles": True,
}


def test_feature_is_absent_unless_it_is_asked_for() -> None:
    chosen = sections()
    assert "dms" not in switched_on(chosen())
    assert switched_on(chosen.model_validate({"dms": VALUES})) == {"dms": DmsSettings.model_validate(VALUES)}


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("secret_arn", "core-bank", "secret_arn"),
        ("secret_arn", VALUES["secret_arn"].removesuffix("-AbCdEf"), "secret_arn"),
        ("secret_key_arn", "alias/core", "secret_key_arn"),
        ("subnet_ids", ["subnet-0a1b"], "at least 2 items"),
        ("subnet_ids", ["subnet-0a1b", "vpc-1"], "subnet_ids.1"),
        ("security_group_ids", [], "at least 1 item"),
        ("capacity_max", 3, "capacity_max"),
        ("capacity_min", 8, "capacity_max that is not less than capacity_min"),
        ("plain_password", "x", "plain_password"),
    ],
)
def test_value_is_refused_when_aws_would(key: str, value: object, fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        DmsSettings.model_validate({**VALUES, key: value})
