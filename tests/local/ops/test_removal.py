"""An environment is removed and comes back; and so does one whose every deployment fails at first."""

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws
from local.lake import deployment
from local.lake.lake import LocalLake
from stacks.features.registry import features, sources
from tests.local.lake.project_copy import copy_project
from tests.local.ops.shop import COMMAND, Shop
from tests.unit.lakehouse.project import source
from tools.ops.removal.leftovers import LISTINGS, listed
from tools.ops.target import Account

pytestmark = pytest.mark.lake

BUCKETS = ("landing", "bronze", "silver", "gold", "quarantine", "query-results", "access-logs")
LEFT_BY_GLUE = "/aws-glue/jobs/lakehouse-local-glue-role/Lakehouse-Local-DomainShop-Role/error"
ORDER = ("Foundation", "Storage", "Governance", "Ingestion", "Analytics", "Observability", "DomainShop")
FAILING = {
    "Type": "Custom::Nothing",
    "Properties": {"ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:none"},
}
API = "click_api"
HAS_API = API in sources()
"""Whether this project has the feature that leaves the most behind."""

Inventory = set[tuple[str, str]]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLake]:
    """The templates of a lake of one dataset, and an account ready for their deployment."""
    folder = tmp_path_factory.mktemp("removal")
    (folder / "contracts").mkdir()
    root = copy_project(folder / "project", folder / "contracts")
    with EmbeddedAws(folder / "lake", port=0) as aws:
        Shop(root, aws).write(
            source(
                ingestion={
                    "mode": "stream",
                    "format": "json",
                    **({"source": {"feature": API}} if HAS_API else {}),
                }
            )
        )
        lake = LocalLake(aws, root)
        lake.synthesize()
        deployment.bootstrap(aws)
        yield lake


@pytest.fixture(scope="module")
def before(lake: LocalLake) -> Inventory:
    """What there is before the lake is."""
    return inventory(lake)


def inventory(lake: LocalLake) -> Inventory:
    """Kind and name of everything in the account, whoever it belongs to."""
    account = Account(lake.settings, lake.aws.session())
    recorded = {(one["type"], one["logical_id"]) for one in lake.aws.recorded_resources()}
    return recorded | {(each.kind, name) for each in LISTINGS for name in listed(account, each)}


def keys(lake: LocalLake) -> dict[str, int]:
    """How many KMS keys there are in each state."""
    kms = lake.aws.client("kms")
    found: dict[str, int] = {}
    for key in kms.list_keys()["Keys"]:
        about = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if about["KeyManager"] == "CUSTOMER" and "layer" in about["Description"]:
            found[about["KeyState"]] = found.get(about["KeyState"], 0) + 1
    return found


def kept(lake: LocalLake) -> Inventory:
    """What outlives an environment: the role by which the APIs of the account write logs."""
    if not HAS_API:
        return set()
    arn = lake.aws.client("apigateway").get_account()["cloudwatchRoleArn"]
    return {("role", arn.rpartition("/")[2])}


