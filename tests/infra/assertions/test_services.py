"""Streams, queues, logs, jobs and work groups are encrypted, limited and watched."""

import json
import re
from collections.abc import Callable
from typing import Any

from tests.fixtures.environments import Environment
from tools.assembly.assembly import Assembly


def test_stream_is_encrypted_with_a_key_of_the_lake(resources: Callable[..., Any]) -> None:
    for where, stream in resources("AWS::Kinesis::Stream"):
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
        ends = any(
            name in where
            for name in ("DeadLetters", "Arrival", "UndeliveredEvents", "FreshNewsTurns", "KeyDenials")
        )
        assert ("RedrivePolicy" in queue["Properties"]) != ends, where
    assert len([where for where in queues if not re.search("Arrival|FreshNews", where)]) == 4


def test_event_that_reaches_no_target_is_kept_in_a_queue_that_takes_it(
    resources: Callable[..., Any],
) -> None:
    standard = {
        queue["Properties"]["QueueName"]: where
        for where, queue in resources("AWS::SQS::Queue")
        if not queue["Properties"].get("FifoQueue")
    }
    takers = {
        (where.partition("/")[0], name["Ref"])
        for where, policy in resources("AWS::SQS::QueuePolicy")
        for name in policy["Properties"]["Queues"]
        if "events.amazonaws.com" in str(policy)
    }
    rules = list(resources("AWS::Events::Rule"))
    assert rules
    for where, rule in rules:
        for target in rule["Properties"]["Targets"]:
            arn = target["DeadLetterConfig"]["Arn"]
            if isinstance(arn, dict):
                queue = f"{where.partition('/')[0]}/{arn['Fn::GetAtt'][0]}"
            else:
                queue = standard[arn.rpartition(":")[2]]
            assert queue in standard.values(), where  # EventBridge takes no FIFO queue here
            assert tuple(queue.split("/")) in takers, where


def test_file_waits_for_no_other_and_a_failure_is_told_within_minutes(resources: Callable[..., Any]) -> None:
    [source] = [
        source
        for where, source in resources("AWS::Lambda::EventSourceMapping")
        if where.startswith("Ingestion/")
    ]
    assert source["Properties"]["BatchSize"] == 1
    assert source["Properties"]["ScalingConfig"]["MaximumConcurrency"] >= 2
    alarms = {
        each["Properties"]["AlarmName"]: each["Properties"] for _, each in resources("AWS::CloudWatch::Alarm")
    }
    for end in ("landing-router-errors", "landing-dead-letters", "undelivered-events"):
        [found] = [alarm for name, alarm in alarms.items() if name.endswith(end)]
        assert found["Period"] * found["EvaluationPeriods"] == 60
        assert found["Threshold"] == 0


def test_throttled_transform_is_tried_for_long(resources: Callable[..., Any]) -> None:
    transforms = [
        {each["ParameterName"]: each["ParameterValue"] for each in processor["Parameters"]}
        for _, stream in resources("AWS::KinesisFirehose::DeliveryStream")
        for processor in stream["Properties"]["ExtendedS3DestinationConfiguration"]
        .get("ProcessingConfiguration", {})
        .get("Processors", [])
        if processor["Type"] == "Lambda"
    ]
    assert {int(each["NumberOfRetries"]) for each in transforms} <= {60}


def test_log_groups_of_jobs_and_crawler_are_made_before_glue_makes_them(
    assembly: Assembly,
) -> None:
    groups = {each.name for each in assembly.of("AWS::Logs::LogGroup")}
    for job in assembly.of("AWS::Glue::Job"):
        role = job.properties["Role"].rpartition("/")[2]
        prefix = f"/aws-glue/jobs/{job.properties['SecurityConfiguration']}-role/{role}"
        assert {f"{prefix}/error", f"{prefix}/output"} <= groups, job
    [crawler] = assembly.of("AWS::Glue::Crawler")
    role = crawler.properties["Role"].rpartition("/")[2]
    assert f"/aws-glue/crawlers-role/{role}-{crawler.properties['CrawlerSecurityConfiguration']}" in groups


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


def test_job_installs_its_libraries_from_the_archive_beside_its_code_alone(
    resources: Callable[..., Any],
) -> None:
    for where, job in resources("AWS::Glue::Job"):
        arguments = job["Properties"]["DefaultArguments"]
        assert arguments["--python-modules-installer-option"] == "--no-index", where
        archive = json.dumps(arguments["--additional-python-modules"])
        # Glue knows an archive of wheels by the end of its name.
        assert re.search(r"s3://.*/[0-9a-f]{64}\.gluewheels\.zip\"", archive), where


def test_work_group_enforces_its_limits(resources: Callable[..., Any], environment: Environment) -> None:
    groups = list(resources("AWS::Athena::WorkGroup"))
    personas = environment.settings.people.personas
    assert {g["Properties"]["Name"] for _, g in groups} == {*map(environment.naming.resource, personas)}
    for where, group in groups:
        configuration = group["Properties"]["WorkGroupConfiguration"]
        assert configuration["EnforceWorkGroupConfiguration"] is True, where
        assert configuration["BytesScannedCutoffPerQuery"] >= 1024**3, where
        encryption = configuration["ResultConfiguration"]["EncryptionConfiguration"]
        assert encryption["EncryptionOption"] == "SSE_KMS", where


def test_template_is_within_the_quotas_of_cloudformation(templates: dict[str, Any]) -> None:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    for stack, template in templates.items():
        assert len(template["Resources"]) <= 500, stack
        assert len(str(template)) < 1_000_000, stack
