"""The table of alarms: which there are, from which figure on, and that each says what to do."""

import re
from typing import Any

import pytest

from config.load import PROJECT_ROOT
from lakehouse.layout.streams import stream_name
from lakehouse.model.dataset import Mode
from local.alarms.metrics import Metric
from local.alarms.sources import Banded, Queried, Single
from tests.fixtures.environments import Environment
from tests.infra.alarms.conftest import Alarms
from tools.assembly.assembly import Assembly

RUNBOOK = (PROJECT_ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")


@pytest.fixture
def alarms(assembly: Assembly) -> Alarms:
    """Alarms of each environment in turn, of the project's own, too."""
    return Alarms.of(assembly)


def of_metric(alarms: Alarms, namespace: str, name: str) -> dict[frozenset[tuple[str, str]], Any]:
    """Alarms about a metric, by its dimensions."""
    return {
        alarm.source.metric.dimensions: alarm
        for alarm in alarms.metric.values()
        if isinstance(alarm.source, Single)
        and alarm.source.metric == Metric(namespace, name, alarm.source.metric.dimensions)
    }


def of_query(alarms: Alarms, metric: str) -> Any:
    """The alarm about a metric that is found by a query."""
    [found] = [
        each
        for each in alarms.metric.values()
        if isinstance(each.source, Queried) and each.source.query.metric == metric
    ]
    return found


def test_each_stream_is_watched_for_age_room_and_delivery(environment: Environment, alarms: Alarms) -> None:
    settings = environment.settings
    streams = {
        stream_name(each, environment.naming)
        for each in environment.lake.datasets
        if each.ingestion and each.ingestion.mode is Mode.STREAM
    }
    delivery = settings.streams.buffer_seconds + settings.alarms.delivery_minutes * 60
    for namespace, metric, dimension, threshold in (
        (
            "AWS/Kinesis",
            "GetRecords.IteratorAgeMilliseconds",
            "StreamName",
            settings.alarms.iterator_age_seconds * 1000,
        ),
        ("AWS/Kinesis", "WriteProvisionedThroughputExceeded", "StreamName", 0),
        ("AWS/Firehose", "DeliveryToS3.DataFreshness", "DeliveryStreamName", delivery),
    ):
        found = of_metric(alarms, namespace, metric)
        assert set(found) == {frozenset({(dimension, name)}) for name in streams}, metric
        assert {each.properties["Threshold"] for each in found.values()} <= {threshold}, metric


def test_glue_jobs_are_watched_for_stages_and_heap(environment: Environment, alarms: Alarms) -> None:
    settings = environment.settings.alarms
    stalled, heap = (
        of_query(alarms, name)
        for name in ("glue.driver.aggregate.numCompletedStages", "glue.ALL.jvm.heap.usage")
    )
    assert (stalled.comparison, stalled.properties["Threshold"]) == ("LessThanOrEqualToThreshold", 0)
    assert stalled.period * stalled.judge.breaching == settings.stalled_minutes * 60
    assert heap.comparison == "GreaterThanThreshold"
    assert heap.properties["Threshold"] == pytest.approx(settings.heap_percent / 100)


def test_counted_buckets_are_watched_for_unusual_and_refused_requests(
    environment: Environment, assembly: Assembly, alarms: Alarms
) -> None:
    settings, naming = environment.settings.alarms, environment.naming
    counted = {naming.bucket(role) for role in settings.counted_buckets}
    assert counted == {
        each.name for each in assembly.of("AWS::S3::Bucket") if each.properties.get("MetricsConfigurations")
    }
    refused = of_metric(alarms, "AWS/S3", "4xxErrors")
    bands = [each for each in alarms.metric.values() if isinstance(each.source, Banded)]
    for found in ([dict(each) for each in refused], [dict(_banded(each).dimensions) for each in bands]):
        assert {each["BucketName"] for each in found} == counted
        assert {each["FilterId"] for each in found} <= {"AllRequests"}
    for alarm in refused.values():
        assert alarm.properties["Threshold"] == settings.client_errors
        assert (alarm.period, alarm.source.statistic) == (300, "Sum")
    for alarm in bands:
        assert _banded(alarm).name == "AllRequests"
        assert alarm.source.deviations == settings.request_deviations  # type: ignore[attr-defined]


def _banded(alarm: Any) -> Metric:
    metric: Metric = alarm.source.single.metric
    return metric


def test_functions_are_watched_near_their_limit(
    environment: Environment, assembly: Assembly, alarms: Alarms
) -> None:
    share = environment.settings.alarms.function_time_percent / 100
    limits = {each.name: each.properties["Timeout"] for each in assembly.of("AWS::Lambda::Function")}
    found = of_metric(alarms, "AWS/Lambda", "Duration")
    assert found
    for dimensions, alarm in found.items():
        limit = limits[dict(dimensions)["FunctionName"]]
        assert alarm.properties["Threshold"] == pytest.approx(limit * 1000 * share)


def test_datasets_are_watched_for_what_contracts_promise(environment: Environment, alarms: Alarms) -> None:
    settings = environment.settings.alarms
    for metric, threshold in (
        ("HoursOverdue", 0),
        ("RecordsMissing", 0),
        ("GateClosed", 0),
        ("RejectedPercent", settings.rejected_percent),
        ("HoursWaiting", settings.waiting_hours),
    ):
        alarm = of_query(alarms, metric)
        query = alarm.source.query
        assert (query.namespace, query.schema) == (
            f"{environment.settings.project}/{environment.settings.environment}",
            frozenset({"Dataset"}),
        )
        assert (query.group, alarm.properties["Threshold"]) == (("Dataset",), threshold)


def test_undeclared_personal_data_are_told_by_dataset_and_column(
    environment: Environment, alarms: Alarms
) -> None:
    alarm = of_query(alarms, "UndeclaredPersonalData")
    query = alarm.source.query
    assert query.namespace == f"{environment.settings.project}/{environment.settings.environment}"
    assert (query.schema, query.group) == (frozenset({"Dataset", "Column"}), ("Dataset", "Column"))
    assert alarm.properties["Threshold"] == 0


def test_queues_of_what_failed_are_watched(assembly: Assembly, alarms: Alarms) -> None:
    """Dead letters, those of targets of EventBridge among them."""
    dead = set()
    for queue in assembly.of("AWS::SQS::Queue"):
        dead.add(queue.properties.get("RedrivePolicy", {}).get("deadLetterTargetArn"))
    for rule in assembly.of("AWS::Events::Rule"):
        dead |= {each.get("DeadLetterConfig", {}).get("Arn") for each in rule.properties.get("Targets", ())}
    watched = {
        dict(dimensions)["QueueName"]
        for dimensions in of_metric(alarms, "AWS/SQS", "ApproximateNumberOfMessagesVisible")
    }
    assert {arn.rpartition(":")[2] for arn in dead if arn} <= watched


def test_what_an_account_shares_is_watched(alarms: Alarms, environment: Environment) -> None:
    assert frozenset() in of_metric(alarms, "AWS/Lambda", "Throttles")
    denials = environment.naming.resource("key-denials")
    assert frozenset({("QueueName", denials)}) in of_metric(alarms, "AWS/SQS", "NumberOfMessagesSent")
    assert len(of_metric(alarms, "AWS/States", "ExecutionsFailed")) == len(environment.lake.domains)


def test_refusals_of_keys_are_kept_whoever_only_read(assembly: Assembly) -> None:
    [rule] = [
        each for each in assembly.of("AWS::Events::Rule") if each.properties["Name"].endswith("-key-denials")
    ]
    assert rule.properties["State"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    assert rule.properties["EventPattern"]["source"] == ["aws.kms"]


def test_every_alarm_names_the_lake_and_a_row_of_the_runbook(
    environment: Environment, alarms: Alarms
) -> None:
    anchors = set(re.findall(r'<a id="([a-z-]+)"></a>', RUNBOOK))
    for name, alarm in alarms.all.items():
        assert name.startswith(f"{environment.naming.prefix}-")
        link = str(alarm.properties["AlarmDescription"]).rpartition(" ")[2]
        page, _, anchor = link.partition("#")
        assert page == environment.settings.alarms.runbook_url, name
        assert anchor in anchors, name


def test_every_alarm_tells_by_itself_or_by_one_composite_alarm(
    environment: Environment, assembly: Assembly, alarms: Alarms
) -> None:
    [topic] = [each.arn for each in assembly.of("AWS::SNS::Topic") if each.name.endswith("-alarms")]
    grouped = environment.settings.alarms.page_by == "domain"
    assert bool(alarms.composite) is grouped
    for name, alarm in alarms.all.items():
        own = {action for actions in alarm.actions.by_state.values() for action in actions}
        assert own == (set() if alarms.parents(name) else {topic}), name
        assert len(alarms.parents(name)) <= 1, name


def test_chat_hears_of_alarms_and_may_do_nothing(environment: Environment, assembly: Assembly) -> None:
    chat = environment.settings.alarms.chat
    found = list(assembly.of("AWS::Chatbot::SlackChannelConfiguration"))
    assert len(found) == (chat is not None)
    for channel in found:
        assert channel.properties["SlackChannelId"] == getattr(chat, "slack_channel", None)
        assert [arn.rpartition("-")[2] for arn in channel.properties["SnsTopicArns"]] == ["alarms"]
        assert channel.properties["GuardrailPolicies"][0].endswith(":policy/AWSDenyAll")
        role = assembly.at(channel.properties["IamRoleArn"])
        assert role is not None
        assert not role.properties.get("ManagedPolicyArns")
        assert not role.properties.get("Policies")


def test_no_alarm_takes_silence_for_a_fault(alarms: Alarms) -> None:
    """Or a lake to which nothing has come yet would be red."""
    assert {each.judge.missing for each in alarms.metric.values()} <= {"notBreaching", "missing"}
