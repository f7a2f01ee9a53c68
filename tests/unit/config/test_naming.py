import pytest

from config.faults import InvalidInputError
from config.naming import BUCKET_ROLES, NAME_MAX, Naming

NAMING = Naming("lakehouse", "dev", "111111111111", "eu-west-1")


def test_naming_joins_project_and_environment_when_it_builds_a_name() -> None:
    assert NAMING.bucket("bronze") == "lakehouse-dev-bronze-111111111111-eu-west-1"
    assert NAMING.database("silver", "web_shop") == "lakehouse_dev_silver_web_shop"
    assert NAMING.resource("web_shop", "orders") == "lakehouse-dev-web-shop-orders"
    assert NAMING.parameter("storage", "bronze") == "/lakehouse/dev/storage/bronze"
    assert NAMING.stack("Storage") == "Lakehouse-Dev-Storage"
    assert NAMING.masking_secret == NAMING.resource("masking-key")
    assert NAMING.token_secret == NAMING.resource("token-key")


def test_naming_keeps_within_the_limits_when_the_environment_is_ours() -> None:
    assert NAMING.faults("dev.yaml") == []
    assert all(len(NAMING.bucket(role)) <= 63 for role in BUCKET_ROLES)


def test_resource_refuses_a_name_when_it_is_too_long_for_aws() -> None:
    longest = "d" * (NAME_MAX - len("lakehouse-dev-"))
    assert len(NAMING.resource(longest)) == NAME_MAX
    with pytest.raises(
        InvalidInputError, match=r"got 'lakehouse-dev-d+-orders'; allowed: .* 64 .* has 71; fix: shorten"
    ):
        NAMING.resource(longest, "orders")
