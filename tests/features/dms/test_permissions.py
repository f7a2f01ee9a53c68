"""DMS behind IAM: callers need the permission on the very replication, and to pass an endpoint's role."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.launcher import EmbeddedAws

Under = Callable[..., Any]


@pytest.fixture
def under(
    embedded_aws: EmbeddedAws,
    make_role: Callable[..., str],
    client_as: Callable[[str, str], Any],
    unique: str,
) -> Under:
    """Makes a client of DMS under a role that allows (actions, resources)."""
    made: list[str] = []

    def make(*allowed: tuple[list[str], list[str]]) -> Any:
        name = f"dms-{unique}-{len(made)}"
        made.append(make_role(name, f"arn:aws:iam::{embedded_aws.account}:root", *allowed))
        return client_as("dms", made[-1])

    return make


def _denied(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**parameters)
    assert error.value.response["Error"]["Code"] == "AccessDeniedException"
    return str(error.value.response["Error"]["Message"])


def test_replication_is_started_by_whom_its_own_arn_is_allowed(
    under: Under, replication: str, ended: Callable[..., dict[str, Any]]
) -> None:
    start = {"ReplicationConfigArn": replication, "StartReplicationType": "start-replication"}
    assert f"dms:StartReplication on resource: {replication}" in _denied(under().start_replication, **start)
    other = under((["dms:StartReplication"], [f"{replication}X"]))
    _denied(other.start_replication, **start)
    allowed = under((["dms:StartReplication"], [replication]))
    assert allowed.start_replication(**start)["Replication"]["Status"] == "initializing"
    _denied(allowed.stop_replication, ReplicationConfigArn=replication)
    ended(replication)


def test_replication_config_needs_both_of_its_endpoints(
    under: Under, config: dict[str, Any], ends: tuple[str, str]
) -> None:
    one = under((["dms:CreateReplicationConfig"], [ends[0]]))
    assert f"on resource: {ends[1]}" in _denied(one.create_replication_config, **config)
    assert under((["dms:CreateReplicationConfig"], list(ends))).create_replication_config(**config)


def test_lists_need_the_permission_on_everything(under: Under, replication: str) -> None:
    _denied(under((["dms:DescribeReplications"], [replication])).describe_replications)
    assert under((["dms:DescribeReplications"], ["*"])).describe_replications()["Replications"]


def test_endpoint_needs_the_permission_to_pass_its_role(
    under: Under, make_role: Callable[..., str], unique: str
) -> None:
    role = make_role(f"passed-{unique}", "dms.amazonaws.com")
    endpoint = {
        "EndpointIdentifier": f"passed-{unique}",
        "EndpointType": "target",
        "EngineName": "s3",
        "S3Settings": {"ServiceAccessRoleArn": role, "BucketName": "any"},
    }
    create = (["dms:CreateEndpoint"], ["arn:aws:dms:us-east-1:000000000000:endpoint:*"])
    assert f"iam:PassRole on resource: {role}" in _denied(under(create).create_endpoint, **endpoint)
    assert under(create, (["iam:PassRole"], [role])).create_endpoint(**endpoint)


def test_role_that_dms_may_not_assume_is_refused(
    dms: Any, make_role: Callable[..., str], unique: str
) -> None:
    role = make_role(f"glue-{unique}", "glue.amazonaws.com")
    settings = {"ServiceAccessRoleArn": role, "BucketName": "any"}
    with pytest.raises(dms.exceptions.AccessDeniedFault, match=r"assume role permissions for dms\.amazonaws"):
        dms.create_endpoint(
            EndpointIdentifier=f"untrusted-{unique}",
            EndpointType="target",
            EngineName="s3",
            S3Settings=settings,
        )
