"""Policies let in the service that each is for, and nobody else.

That they do let it in, in the form in which it asks, is what `lake preflight` sees; tests/infra/preflight.
"""

from typing import Any

import pytest

from tests.fixtures.environments import Environment
from tools.assembly.assembly import Assembly
from tools.assembly.policies import Document, resource_policies, roles
from tools.policies.evaluate import Identity, Request, allowed

ANOTHER = "123456789012"


@pytest.fixture
def place(environment: Environment) -> tuple[str, str]:
    """Region and account of the environment."""
    return environment.settings.region, environment.settings.account


@pytest.fixture
def logs_key(assembly: Assembly) -> Document:
    [key] = [each for each in assembly.of("AWS::KMS::Key") if each.id.startswith("LogsKey")]
    return resource_policies(assembly)[key.arn].document


def _may(policy: Document, action: str, caller: Identity | str, keys: dict[str, Any]) -> bool:
    return allowed(Request(action, "*", caller, keys, policy)).allowed


def test_logs_may_not_use_the_key_for_another_account(logs_key: Document, place: tuple[str, str]) -> None:
    region, account = place
    for owner, expected in ((account, True), (ANOTHER, False)):
        context = {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:{owner}:log-group:/aws/x"}
        assert _may(logs_key, "kms:Encrypt", f"logs.{region}.amazonaws.com", context) is expected


@pytest.mark.parametrize("action", ["Encrypt", "Decrypt", "GenerateDataKey", "DescribeKey"])
def test_role_that_gives_a_log_group_the_key_may_use_it_through_logs_alone(
    logs_key: Document, place: tuple[str, str], action: str
) -> None:
    region, account = place
    keys = {
        "kms:CallerAccount": account,
        "kms:ViaService": f"logs.{region}.amazonaws.com",
        "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:{account}:log-group:/aws-glue/jobs/any",
    }
    caller = Identity(f"arn:aws:iam::{account}:role/glue")
    assert _may(logs_key, f"kms:{action}", caller, keys)
    for key, wrong in (("kms:CallerAccount", ANOTHER), ("kms:ViaService", f"s3.{region}.amazonaws.com")):
        assert not _may(logs_key, f"kms:{action}", caller, {**keys, key: wrong})


@pytest.mark.parametrize("action", ["Decrypt", "GenerateDataKey"])
def test_service_that_publishes_nothing_may_not_use_the_key_of_the_topic(
    logs_key: Document, place: tuple[str, str], action: str
) -> None:
    keys = {"aws:SourceAccount": place[1]}
    assert _may(logs_key, f"kms:{action}", "cloudwatch.amazonaws.com", keys)
    # EventBridge sends no account at all: a condition on it would only seem to let it publish.
    for sent in (keys, {}):
        assert not _may(logs_key, f"kms:{action}", "events.amazonaws.com", sent)


def test_role_trusts_a_service_only_for_this_account_where_the_service_says_for_which(
    assembly: Assembly, place: tuple[str, str]
) -> None:
    for role in roles(assembly).values():
        service = str(role.trust["Statement"][0]["Principal"].get("Service", ""))
        for told, names in (
            ("aws:SourceAccount", ("scheduler", "states", "pipes")),
            ("sts:ExternalId", ("firehose",)),
        ):
            if service.startswith(names):
                assert _may(role.trust, "sts:AssumeRole", service, {told: place[1]}), role.arn
                assert not _may(role.trust, "sts:AssumeRole", service, {told: ANOTHER}), role.arn
