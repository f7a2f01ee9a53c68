"""Streams, queues, logs, jobs and work groups are encrypted, limited and watched."""

from collections.abc import Callable
from typing import Any

from lakehouse.model import READABLE_LAYERS


def test_stream_is_encrypted_with_a_key_of_the_lake(resources: Callable[..., Any]) -> None:
    streams = list(resources("AWS::Kinesis::Stream"))
    assert streams
    for where, stream in streams:
        assert stream["Properties"]["StreamEncryption"]["EncryptionType"] == "KMS", where


def test_delivery_compresses_partitions_by_arrival_and_keeps_failures(resources: Callable[..., Any]) -> None:
    for where, delivery in resources("AWS::KinesisFirehose::DeliveryStream"):
        target = delivery["Properties"]["ExtendedS3DestinationConfiguration"]
        converted = "DataFormatConversionConfiguration" in target  # Parquet compresses its own pages
        assert target["CompressionFormat"] == ("UNCOMPRESSED" if converted else "GZIP"), where
        assert "ingest_date=!{timestamp:yyyy-MM-dd}/ingest_hour=!{timestamp:HH}/" in target["Prefix"], where
        assert target["ErrorOutputPrefix"].startswith("_errors/"), where


def test_queue_is_encrypted_and_ends_in_a_dead_letter_queue(resources: Callable[..., Any]) -> None:
    queues = dict(resources("AWS::SQS::Queue"))
    for where, queue in queues.items():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True, where
        ends = any(name in where for name in ("DeadLetters", "Arrival"))
        assert ("RedrivePolicy" in queue["Properties"]) != ends, where
    assert len([where for where in queues if "Arrival" not in where]) == 2


def test_queue_keeps_an_arrival_back_for_as_long_as_it_leaves_out_others(
    resources: Callable[..., Any],
) -> None:
    for where, queue in resources("AWS::SQS::Queue"):
        if "Arrival" in where:
            assert queue["Properties"]["ContentBasedDeduplication"] is True, where
            assert queue["Properties"]["DelaySeconds"] >= 300, where


def test_log_group_is_encrypted_and_expires(resources: Callable[..., Any]) -> None:
    groups = list(resources("AWS::Logs::LogGroup"))
    assert groups
    for where, group in groups:
        assert "KmsKeyId" in group["Properties"], where
        assert group["Properties"]["RetentionInDays"] > 0, where


def test_job_runs_glue_5_1_with_iceberg_and_one_run_at_a_time(resources: Callable[..., Any]) -> None:
    for where, job in resources("AWS::Glue::Job"):
        properties = job["Properties"]
        assert properties["GlueVersion"] == "5.1", where
        assert properties["DefaultArguments"]["--datalake-formats"] == "iceberg", where
        assert "GlueCatalog" in properties["DefaultArguments"]["--conf"], where
        assert properties["ExecutionProperty"] == {"MaxConcurrentRuns": 1}, where
        assert properties["SecurityConfiguration"], where


def test_work_group_enforces_its_limits(resources: Callable[..., Any]) -> None:
    groups = list(resources("AWS::Athena::WorkGroup"))
    assert {g["Properties"]["Name"].split("-")[-1] for _, g in groups} == set(READABLE_LAYERS)
    for where, group in groups:
        configuration = group["Properties"]["WorkGroupConfiguration"]
        assert configuration["EnforceWorkGroupConfiguration"] is True, where
        assert configuration["BytesScannedCutoffPerQuery"] >= 1024**3, where
        encryption = configuration["ResultConfiguration"]["EncryptionConfiguration"]
        assert encryption["EncryptionOption"] == "SSE_KMS", where


def test_alarm_tells_somebody_what_to_do(resources: Callable[..., Any]) -> None:
    alarms = list(resources("AWS::CloudWatch::Alarm"))
    assert alarms
    for where, alarm in alarms:
        properties = alarm["Properties"]
        assert properties["AlarmActions"] == properties["OKActions"] != [], where
        assert ":" in properties["AlarmDescription"], where
        absent = properties["AlarmName"].endswith(("-stale", "-overdue"))  # alarms about what does not come
        assert properties["TreatMissingData"] == ("breaching" if absent else "notBreaching"), where


def test_template_is_within_the_quotas_of_cloudformation(templates: dict[str, Any]) -> None:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    for stack, template in templates.items():
        assert len(template["Resources"]) <= 500, stack
        assert len(str(template)) < 1_000_000, stack
