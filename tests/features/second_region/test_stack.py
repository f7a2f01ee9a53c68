"""The two sides of a pair fit: what S3 asks of one for the other is allowed there, and nothing more."""

from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Layer
from local.alarms.datapoints import State
from stacks.features.second_region.settings import SendSettings
from stacks.policies.lake.checks import findings
from stacks.policies.packs import NAG_PACKS
from tests.features.second_region.conftest import Side, second
from tests.fixtures.environments import LIVE
from tests.infra.alarms.conftest import Account, Alarms, values_of
from tools.assembly.assembly import Assembly, Resource
from tools.assembly.policies import Role, resource_policies, roles
from tools.lake.cost.charges import Charge
from tools.lake.cost.prices import assumptions, prices_of
from tools.lake.cost.services.storage import RULES as STORAGE
from tools.lake.cost.subject import Subject
from tools.policies.evaluate import Request, allowed, identity
from tools.preflight.run import look

Json = Mapping[str, Any]

DOCUMENTED = {
    "s3:GetReplicationConfiguration", "s3:ListBucket", "s3:GetObjectVersionForReplication",
    "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging", "s3:GetObjectRetention", "s3:GetObjectLegalHold",
    "s3:ReplicateObject", "s3:ReplicateTags", "kms:Decrypt", "kms:Encrypt",
}  # fmt: skip
"""By the pages that `stacks/features/second_region/sending.py` names, of a bucket with Object Lock."""


def bucket(side: Side, layer: str) -> Resource:
    found = side.assembly.named("AWS::S3::Bucket", side.settings.naming.bucket(layer))
    assert found is not None
    return found


def rule(side: Side, layer: str) -> Json:
    """The one rule by which a bucket is replicated."""
    configuration: Json = bucket(side, layer).properties["ReplicationConfiguration"]
    [found] = configuration["Rules"]
    assert isinstance(found, Mapping)
    return found


def key(side: Side, alias: str) -> Resource:
    """The key that an alias stands for."""
    [found] = [each for each in side.assembly.of("AWS::KMS::Alias") if each.properties["AliasName"] == alias]
    target = side.assembly.at(found.properties["TargetKeyId"])
    assert target is not None
    return target


def role(side: Side) -> Role:
    """The role by which S3 replicates."""
    account = side.settings.account
    return roles(side.assembly)[f"arn:aws:iam::{account}:role/{side.settings.naming.resource('replication')}"]


def may(by: Side, action: str, at: Side, resource: str, **keys: Any) -> bool:
    """Whether the role of a side may do something at another one, by the policies of both."""
    name = resource if action.startswith("kms:") else resource.partition("/")[0]
    policy = resource_policies(at.assembly)[name].document
    return allowed(Request(action, resource, identity(role(by)), keys, policy)).allowed


def through_s3(side: Side, encrypted_for: str, *aliases: str) -> dict[str, Any]:
    return {
        "kms:ViaService": f"s3.{side.settings.region}.amazonaws.com",
        "kms:CallerAccount": side.settings.account,
        "kms:EncryptionContext:aws:s3:arn": encrypted_for,
        "kms:ResourceAliases": [*aliases],
    }


