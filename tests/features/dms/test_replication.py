"""A deployed replication writes the full load and the changes of its tables, under its role alone."""

import copy
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow.parquet as pq
import pytest

from config.load import PROJECT_ROOT
from lakehouse.model.dataset import Dataset
from lakehouse.odcs.lake.load import load_lake
from local.emulator.launcher import EmbeddedAws
from local.features.dms.source import sample_of
from local.feed.finder import find_samples
from stacks.features.dms.mappings import SETTINGS, table_mappings
from stacks.features.dms.source import replicas
from tools.records.files.dms_files import load_name, parquet
from tools.records.source_table import Change

LAKE = load_lake(PROJECT_ROOT)
SAMPLES = find_samples(LAKE)
DATASETS = replicas(LAKE.datasets)
SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:core-AbCdEf"  # noqa: S105 (its name)
WRITE = ["s3:PutObject", "s3:DeleteObject", "s3:PutObjectTagging"]

pytestmark = pytest.mark.skipif(not DATASETS, reason="no dataset of the contracts has the source dms")


def _role(principal: str, *allowed: tuple[list[str], list[Any]]) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"}
    statements = [{"Effect": "Allow", "Action": actions, "Resource": at} for actions, at in allowed]
    policy = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    properties = {"AssumeRolePolicyDocument": document, "Policies": [policy] if allowed else []}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def _stack(name: str, may_write: bool = True, may_encrypt: bool = True) -> dict[str, Any]:
    """What `stack.py` of the feature makes, with a landing bucket and its key, as little as they need."""
    key = {"Fn::GetAtt": ["Key", "Arn"]}
    root = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}}
    key_policy = {**root, "Action": "kms:*", "Resource": "*"}
    bucket = {"Fn::GetAtt": ["Landing", "Arn"]}
    objects = {"Fn::Sub": "${Landing.Arn}/*"}
    allowed: list[tuple[list[str], list[Any]]] = [(["s3:ListBucket"], [bucket])]
    allowed += [(WRITE, [objects])] if may_write else []
    allowed += [(["kms:Encrypt", "kms:GenerateDataKey*", "kms:Decrypt"], [key])] if may_encrypt else []
    kinds: dict[str, tuple[str, dict[str, Any]]] = {
        "Key": ("KMS::Key", {"KeyPolicy": {"Version": "2012-10-17", "Statement": [key_policy]}}),
        "Landing": ("S3::Bucket", {"BucketName": f"landing-{name}"}),
        "Subnets": (
            "DMS::ReplicationSubnetGroup",
            {
                "ReplicationSubnetGroupDescription": "From where DMS reaches everything",
                "ReplicationSubnetGroupIdentifier": f"subnets-{name}",
                "SubnetIds": ["subnet-0a1b2c3d", "subnet-1a2b3c4d"],
            },
        ),
        "Source": ("DMS::Endpoint", _source(name, key)),
        "Target": ("DMS::Endpoint", _target(name, key)),
        "Replication": ("DMS::ReplicationConfig", _replication(name, key)),
    }
    resources = {at: {"Type": f"AWS::{kind}", "Properties": props} for at, (kind, props) in kinds.items()}
    return {
        **resources,
        "LandingRole": _role("dms.amazonaws.com", *allowed),
        "SecretRole": _role("dms.us-east-1.amazonaws.com"),
    }


def _source(name: str, key: object) -> dict[str, Any]:
    return {
        "EndpointIdentifier": f"source-{name}",
        "EndpointType": "source",
        "EngineName": "aurora-postgresql",
        "DatabaseName": "core",
        "SslMode": "require",
        "KmsKeyId": key,
        "PostgreSqlSettings": {
            "SecretsManagerAccessRoleArn": {"Fn::GetAtt": ["SecretRole", "Arn"]},
            "SecretsManagerSecretId": SECRET,
            "HeartbeatEnable": True,
        },
    }


def _target(name: str, key: object) -> dict[str, Any]:
    return {
        "EndpointIdentifier": f"target-{name}",
        "EndpointType": "target",
        "EngineName": "s3",
        "KmsKeyId": key,
        "S3Settings": {
            "BucketName": {"Ref": "Landing"},
            "ExpectedBucketOwner": {"Ref": "AWS::AccountId"},
            "ServiceAccessRoleArn": {"Fn::GetAtt": ["LandingRole", "Arn"]},
            "EncryptionMode": "sse-kms",
            "ServerSideEncryptionKmsKeyId": key,
            "DataFormat": "parquet",
            "CompressionType": "gzip",
            "IncludeOpForFullLoad": True,
            "TimestampColumnName": "_changed_at",
            "UseTaskStartTimeForFullLoadTimestamp": True,
            "CdcMaxBatchInterval": 60,
            "CdcMinFileSize": 32000,
            "DatePartitionEnabled": False,
            "PreserveTransactions": False,
        },
    }


