"""The API of DMS: what there is, and what AWS refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Ended = Callable[..., dict[str, Any]]


def _refused(call: Callable[..., Any], code: str, **parameters: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**parameters)
    assert error.value.response["Error"]["Code"] == code
    return str(error.value.response["Error"]["Message"])


def _by_arn(arn: str) -> list[dict[str, Any]]:
    return [{"Name": "replication-config-arn", "Values": [arn]}]


def test_replication_is_created_and_does_not_run(dms: Any, replication: str, config: dict[str, Any]) -> None:
    [found] = dms.describe_replication_configs(Filters=_by_arn(replication))["ReplicationConfigs"]
    assert {name: found[name] for name in config} == config
    [told] = dms.describe_replications(Filters=_by_arn(replication))["Replications"]
    assert (told["Status"], told.get("StartReplicationType")) == ("created", None)


def test_name_that_is_taken_is_refused(dms: Any, replication: str, config: dict[str, Any]) -> None:
    assert replication
    _refused(dms.create_replication_config, "ResourceAlreadyExistsFault", **config)


def test_ends_of_a_replication_must_be_there_and_of_their_kind(
    dms: Any, config: dict[str, Any], ends: tuple[str, str]
) -> None:
    swapped = {**config, "SourceEndpointArn": ends[1]}
    message = _refused(dms.create_replication_config, "InvalidParameterValueException", **swapped)
    assert message == f"{ends[1]} is no source endpoint"
    missing = {**config, "TargetEndpointArn": "arn:aws:dms:us-east-1:000000000000:endpoint:GONE"}
    _refused(dms.create_replication_config, "ResourceNotFoundFault", **missing)


def test_mappings_must_be_json(dms: Any, config: dict[str, Any]) -> None:
    broken = {**config, "TableMappings": "{"}
    message = _refused(dms.create_replication_config, "InvalidParameterValueException", **broken)
    assert message.startswith("TableMappings is not JSON")


def test_what_a_replication_uses_cannot_be_deleted(
    dms: Any, replication: str, ends: tuple[str, str], vpc_role: str, unique: str
) -> None:
    for arn in ends:
        _refused(dms.delete_endpoint, "InvalidResourceStateFault", EndpointArn=arn)
    group = dms.create_replication_subnet_group(
        ReplicationSubnetGroupIdentifier=f"Used-{unique}",
        ReplicationSubnetGroupDescription="used",
        SubnetIds=["subnet-a", "subnet-b"],
    )["ReplicationSubnetGroup"]["ReplicationSubnetGroupIdentifier"]
    compute = {"MaxCapacityUnits": 1, "ReplicationSubnetGroupId": group}
    dms.modify_replication_config(ReplicationConfigArn=replication, ComputeConfig=compute)
    by_name = {"ReplicationSubnetGroupIdentifier": group}
    _refused(dms.delete_replication_subnet_group, "InvalidResourceStateFault", **by_name)
    dms.delete_replication_config(ReplicationConfigArn=replication)
    for arn in ends:
        dms.delete_endpoint(EndpointArn=arn)
    dms.delete_replication_subnet_group(**by_name)
    _refused(dms.describe_replications, "ResourceNotFoundFault", Filters=_by_arn(replication))


def test_subnet_group_needs_two_zones(dms: Any, vpc_role: str) -> None:
    _refused(
        dms.create_replication_subnet_group,
        "ReplicationSubnetGroupDoesNotCoverEnoughAZs",
        ReplicationSubnetGroupIdentifier="small",
        ReplicationSubnetGroupDescription="one subnet",
        SubnetIds=["subnet-a", "subnet-a"],
    )


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("resume-processing", "InvalidParameterCombinationException"),
        ("reload-target", "InvalidParameterCombinationException"),
        ("start-again", "InvalidParameterValueException"),
    ],
)
def test_first_start_must_be_a_start(dms: Any, replication: str, kind: str, code: str) -> None:
    _refused(dms.start_replication, code, ReplicationConfigArn=replication, StartReplicationType=kind)


def test_replication_that_does_not_run_cannot_be_stopped(dms: Any, replication: str) -> None:
    message = _refused(dms.stop_replication, "InvalidResourceStateFault", ReplicationConfigArn=replication)
    assert message == "the replication does not run: it is created"


def test_modifying_an_endpoint_completes_its_settings_unless_they_are_exact(
    dms: Any, ends: tuple[str, str]
) -> None:
    def modified(**more: Any) -> set[str]:
        settings = {"BucketFolder": "folder"}
        answer = dms.modify_endpoint(EndpointArn=ends[1], S3Settings=settings, **more)
        return set(answer["Endpoint"]["S3Settings"])

    assert modified() == {"ServiceAccessRoleArn", "BucketName", "DataFormat", "BucketFolder"}
    assert modified(ExactSettings=True) == {"BucketFolder"}


def test_lists_are_filtered_and_paged(dms: Any, ends: tuple[str, str], unique: str) -> None:
    def found(name: str, value: str) -> list[str]:
        filters = [{"Name": name, "Values": [value]}]
        return [one["EndpointArn"] for one in dms.describe_endpoints(Filters=filters)["Endpoints"]]

    assert found("endpoint-id", f"source-{unique}") == [ends[0]]
    assert ends[1] in found("engine-name", "s3")
    _refused(
        dms.describe_endpoints,
        "InvalidParameterValueException",
        Filters=[{"Name": "colour", "Values": ["x"]}],
    )
    pages = dms.get_paginator("describe_endpoints").paginate(PaginationConfig={"PageSize": 1})
    listed = [one["EndpointArn"] for page in pages for one in page["Endpoints"]]
    assert len(set(listed)) == len(listed)
    assert set(ends) <= set(listed)


def test_tags_are_kept(dms: Any, config: dict[str, Any]) -> None:
    tags = [{"Key": "a", "Value": "b"}]
    arn = dms.create_replication_config(**config, Tags=tags)["ReplicationConfig"]["ReplicationConfigArn"]
    dms.add_tags_to_resource(ResourceArn=arn, Tags=[{"Key": "c", "Value": "d"}])
    dms.remove_tags_from_resource(ResourceArn=arn, TagKeys=["a"])
    assert dms.list_tags_for_resource(ResourceArn=arn)["TagList"] == [
        {"Key": "c", "Value": "d", "ResourceArn": arn}
    ]


def test_password_of_an_endpoint_is_not_told(dms: Any, unique: str) -> None:
    answer = dms.create_endpoint(
        EndpointIdentifier=f"secret-{unique}",
        EndpointType="source",
        EngineName="postgres",
        Password="hidden",  # noqa: S106
    )
    assert "hidden" not in str(answer)


@pytest.mark.parametrize(
    "case",
    [
        ({"DataFormat": "csv"}, "not emulated in S3Settings: DataFormat csv"),
        ({"DatePartitionEnabled": True}, "DatePartitionEnabled True"),
        ({"TimestampColumnName": "at"}, "UseTaskStartTimeForFullLoadTimestamp False"),
        ({}, "not authorized to perform: s3:ListBucket"),
    ],
)
def test_replication_fails_with_what_is_wrong_with_its_target(
    dms: Any, replication: str, ends: tuple[str, str], ended: Ended, case: tuple[dict[str, Any], str]
) -> None:
    settings, message = case
    dms.modify_endpoint(EndpointArn=ends[1], S3Settings=settings)
    dms.start_replication(ReplicationConfigArn=replication, StartReplicationType="start-replication")
    failed = ended(replication)
    assert (failed["Status"], failed["StopReason"]) == ("failed", "Stop Reason FATAL_ERROR")
    assert message in failed["FailureMessages"][0]
