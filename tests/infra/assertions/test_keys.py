"""Whoever administers a key does not use it; whoever uses it is of the lake, and asks through a service."""

import json
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from config.load import PROJECT_ROOT
from config.settings import Settings
from stacks.features.registry import features
from tests.fixtures.environments import LIVE, Environment
from tools.assembly.assembly import Assembly
from tools.assembly.policies import resource_policies
from tools.policies.evaluate import Identity, Request, allowed

USES = (
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "CreateGrant",
)
SERVICES = {"BronzeKey": {"s3", "kinesis"}, "SilverKey": {"s3", "secretsmanager"}, "GoldKey": {"s3"},
            "QuarantineKey": {"s3"}, "LogsKey": {"sns"}}  # fmt: skip
"""Services through which a role of the lake uses a key, if its own policy lets it."""
_OWN = {service for feature in features().values() for service in feature.storing.values()}
ASKED_THROUGH = (
    *("athena", "ec2", "firehose", "glue", "kinesis", "lambda", "s3", "secretsmanager", "sns", "sqs"),
    *sorted(_OWN),
)
EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}
KEY_POLICY_MAX = 32 * 1024
"""https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html"""


class Keys:
    """The key policies of an environment, and what they answer."""

    def __init__(self, settings: Settings, assembly: Assembly) -> None:
        self.settings = settings
        self.account = f"arn:aws:iam::{settings.account}"
        self.deployment = (
            f"{self.account}:role/cdk-hnb659fds-cfn-exec-role-{settings.account}-{settings.region}"
        )
        documents = resource_policies(assembly)
        self.policies = {
            name: documents[key.arn].document
            for key in assembly.of("AWS::KMS::Key")
            for name in SERVICES
            if key.stack.id == "Foundation" and key.id.startswith(name)
        }

    def allow(self, key: str, caller: str, action: str, via: str | None = None, **context: str) -> bool:
        """Whether a principal with `kms:*` on everything may do this, by the key's own policy too."""
        sent = {f"kms:EncryptionContext:aws:{name}:arn": value for name, value in context.items()}
        if via:
            sent["kms:ViaService"] = f"{via}.{self.settings.region}.amazonaws.com"
        sent["kms:CallerAccount"] = caller.split(":")[4]
        resource = f"arn:aws:kms:{self.settings.region}:{self.settings.account}:key/any"
        asked = Request(f"kms:{action}", resource, Identity(caller, (EVERYTHING,)), sent, self.policies[key])
        return allowed(asked).allowed


@pytest.fixture
def keys(environment: Environment, assembly: Assembly) -> Keys:
    found = Keys(environment.settings, assembly)
    assert found.policies.keys() == SERVICES.keys()
    return found


def _storing(environment: Environment, key: str) -> set[str]:
    on = {name for name, section in environment.settings.features if section is not None}
    return {
        service
        for name in on
        for layer, service in features()[name].storing.items()
        if key == f"{layer.title()}Key"
    }


@pytest.mark.parametrize("key", SERVICES)
@pytest.mark.parametrize("via", [None, *ASKED_THROUGH])
def test_role_of_the_account_that_is_not_the_lakes_uses_no_key_whatever_its_policies_allow(
    keys: Keys, key: str, via: str | None
) -> None:
    outsider = f"{keys.account}:role/administrator"
    assert [action for action in USES if keys.allow(key, outsider, action, via)] == []


def test_role_that_is_not_the_lakes_administers_no_key(keys: Keys) -> None:
    for key in SERVICES:
        for action in ("PutKeyPolicy", "ScheduleKeyDeletion", "DisableKey"):
            assert not keys.allow(key, f"{keys.account}:role/administrator", action)
            assert not keys.allow(key, f"{keys.account}:role/{keys.settings.naming.prefix}-analyst", action)


@pytest.mark.parametrize("key", SERVICES)
def test_role_of_the_lake_uses_a_key_through_the_services_that_it_serves_alone(
    environment: Environment, keys: Keys, key: str
) -> None:
    for pattern in environment.naming.roles:
        role = f"{keys.account}:role/{pattern.replace('*', 'any')}"
        through = {via for via in (None, *ASKED_THROUGH) if keys.allow(key, role, "Decrypt", via)}
        assert through == SERVICES[key] | _storing(environment, key)
        assert not keys.allow(key, role, "CreateGrant", "s3")
        elsewhere = role.replace(environment.settings.account, "123456789012")
        assert not keys.allow(key, elsewhere, "Decrypt", "s3")


@pytest.mark.parametrize("key", SERVICES)
def test_deployment_can_change_and_delete_a_key_and_uses_it_for_what_it_makes_alone(
    environment: Environment, keys: Keys, key: str
) -> None:
    for action in ("PutKeyPolicy", "ScheduleKeyDeletion", "EnableKeyRotation", "TagResource", "CreateAlias"):
        assert keys.allow(key, keys.deployment, action), action
    used = {via for via in (None, *ASKED_THROUGH) if keys.allow(key, keys.deployment, "GenerateDataKey", via)}
    made = {"BronzeKey": {"kinesis"}, "SilverKey": {"secretsmanager"}}.get(key, set())
    assert used == made | _storing(environment, key)