def _replication(name: str, key: object) -> dict[str, Any]:
    return {
        "ReplicationConfigIdentifier": f"replication-{name}",
        "ReplicationType": "full-load-and-cdc",
        "SourceEndpointArn": {"Ref": "Source"},
        "TargetEndpointArn": {"Ref": "Target"},
        "TableMappings": table_mappings(DATASETS),
        "ReplicationSettings": SETTINGS,
        "ComputeConfig": {
            "MinCapacityUnits": 1,
            "MaxCapacityUnits": "4",
            "MultiAZ": False,
            "KmsKeyId": key,
            "ReplicationSubnetGroupId": {"Ref": "Subnets"},
            "VpcSecurityGroupIds": ["sg-0a1b2c3d"],
        },
    }


OUTPUTS = {
    "Arn": {"Ref": "Replication"},
    "Same": {"Fn::GetAtt": ["Replication", "ReplicationConfigArn"]},
    "Group": {"Ref": "Subnets"},
    "Target": {"Ref": "Target"},
    "Key": {"Fn::GetAtt": ["Key", "Arn"]},
    "Role": {"Ref": "LandingRole"},
    "SecretRole": {"Ref": "SecretRole"},
}


def _records(dataset: Dataset, changes: Sequence[Change]) -> list[dict[str, Any]]:
    written = parquet(changes, dataset.fields, dataset.key)
    return list(pq.read_table(io.BytesIO(written)).to_pylist())


def _of(dataset: Dataset, files: dict[str, Any], *, loads: bool) -> list[Any]:
    mine = {key: rows for key, rows in files.items() if key.startswith(f"{dataset.id}/")}
    return [mine[key] for key in sorted(mine) if key.endswith(load_name(1)) == loads]


def _loads(files: dict[str, Any]) -> list[Any]:
    return [_of(dataset, files, loads=True) for dataset in DATASETS]


@dataclass
class Lab:
    """A replication in a stack of its own, and what a test does with it."""

    aws: EmbeddedAws
    dms: Any
    name: str
    deploy: Callable[..., dict[str, str]]
    ended: Callable[..., dict[str, Any]]
    outputs: dict[str, str] = field(default_factory=dict)

    def put(self, resources: dict[str, Any]) -> dict[str, str]:
        """Deploy or update the stack."""
        self.outputs = self.deploy(f"dms-{self.name}", resources, OUTPUTS)
        return self.outputs

    def start(self, kind: str = "start-replication") -> None:
        """Start the replication."""
        self.dms.start_replication(ReplicationConfigArn=self.outputs["Arn"], StartReplicationType=kind)

    def stop(self) -> dict[str, Any]:
        """Stop the replication and return it."""
        self.dms.stop_replication(ReplicationConfigArn=self.outputs["Arn"])
        return self.ended(self.outputs["Arn"], "stopped")

    def failed(self) -> str:
        """Wait until the replication has failed and return why."""
        found = self.ended(self.outputs["Arn"])
        assert found["Status"] == "failed"
        return str(found["FailureMessages"][0])

    def landed(self) -> dict[str, list[dict[str, Any]]]:
        """Read the files of the landing bucket by key."""
        s3, bucket = self.aws.client("s3"), f"landing-{self.name}"
        keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        bodies = {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
        return {key: pq.read_table(io.BytesIO(body)).to_pylist() for key, body in bodies.items()}


@pytest.fixture
def lab(
    embedded_aws: EmbeddedAws,
    deploy: Callable[..., dict[str, str]],
    vpc_role: str,
    unique: str,
    ended: Callable[..., dict[str, Any]],
) -> Lab:
    assert vpc_role
    return Lab(embedded_aws, embedded_aws.client("dms"), unique, deploy, ended)


def test_load_and_changes_land_as_the_endpoint_and_the_mappings_say(
    lab: Lab, wait_for: Callable[..., Any]
) -> None:
    outputs = lab.put(_stack(lab.name))
    assert (outputs["Same"], outputs["Group"]) == (outputs["Arn"], f"subnets-{lab.name}")
    assert not [kind for kind in lab.aws.recorded_only() if kind.startswith("AWS::DMS::")]
    assert lab.ended(outputs["Arn"], "created")["ReplicationStats"] == {"TablesLoaded": 0}
    lab.start()
    lab.ended(outputs["Arn"], "running", "failed")
    files = wait_for(lab.landed, lambda found: len(found) == 2 * len(DATASETS), seconds=60)
    for dataset in DATASETS:
        sample = sample_of(dataset, SAMPLES)
        assert _of(dataset, files, loads=True) == [_records(dataset, sample.loaded)]
        assert _of(dataset, files, loads=False) == [_records(dataset, sample.changes)]
    s3 = lab.aws.client("s3")
    keys = {s3.head_object(Bucket=f"landing-{lab.name}", Key=key)["SSEKMSKeyId"] for key in files}
    assert keys == {outputs["Key"]}
    stopped = lab.stop()
    assert stopped["StopReason"] == "Stop Reason NORMAL"
    assert stopped["ReplicationStats"] == {"TablesLoaded": len(DATASETS)}


def test_replication_resumes_where_it_stopped_and_reloads_what_the_tables_hold(
    lab: Lab, wait_for: Callable[..., Any]
) -> None:
    arn = lab.put(_stack(lab.name))["Arn"]
    lab.start()
    before = wait_for(lab.landed, lambda files: len(files) == 2 * len(DATASETS), seconds=60)
    with pytest.raises(lab.dms.exceptions.InvalidResourceStateFault, match="is running cannot be deleted"):
        lab.dms.delete_replication_config(ReplicationConfigArn=arn)
    lab.stop()
    lab.start("resume-processing")
    lab.ended(arn, "running")
    lab.stop()
    assert lab.landed() == before
    lab.start("reload-target")
    now = [[_records(dataset, sample_of(dataset, SAMPLES).load(again=True)[0])] for dataset in DATASETS]
    wait_for(lab.landed, lambda files: _loads(files) == now, seconds=60)
    lab.stop()
    assert lab.landed().keys() == before.keys()
    with pytest.raises(lab.dms.exceptions.InvalidResourceStateFault, match="cannot be modified"):
        lab.dms.modify_replication_config(ReplicationConfigArn=arn, ReplicationType="full-load")
    tagged = _stack(lab.name)
    tagged["Replication"]["Properties"]["Tags"] = [{"Key": "still", "Value": "allowed"}]
    assert lab.put(tagged)["Same"] == arn
    assert lab.dms.list_tags_for_resource(ResourceArn=arn)["TagList"][0]["Value"] == "allowed"


def test_full_load_alone_stops_when_it_is_done(lab: Lab) -> None:
    resources = _stack(lab.name)
    resources["Replication"]["Properties"]["ReplicationType"] = "full-load"
    resources["Target"]["Properties"]["S3Settings"] |= {"IncludeOpForFullLoad": False, "BucketFolder": "deep"}
    lab.put(resources)
    lab.start()
    assert lab.ended(lab.outputs["Arn"])["StopReason"] == "Stop Reason FULL_LOAD_ONLY_FINISHED"
    files = lab.landed()
    assert sorted(files) == sorted(f"deep/{dataset.id}/LOAD00000001.parquet" for dataset in DATASETS)
    assert not any("Op" in row for rows in files.values() for row in rows)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"may_write": False}, "not authorized to perform: s3:PutObject"),
        ({"may_encrypt": False}, "not authorized to perform: kms:GenerateDataKey"),
    ],
)
def test_replication_fails_when_its_role_may_not_write(lab: Lab, how: dict[str, bool], message: str) -> None:
    lab.put(_stack(lab.name, **how))
    lab.start()
    assert message in lab.failed()
    assert lab.landed() == {}


