import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.emulator import EmbeddedAws

MakeRole = Callable[..., str]
Deploy = Callable[..., dict[str, str]]


@pytest.hookimpl(tryfirst=True)  # before the plug-in reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together, in one process, the tests of a file, and all that ask for the whole lake."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and isinstance(item, pytest.Function):
            group = "proven" if "proven" in item.fixturenames else item.path.name
            item.add_marker(pytest.mark.xdist_group(group))


class _EmbeddedAws(EmbeddedAws):
    server = "tests.local.services.vectors"  # with a service that is there for tests alone


@pytest.fixture(scope="session")
def embedded_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """One embedded AWS for the whole session; tests use names of their own in it."""
    with _EmbeddedAws(tmp_path_factory.mktemp("aws"), port=0) as aws:
        yield aws


@pytest.fixture(scope="session")
def make_role(embedded_aws: EmbeddedAws) -> MakeRole:
    """Makes a role that a principal may assume and that allows (actions, resources); returns its ARN."""
    iam = embedded_aws.client("iam")

    def make(name: str, principal: str, *allowed: tuple[list[str], list[str]]) -> str:
        kind = "AWS" if principal.startswith("arn:") else "Service"
        trust = {"Effect": "Allow", "Principal": {kind: principal}, "Action": "sts:AssumeRole"}
        document = {"Version": "2012-10-17", "Statement": [trust]}
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))["Role"]
        statements = [{"Effect": "Allow", "Action": actions, "Resource": at} for actions, at in allowed]
        if statements:
            policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
            iam.put_role_policy(RoleName=name, PolicyName="policy", PolicyDocument=policy)
        return str(role["Arn"])

    return make


@pytest.fixture(scope="session")
def client_as(embedded_aws: EmbeddedAws) -> Callable[[str, str], Any]:
    """Makes a client of a service under a role that the account's root user may assume."""

    def make(service: str, role: str) -> Any:
        answer = embedded_aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return embedded_aws.session(
            aws_access_key_id=answer["AccessKeyId"],
            aws_secret_access_key=answer["SecretAccessKey"],
            aws_session_token=answer["SessionToken"],
        ).client(service)

    return make


@pytest.fixture(scope="session")
def deploy(embedded_aws: EmbeddedAws) -> Deploy:
    """Creates or updates a CloudFormation stack and returns its outputs; fails with the stack's reason."""
    cloudformation = embedded_aws.client("cloudformation")

    def put(stack: str, resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> dict[str, str]:
        template = {"Resources": resources, "Outputs": {k: {"Value": v} for k, v in (outputs or {}).items()}}
        names = {one["StackName"] for one in cloudformation.describe_stacks()["Stacks"]}
        change = cloudformation.update_stack if stack in names else cloudformation.create_stack
        change(StackName=stack, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"])
        found = wait_for(
            lambda: cloudformation.describe_stacks(StackName=stack)["Stacks"][0],
            lambda one: one["StackStatus"].endswith(("COMPLETE", "FAILED")),
        )
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        reasons = [one.get("ResourceStatusReason", "") for one in events if "FAILED" in one["ResourceStatus"]]
        assert found["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), reasons
        return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}

    return put


def wait_for(read: Callable[[], Any], done: Callable[[Any], bool] = bool, seconds: float = 30.0) -> Any:
    """Read until the value is as wanted and return it."""
    deadline = time.monotonic() + seconds
    while not done(value := read()):
        assert time.monotonic() < deadline, f"still {value!r} after {seconds} s"
        time.sleep(0.05)
    return value


@pytest.fixture(scope="session", name="wait_for")
def wait_for_fixture() -> Callable[..., Any]:
    """The helper of the same name."""
    return wait_for