@pytest.mark.parametrize("key", SERVICES)
def test_maker_of_a_key_may_change_its_policy_whatever_the_conditions(keys: Keys, key: str) -> None:
    """Or KMS makes none: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html."""
    certain = [
        statement
        for statement in keys.policies[key]["Statement"]
        if "kms:PutKeyPolicy" in statement["Action"] and "Condition" not in statement
    ]
    assert [statement["Principal"] for statement in certain] == [{"AWS": keys.deployment}]


def test_key_is_administered_by_name_when_the_role_of_the_deployment_was_made_anew(keys: Keys) -> None:
    for key, policy in keys.policies.items():
        [by_name] = [each for each in policy["Statement"] if each["Sid"] == "Administrators"]
        assert by_name["Principal"] == {"AWS": f"{keys.account}:root"}
        assert keys.deployment in by_name["Condition"]["ArnLike"]["aws:PrincipalArn"], key
        assert f"{keys.account}:root" in by_name["Condition"]["ArnLike"]["aws:PrincipalArn"], key


def test_nobody_is_named_who_may_not_be_there_and_the_policy_is_small_enough(keys: Keys) -> None:
    for key, policy in keys.policies.items():
        assert len(json.dumps(policy)) < KEY_POLICY_MAX, key
        for statement in policy["Statement"]:
            principal = statement["Principal"]
            if "Service" in principal:
                continue
            assert principal["AWS"] in ("*", f"{keys.account}:root", keys.deployment), key
            assert "Condition" in statement or principal["AWS"] == keys.deployment, key


def _users(templates: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Stack and logical id of each role whose policies let it use keys."""
    for stack, template in templates.items():
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::IAM::Policy" and '"kms:' in json.dumps(resource["Properties"]):
                for role in resource["Properties"]["Roles"]:
                    yield stack, role["Ref"]


def test_every_role_that_uses_keys_has_a_name_that_key_policies_know(
    environment: Environment, templates: dict[str, Any]
) -> None:
    users = list(_users(templates))
    assert users
    for stack, logical_id in users:
        given = templates[stack]["Resources"][logical_id]["Properties"].get("RoleName")
        # CloudFormation shortens the stack's name, to no less than that as far as is known.
        name = given or f"{environment.naming.stack(stack)[:24]}-{logical_id[:24]}-ABCDEFGHIJKL"
        assert any(fnmatchcase(name, pattern) for pattern in environment.naming.roles), (stack, logical_id)


PEOPLE = LIVE.settings.people.model_copy(
    update={
        "key_administrators": ("role/KeyKeeper",),
        "producers": ("role/Shop",),
        "smoke_testers": ("sso/Tester",),
        "auditors": ("user/auditor",),
    }
)


@pytest.fixture(scope="module")
def named(build_app: Callable[..., Any]) -> Keys:
    """Keys of an environment whose settings name people of every kind."""
    settings = LIVE.settings.model_copy(update={"people": PEOPLE})
    folder = build_app(LIVE, settings=settings).synth().directory
    return Keys(settings, Assembly.of_folder(Path(folder)))


def test_key_administrator_administers_and_uses_nothing(named: Keys) -> None:
    keeper = f"{named.account}:role/KeyKeeper"
    for key in SERVICES:
        assert named.allow(key, keeper, "PutKeyPolicy")
        assert [(a, v) for a in USES for v in (None, *ASKED_THROUGH) if named.allow(key, keeper, a, v)] == []


def test_producer_encrypts_for_streams_and_landing_and_reads_neither_streams_nor_bronze(named: Keys) -> None:
    shop, naming = f"{named.account}:role/Shop", named.settings.naming
    stream = f"arn:aws:kinesis:{naming.region}:{naming.account}:stream/{naming.prefix}-shop-orders"
    assert named.allow("BronzeKey", shop, "GenerateDataKey", "kinesis", kinesis=stream)
    assert not named.allow("BronzeKey", shop, "Decrypt", "kinesis", kinesis=stream)
    assert not named.allow(
        "BronzeKey", shop, "GenerateDataKey", "kinesis", kinesis=stream.replace("proof", "other")
    )
    for role, expected in (("landing", True), ("bronze", False)):
        for context in (
            f"arn:aws:s3:::{naming.bucket(role)}",
            f"arn:aws:s3:::{naming.bucket(role)}/a/file.csv",
        ):
            for action in ("GenerateDataKey", "Decrypt"):
                assert named.allow("BronzeKey", shop, action, "s3", s3=context) is expected
    assert not named.allow("SilverKey", shop, "Decrypt", "s3")


def test_smoke_tester_sends_and_reads_bronze_alone(named: Keys) -> None:
    role = "role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Tester_0123456789abcdef"
    tester = f"{named.account}:{role}"
    assert named.allow("BronzeKey", tester, "GenerateDataKey", "kinesis")
    assert named.allow("BronzeKey", tester, "Decrypt", "s3")
    assert not any(named.allow(key, tester, "Decrypt", "s3") for key in SERVICES if key != "BronzeKey")


def test_shipped_settings_name_nobody_who_administers_keys_and_uses_them(environment: Environment) -> None:
    people = environment.settings.people
    using = {
        *people.producers,
        *people.smoke_testers,
        *people.auditors,
        *people.operator,
        *people.repairers,
        *people.erasers,
        *people.detokenizers,
    }
    using |= {name for names in people.personas.values() for name in names}
    assert not using & set(people.key_administrators), PROJECT_ROOT / "config"