@pytest.mark.parametrize(("layer", "prefix"), [("bronze", ""), ("quarantine", "unrouted/")])
def test_copy_goes_to_the_bucket_and_under_the_key_of_the_other_side(
    sending: Side, receiving: Side, layer: str, prefix: str
) -> None:
    found = rule(sending, layer)
    copy = bucket(receiving, layer)
    assert found["Filter"] == {"Prefix": prefix}
    assert found["Destination"]["Bucket"] == copy.arn
    assert copy.properties["VersioningConfiguration"] == {"Status": "Enabled"}
    [default] = copy.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    alias = f"alias/{receiving.settings.naming.resource(layer)}"
    region, account = receiving.settings.region, receiving.settings.account
    named = found["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"]
    assert named == f"arn:aws:kms:{region}:{account}:{alias}"
    assert default["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == key(receiving, alias).arn
    assert found["SourceSelectionCriteria"] == {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
    assert found["DeleteMarkerReplication"] == {"Status": "Disabled"}


def test_what_is_made_again_is_not_replicated(sending: Side, receiving: Side) -> None:
    replicated = {
        each.name
        for side in (sending, receiving)
        for each in side.assembly.of("AWS::S3::Bucket")
        if "ReplicationConfiguration" in each.properties
    }
    assert replicated == {sending.settings.naming.bucket(layer) for layer in ("bronze", "quarantine")}


def test_role_may_do_what_s3_asks_for_on_both_sides(sending: Side, receiving: Side) -> None:
    for layer, prefix in (("bronze", ""), ("quarantine", "unrouted/")):
        source, copy = bucket(sending, layer).arn, bucket(receiving, layer).arn
        alias = f"alias/{receiving.settings.naming.resource(layer)}"
        own = key(sending, f"alias/{sending.settings.naming.resource(layer)}").arn
        there = key(receiving, alias).arn
        assert may(sending, "s3:ListBucket", sending, source)
        assert may(sending, "s3:GetObjectVersionForReplication", sending, f"{source}/{prefix}x/a.json")
        assert may(sending, "s3:ReplicateObject", receiving, f"{copy}/{prefix}x/a.json")
        assert may(sending, "kms:Decrypt", sending, own, **through_s3(sending, source))
        for action in ("kms:Encrypt", "kms:Decrypt"):
            assert may(sending, action, receiving, there, **through_s3(receiving, copy, alias))


def test_role_may_nothing_else(sending: Side, receiving: Side) -> None:
    copy, landing = bucket(receiving, "bronze").arn, bucket(receiving, "landing").arn
    alias = f"alias/{receiving.settings.naming.resource('bronze')}"
    there = key(receiving, alias).arn
    statements = chain.from_iterable(each["Statement"] for each in role(sending).policies)
    actions = {
        action
        for each in statements
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    }
    assert actions == DOCUMENTED
    quarantine = bucket(receiving, "quarantine").arn
    for action, resource in (
        ("s3:ReplicateDelete", f"{copy}/x"),
        ("s3:DeleteObject", f"{copy}/x"),
        ("s3:ReplicateObject", f"{landing}/x"),
        ("s3:ReplicateObject", f"{quarantine}/shop/orders/x"),
    ):
        assert not may(sending, action, receiving, resource), (action, resource)
    for keys in (
        through_s3(sending, copy, alias),
        through_s3(receiving, landing, alias),
        through_s3(receiving, copy, "alias/another"),
        {},
    ):
        assert not may(sending, "kms:Encrypt", receiving, there, **keys), keys
    assert not may(sending, "kms:GenerateDataKey", receiving, there, **through_s3(receiving, copy, alias))


def test_keys_of_masking_are_the_first_sides_on_both(sending: Side, receiving: Side) -> None:
    here, there = sending.settings.naming, receiving.settings.naming
    secrets = list(sending.assembly.of("AWS::SecretsManager::Secret"))
    names = {secret.name for secret in secrets}
    assert list(receiving.assembly.of("AWS::SecretsManager::Secret")) == []
    assert {here.masking_secret, here.token_secret} == names == {there.masking_secret, there.token_secret}
    alias = f"alias/{there.resource('silver')}"
    region = there.region
    for secret in secrets:
        assert secret.properties["ReplicaRegions"] == [{"Region": region, "KmsKeyId": alias}]
    read = [
        statement["Resource"]
        for each in roles(receiving.assembly).values()
        for policy in each.policies
        for statement in policy["Statement"]
        if "secretsmanager:GetSecretValue" in str(statement["Action"])
    ]
    arn = f"arn:aws:secretsmanager:{region}:{receiving.settings.account}:secret"
    found = {arn for one in read for arn in ([one] if isinstance(one, str) else one)}
    assert found == {f"{arn}:{name}-??????" for name in names}


def test_deployment_of_the_first_side_may_encrypt_the_replica_and_read_nothing(
    sending: Side, receiving: Side
) -> None:
    account, region = sending.settings.account, sending.settings.region
    deployer = f"arn:aws:iam::{account}:role/cdk-hnb659fds-cfn-exec-role-{account}-{region}"
    target = key(receiving, f"alias/{receiving.settings.naming.resource('silver')}")
    [statement] = [
        each for each in target.properties["KeyPolicy"]["Statement"]
        if each.get("Sid") == "ReplicasOfMaskingKeys"
    ]  # fmt: skip
    assert statement["Condition"]["ArnLike"] == {"aws:PrincipalArn": [deployer]}
    assert statement["Action"] == ["kms:Encrypt", "kms:GenerateDataKey"]


def test_pair_that_sends_both_ways_fits_too(sending: Side, build_app: Callable[..., Any]) -> None:
    """As after a failover, when what came meanwhile goes back; without the promise of 15 minutes."""
    settings = second({"sends": SendSettings(time_control=False)})
    app = build_app(LIVE, settings=settings)
    both = Side(settings, Assembly.of_folder(Path(app.synth().directory)))
    back, promised = rule(both, "bronze")["Destination"], {"Minutes": 15}
    assert back["Bucket"] == bucket(sending, "bronze").arn
    assert "ReplicationTime" not in back
    assert back["Metrics"] == {"Status": "Enabled"}
    there = rule(sending, "bronze")["Destination"]
    assert there["ReplicationTime"] == {"Status": "Enabled", "Time": promised}
    assert there["Metrics"] == {"Status": "Enabled", "EventThreshold": promised}
    assert list(both.assembly.of("AWS::SecretsManager::Secret")) == []


def replication_alarms(side: Side) -> Alarms:
    found = Alarms.of(side.assembly)
    return Alarms({name: each for name, each in found.metric.items() if "-replication-" in name}, {})


def test_each_side_watches_what_its_region_measures(sending: Side, receiving: Side) -> None:
    """Failures are told where the source is; how far copies are behind, where they are."""
    there, here = receiving.settings.naming, sending.settings.naming
    expected = {
        "OperationsFailedReplication": (sending, 0),
        "ReplicationLatency": (receiving, 15 * 60),
        "BytesPendingReplication": (receiving, 1024 * 2**20),
    }
    seen = set()
    for side in (sending, receiving):
        for alarm in replication_alarms(side).metric.values():
            metric = alarm.properties["MetricName"]
            dimensions = {each["Name"]: each["Value"] for each in alarm.properties["Dimensions"]}
            layer = next(each for each in Layer if here.bucket(each) == dimensions["SourceBucket"])
            assert dimensions["DestinationBucket"] == there.bucket(layer)
            assert dimensions["RuleId"] == rule(sending, layer)["Id"]
            assert expected[metric] == (side, alarm.properties["Threshold"])
            seen.add((metric, layer.value))
    assert seen == {(metric, layer) for metric in expected for layer in ("bronze", "quarantine")}


@pytest.mark.parametrize("side", ["sending", "receiving"])
def test_alarm_is_raised_and_ends_alone(side: str, request: pytest.FixtureRequest) -> None:
    alarms = Alarms.of(request.getfixturevalue(side).assembly)
    for name in replication_alarms(request.getfixturevalue(side)).metric:
        account = Account(alarms)
        account.evaluate()
        breaching, fine = values_of(alarms.metric[name])
        raised = account.feed(alarms.metric[name], breaching)
        assert account.red() == {name}
        assert [each.new for each in raised if each.actions] == [State.ALARM]
        account.feed(alarms.metric[name], fine)
        assert account.red() == set()


def test_policies_find_nothing_in_the_side_that_receives(build_app: Callable[..., Any]) -> None:
    app = build_app(LIVE, settings=second())
    for pack in NAG_PACKS:
        assert [each.rule_name for each in pack(app).validate_scope(app).violations] == []
    assert findings(Path(app.synth().directory).glob("*.template.json")) == []


def test_side_that_receives_can_be_deployed_for_the_first_time(receiving: Side) -> None:
    found = look(receiving.assembly, PROJECT_ROOT).findings
    assert [(each.where, each.edge, each.why) for each in found] == []


def test_metrics_and_alarms_of_the_rules_cost_what_the_readme_says_at_rest(sending: Side) -> None:
    for layer in ("bronze", "quarantine"):
        charges = [each for each in charged(sending, layer) if each.price == "cloudwatch_metric"]
        counted = len(bucket(sending, layer).properties.get("MetricsConfigurations", ()))
        assert [each.quantity.idle for each in charges[counted:]] == [4]
    assert 2 * 4 * prices_of("us-east-1")["cloudwatch_metric"].usd == pytest.approx(2.4)
    assert len(replication_alarms(sending).metric) * prices_of("us-east-1")[
        "cloudwatch_alarm"
    ].usd == pytest.approx(0.2)


def charged(side: Side, layer: str) -> list[Charge]:
    subject = Subject(side.assembly, LIVE.lake, side.settings, assumptions())
    return list(STORAGE["AWS::S3::Bucket"](bucket(side, layer), subject))