@pytest.mark.parametrize(
    ("role", "principal"), [("Role", "dms.amazonaws.com"), ("SecretRole", "dms.us-east-1.amazonaws.com")]
)
def test_replication_fails_when_dms_may_no_longer_assume_its_role(
    lab: Lab, role: str, principal: str
) -> None:
    outputs = lab.put(_stack(lab.name))
    trust = {"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    lab.aws.client("iam").update_assume_role_policy(RoleName=outputs[role], PolicyDocument=document)
    lab.start()
    assert f"should be given assume role permissions for {principal}" in lab.failed()


def test_change_of_a_template_reaches_what_is_deployed(lab: Lab) -> None:
    resources = _stack(lab.name)
    before = lab.put(resources)
    changed = copy.deepcopy(resources)
    changed["Target"]["Properties"]["S3Settings"]["CdcMaxBatchInterval"] = 30
    changed["Replication"]["Properties"]["ComputeConfig"]["MaxCapacityUnits"] = 8
    changed["Replication"]["Properties"]["Tags"] = [{"Key": "a", "Value": "b"}]
    assert lab.put(changed) == before
    by_arn = [{"Name": "endpoint-arn", "Values": [before["Target"]]}]
    [endpoint] = lab.dms.describe_endpoints(Filters=by_arn)["Endpoints"]
    assert endpoint["S3Settings"]["CdcMaxBatchInterval"] == 30
    by_arn = [{"Name": "replication-config-arn", "Values": [before["Arn"]]}]
    [config] = lab.dms.describe_replication_configs(Filters=by_arn)["ReplicationConfigs"]
    assert config["ComputeConfig"]["MaxCapacityUnits"] == 8
    assert lab.dms.list_tags_for_resource(ResourceArn=before["Arn"])["TagList"][0]["Value"] == "b"


def test_stack_fails_without_the_role_that_dms_looks_for(lab: Lab) -> None:
    iam = lab.aws.client("iam")
    trust = iam.get_role(RoleName="dms-vpc-role")["Role"]["AssumeRolePolicyDocument"]
    iam.delete_role(RoleName="dms-vpc-role")
    try:
        with pytest.raises(AssertionError, match=r"permissions for dms\.amazonaws\.com: it does not exist"):
            lab.put(_stack(lab.name))
    finally:
        iam.create_role(RoleName="dms-vpc-role", AssumeRolePolicyDocument=json.dumps(trust))