def command(lake: LocalLake, *arguments: str) -> subprocess.Popen[str]:
    """Start the command as a user does."""
    return subprocess.Popen(
        [*COMMAND, "remove", "--env", "local", "--root", str(lake.root), "--bypass-lock", *arguments],
        env={**lake.aws.environment(), "COLUMNS": "300", "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def feed(lake: LocalLake) -> None:
    """Put into each bucket two versions, a delete marker and an upload that nobody finishes."""
    s3 = lake.aws.client("s3")
    for bucket in map(lake.naming.bucket, BUCKETS):
        for key in ("a", "a", "b"):
            s3.put_object(Bucket=bucket, Key=f"shop/{key}", Body=b"{}")
        if "-bronze-" not in bucket:
            s3.delete_object(Bucket=bucket, Key="shop/a")
        s3.create_multipart_upload(Bucket=bucket, Key="shop/c")
    lake.aws.client("logs").create_log_group(logGroupName=LEFT_BY_GLUE)


def create(lake: LocalLake, name: str, template: dict[str, Any], wait_for: Callable[..., Any]) -> str:
    """Create a stack as the CDK does, from assets that are published; returns how it ended."""
    cloudformation, stack = lake.aws.client("cloudformation"), lake.naming.stack(name)
    s3, assets = lake.aws.client("s3"), f"cdk-hnb659fds-assets-{lake.aws.account}-{lake.aws.region}"
    s3.put_object(Bucket=assets, Key=f"{stack}.json", Body=json.dumps(template))
    cloudformation.create_stack(
        StackName=stack,
        TemplateURL=f"{lake.aws.endpoint}/{assets}/{stack}.json",
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Tags=[{"Key": "project", "Value": lake.settings.project}, {"Key": "environment", "Value": "local"}],
    )
    return str(
        wait_for(
            lambda: cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"],
            lambda status: not status.endswith("_IN_PROGRESS"),
            seconds=120,
        )
    )


def reasons(lake: LocalLake, name: str) -> list[str]:
    """Why resources of a stack failed."""
    events = lake.aws.client("cloudformation").describe_stack_events(StackName=lake.naming.stack(name))
    return [
        f"{one['LogicalResourceId']}: {one.get('ResourceStatusReason')}"
        for one in events["StackEvents"]
        if one["ResourceStatus"].endswith("FAILED")
    ]


def test_environment_is_removed_though_the_command_is_killed_half_way(
    lake: LocalLake, before: Inventory
) -> None:
    deployment.deploy(lake.aws, lake.assembly)
    feed(lake)
    there = inventory(lake)
    assert {kind for kind, _ in there - before} >= {
        "bucket",
        "database",
        "log group",
        "secret",
        "stream",
        *({"API"} if HAS_API else ()),
    }
    asked = command(lake)
    output, _ = asked.communicate()
    assert asked.returncode, output
    assert inventory(lake) == there
    killed = command(lake, "--yes", "local")
    assert killed.stdout
    told = next(line for line in killed.stdout if "deleting" in line and "Ingestion" in line)
    killed.kill()
    killed.communicate()
    again = command(lake, "--yes", "local")
    output, _ = again.communicate()
    assert again.returncode == 0, told + output
    assert inventory(lake) == before | kept(lake), output
    assert keys(lake) == {"PendingDeletion": 4}
    assert "deleted on" in output


def test_deployment_can_be_repeated_when_each_stack_fails_at_first(
    lake: LocalLake, before: Inventory, wait_for: Callable[..., Any]
) -> None:
    """After a removal, too: this is the deployment that follows it."""
    names = {file.name.partition(".")[0] for file in lake.assembly.glob("*.template.json")}
    of_features = sorted(names - set(ORDER))
    assert names >= set(ORDER)
    assert {stack for each in features().values() for stack in each.stacks} >= set(of_features)
    # The embedded AWS gives a role that is made anew the name of the one that was kept.
    outlived = kept(lake)
    for name in (*ORDER[:-1], *of_features, ORDER[-1]):
        there = inventory(lake) - outlived
        template = json.loads((lake.assembly / f"{name}.template.json").read_text())
        last = {**FAILING, "DependsOn": sorted(template["Resources"])}
        broken = {**template, "Resources": {**template["Resources"], "Failing": last}}
        assert create(lake, name, broken, wait_for) == "ROLLBACK_COMPLETE", reasons(lake, name)
        assert inventory(lake) - outlived == there, name
        lake.aws.client("cloudformation").delete_stack(StackName=lake.naming.stack(name))
        stacks = lake.aws.client("cloudformation").get_waiter("stack_delete_complete")
        stacks.wait(StackName=lake.naming.stack(name), WaiterConfig={"Delay": 1})
        assert create(lake, name, template, wait_for) == "CREATE_COMPLETE", reasons(lake, name)
    assert keys(lake)["Enabled"] == 4
    lake.drop({"shop/orders/a.json": b"{}"})
