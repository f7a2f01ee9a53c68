from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws

_number = count(1)
DMS = "dms.amazonaws.com"


@pytest.fixture(scope="session")
def dms(embedded_aws: EmbeddedAws) -> Any:
    return embedded_aws.client("dms")


@pytest.fixture(scope="session")
def vpc_role(make_role: Callable[..., str]) -> str:
    """The role without which DMS makes no subnet group."""
    return make_role("dms-vpc-role", DMS)


@pytest.fixture
def unique() -> str:
    return f"x{next(_number)}"


@pytest.fixture
def ends(dms: Any, make_role: Callable[..., str], unique: str) -> tuple[str, str]:
    """ARNs of a source and of an S3 target."""
    role = make_role(f"ends-{unique}", DMS)
    source = dms.create_endpoint(
        EndpointIdentifier=f"source-{unique}", EndpointType="source", EngineName="aurora-postgresql"
    )
    target = dms.create_endpoint(
        EndpointIdentifier=f"target-{unique}",
        EndpointType="target",
        EngineName="s3",
        S3Settings={"ServiceAccessRoleArn": role, "BucketName": "nowhere", "DataFormat": "parquet"},
    )
    return source["Endpoint"]["EndpointArn"], target["Endpoint"]["EndpointArn"]


@pytest.fixture
def config(ends: tuple[str, str], unique: str) -> dict[str, Any]:
    """Parameters of a replication config."""
    return {
        "ReplicationConfigIdentifier": f"config-{unique}",
        "SourceEndpointArn": ends[0],
        "TargetEndpointArn": ends[1],
        "ComputeConfig": {"MaxCapacityUnits": 1},
        "ReplicationType": "full-load-and-cdc",
        "TableMappings": '{"rules": []}',
    }


@pytest.fixture
def replication(dms: Any, config: dict[str, Any]) -> str:
    """ARN of a replication that is created."""
    return str(dms.create_replication_config(**config)["ReplicationConfig"]["ReplicationConfigArn"])


@pytest.fixture
def ended(dms: Any, wait_for: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """Waits until a replication has one of some states and returns it."""

    def wait(arn: str, *states: str) -> dict[str, Any]:
        def read() -> dict[str, Any]:
            filters = [{"Name": "replication-config-arn", "Values": [arn]}]
            return dict(dms.describe_replications(Filters=filters)["Replications"][0])

        return dict(
            wait_for(read, lambda one: one["Status"] in (states or ("failed", "stopped")), seconds=90)
        )

    return wait
