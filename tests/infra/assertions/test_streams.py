"""How streams are built: what Firehose may do, where it delivers, and what it does on the way."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lakehouse.layout.streams import DATASETS_MAX, error_prefix, shared_name, shared_streams, stream_name
from lakehouse.model.dataset import Dataset, Format, Ingestion, Lake, Layer, Mode
from lakehouse.placement.parts import stack_id
from tests.fixtures.environments import LIVE, TRIAL, Environment
from tests.infra.lakes import POLICY
from tests.unit.lakehouse.datasets import ORDERS

ROLE_POLICY_MAX = 10_240
"""Characters without blanks: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


def destination(delivery: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = delivery["Properties"]["ExtendedS3DestinationConfiguration"]
    return found


def deliveries(templates: dict[str, Any]) -> dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Delivery streams and the statements of their roles, by name."""
    found = {}
    for template in templates.values():
        resources = template["Resources"]
        for resource in resources.values():
            if resource["Type"] != "AWS::KinesisFirehose::DeliveryStream":
                continue
            role = destination(resource)["RoleARN"]["Fn::GetAtt"][0]
            statements = [
                statement
                for policy in resources.values()
                if policy["Type"] == "AWS::IAM::Policy" and policy["Properties"]["Roles"] == [{"Ref": role}]
                for statement in policy["Properties"]["PolicyDocument"]["Statement"]
            ]
            found[resource["Properties"]["DeliveryStreamName"]] = (resource, statements)
    return found


def allowed(statements: list[dict[str, Any]], action: str) -> list[Any]:
    """Resources on which an action is allowed."""
    found: list[Any] = []
    for statement in statements:
        actions, resources = statement["Action"], statement["Resource"]
        if action in ([actions] if isinstance(actions, str) else actions):
            found += resources if isinstance(resources, list) else [resources]
    return found


def streamed(environment: Environment) -> dict[str, list[Dataset]]:
    """Datasets whose records come by a stream, by its name."""
    found: dict[str, list[Dataset]] = {}
    for dataset in environment.lake.datasets:
        if dataset.ingestion and dataset.ingestion.mode is Mode.STREAM:
            found.setdefault(stream_name(dataset, environment.naming), []).append(dataset)
    return found


def test_every_stream_of_a_contract_is_deployed_once(
    environment: Environment, templates: dict[str, Any]
) -> None:
    streams = [
        resource["Properties"]["Name"]
        for template in templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Kinesis::Stream"
    ]
    assert streamed(environment).keys() <= set(streams)
    assert len(streams) == len(set(streams))
    assert set(streams) == set(deliveries(templates))


def test_delivery_may_write_to_the_folders_of_its_datasets_alone(
    environment: Environment, templates: dict[str, Any]
) -> None:
    found = deliveries(templates)
    for stream, sharing in streamed(environment).items():
        folders = {f"{dataset.id}/*" for dataset in sharing} | {f"{error_prefix(sharing[0])}*"}
        arns = allowed(found[stream][1], "s3:PutObject")
        assert {re.sub(r"^arn:aws:s3:::[^/]*-bronze-[^/]*/", "", arn) for arn in arns} == folders
        assert destination(found[stream][0])["ErrorOutputPrefix"].startswith(error_prefix(sharing[0]))


def test_shared_stream_delivers_by_what_the_function_says(
    environment: Environment, templates: dict[str, Any]
) -> None:
    for stream in shared_streams(environment.lake):
        settings = destination(deliveries(templates)[shared_name(stream, environment.naming)][0])
        folder = "!{partitionKeyFromLambda:domain}/!{partitionKeyFromLambda:dataset}/"
        assert settings["Prefix"].startswith(folder)
        assert settings["DynamicPartitioningConfiguration"] == {"Enabled": True}
        assert settings["BufferingHints"]["SizeInMBs"] >= 64
        assert settings["CompressionFormat"] == "GZIP"


def test_function_knows_the_datasets_of_every_shared_stream(assemble: Callable[..., Path]) -> None:
    file = assemble(TRIAL) / "compiled" / "stream_routes" / "python" / "stream_routes.json"
    routes = json.loads(file.read_text())
    assert {name: route["datasets"] for name, route in routes.items()} == {
        "proof-lake-trial-shared-plant": ["power_plant/alerts", "power_plant/pings"]
    }


def test_delivery_may_invoke_the_one_function_when_it_uses_it(
    environment: Environment, templates: dict[str, Any]
) -> None:
    users = {
        stream
        for stream, datasets in streamed(environment).items()
        if any(each.ingestion and (each.ingestion.stream or each.ingestion.transform) for each in datasets)
    }
    for name, (delivery, statements) in deliveries(templates).items():
        arns = allowed(statements, "lambda:InvokeFunction")
        text = json.dumps(destination(delivery).get("ProcessingConfiguration"))
        if name not in users:
            assert (arns, '"Lambda"' in text) == ([], False), name
            continue
        assert len(arns) == 2, name  # the function, and its only version
        assert json.dumps(arns).count("StreamTransform") == 2, name
        assert '"Lambda"' in text
        assert "StreamTransform" in text
        assert "*" not in json.dumps(arns)


def test_parquet_is_made_by_the_bronze_table_that_was_there_before(
    environment: Environment, templates: dict[str, Any]
) -> None:
    for stream, [dataset, *_] in streamed(environment).items():
        if dataset.ingestion is None or dataset.ingestion.format is not Format.PARQUET:
            continue
        delivery, statements = deliveries(templates)[stream]
        settings = destination(delivery)
        schema = settings["DataFormatConversionConfiguration"]["SchemaConfiguration"]
        database = environment.naming.database(Layer.BRONZE, dataset.domain)
        assert (schema["DatabaseName"], schema["TableName"]) == (database, dataset.name)
        assert settings["CompressionFormat"] == "UNCOMPRESSED"
        assert settings["BufferingHints"]["SizeInMBs"] >= 64
        tables = templates[stack_id(dataset.domain, dataset.part)]["Resources"]
        before = [
            tables[name]["Properties"].get("TableInput", {}).get("Name") for name in delivery["DependsOn"]
        ]
        assert dataset.name in before
        for action in ("glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"):
            arns = [arn.split(":", 5)[5] for arn in allowed(statements, action)]
            assert arns == ["catalog", f"database/{database}", f"table/{database}/{dataset.name}"]


def test_alarm_tells_of_records_that_were_not_delivered(synthesize: Callable[..., Any]) -> None:
    watched = {
        (alarm["Properties"]["MetricName"], dimension["Value"].removeprefix("proof-lake-live-"))
        for template in synthesize(LIVE).values()
        for alarm in template["Resources"].values()
        if alarm["Type"] == "AWS::CloudWatch::Alarm"
        if alarm["Properties"].get("MetricName") in {"RefusedRecords", "FailedConversion.Records"}
        for dimension in alarm["Properties"]["Dimensions"]
    }
    assert watched == {
        ("RefusedRecords", "shared-plant"),
        ("RefusedRecords", "power-plant-readings"),
        ("FailedConversion.Records", "power-plant-readings"),
    }


def test_transform_function_may_do_nothing_but_log(templates: dict[str, Any]) -> None:
    [policy] = [
        resource["Properties"]["PolicyDocument"]["Statement"]
        for logical_id, resource in templates["Ingestion"]["Resources"].items()
        if resource["Type"] == "AWS::IAM::Policy" and logical_id.startswith("StreamTransform")
    ]
    assert [statement["Action"] for statement in policy] == [["logs:CreateLogStream", "logs:PutLogEvents"]]


ROOMY = replace(LIVE, processing=(("function", None),))
"""Without the function, so that a domain's first stack has room for as many datasets as a stream takes."""


@pytest.mark.parametrize("length", [8, 22])
def test_policy_of_a_shared_stream_fits_when_it_takes_as_many_datasets_as_it_may(
    synthesize: Callable[..., Any], length: int
) -> None:
    ingestion = Ingestion(Mode.STREAM, Format.JSON, stream="all")
    domain = "d" * length
    names = [f"{'n' * length}{at:02}" for at in range(DATASETS_MAX)]
    orders = (replace(ORDERS, domain=domain, name=name, ingestion=ingestion) for name in names)
    lake = Lake(tuple(orders), POLICY)
    statements = deliveries(synthesize(ROOMY, lake))[shared_name("all", LIVE.naming)][1]
    assert len(json.dumps(statements, separators=(",", ":"))) <= ROLE_POLICY_MAX


def test_every_stream_is_encrypted_and_sized_as_the_environment_says(
    environment: Environment, templates: dict[str, Any]
) -> None:
    settings = environment.settings.streams
    for template in templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] != "AWS::Kinesis::Stream":
                continue
            stream = resource["Properties"]
            shards = settings.shared_shards if "-shared-" in stream["Name"] else settings.shards
            assert stream["StreamEncryption"]["EncryptionType"] == "KMS"
            assert "Fn::GetStackOutput" in stream["StreamEncryption"]["KeyId"]  # the bronze key of Foundation
            assert stream["RetentionPeriodHours"] == settings.retention_hours
            assert stream.get("ShardCount") == shards
            assert stream["StreamModeDetails"]["StreamMode"] == ("PROVISIONED" if shards else "ON_DEMAND")
