"""Faults that only AWS would have told are told by `lake preflight`: planted in copies of the templates."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.load import PROJECT_ROOT
from tests.fixtures.environments import LIVE
from tests.infra.preflight.planting import Copy, Faults, Planted, is_seen
from tools.assembly.assembly import Assembly
from tools.assembly.folder import Stack, read
from tools.preflight.run import look

ROLE, KEY = "AWS::IAM::Role", "AWS::KMS::Key"
BUCKET, QUEUE, TOPIC = "AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"
GITHUB = "https://github.com/"
OURS = {"Ref": "AWS::AccountId"}

of_the_table, of_threads = Faults(), Faults()


@pytest.fixture(scope="session")
def stacks(assemble: Callable[..., Path]) -> tuple[Stack, ...]:
    return read(assemble(LIVE))


@pytest.fixture
def copy(stacks: tuple[Stack, ...]) -> Copy:
    return Copy(stacks)


# What the table says of services, turned around.


@of_the_table("alarm-topic", "DomainShop/")
def topic_lets_another_account_publish(copy: Copy) -> None:
    statement = copy.statement("Foundation", "AlarmsPolicy", "AlarmsPublish", TOPIC)
    statement["Condition"]["StringEquals"]["aws:SourceAccount"] = "123456789012"


@of_the_table("alarm-topic-key", "Ingestion/")
def topic_is_encrypted_with_the_key_of_aws(copy: Copy) -> None:
    copy.properties("Foundation", "Alarms", "AWS::SNS::Topic")["KmsMasterKeyId"] = "alias/aws/sns"


@of_the_table("events-dead-letters", "DomainShop/PipelineArrivalRule")
def dead_letters_are_taken_from_rules_of_another_name(copy: Copy) -> None:
    statement = copy.statement("Ingestion", "UndeliveredEvents", "sqs:SendMessage", QUEUE)
    statement["Condition"]["ArnLike"]["aws:SourceArn"] += "-other"


@of_the_table("bucket-tells-eventbridge", "Ingestion/ObjectCreated")
def bucket_tells_nobody_of_its_objects(copy: Copy) -> None:
    del copy.properties("Storage", "Landing", "AWS::S3::Bucket")["NotificationConfiguration"]


@of_the_table("access-logs", "Storage/Bronze")
def prefix_of_a_buckets_access_logs_is_left_out(copy: Copy) -> None:
    statements = copy.statements("Foundation", "AccessLogsPolicy", BUCKET)
    [logging] = [each for each in statements if "logging.s3" in str(each["Principal"])]
    logging["Resource"] = {"Fn::Sub": "${AccessLogs}/others/*"}


@of_the_table("scheduler-trust", "DomainShop/PipelineSchedule")
def schedule_is_named_where_its_group_is_sent(copy: Copy) -> None:
    [statement] = copy.statements("DomainShop", "PipelineScheduleRole", ROLE)
    arn = {
        "Fn::Sub": "arn:aws:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/default/proof-lake-live-shop"
    }
    statement["Condition"] = {"ArnLike": {"aws:SourceArn": arn}}


@of_the_table("pipe-queue", "DomainShop/PipelineArrivalPipe")
def pipe_may_not_ask_for_attributes_of_its_queue(copy: Copy) -> None:
    copy.forbid("DomainShop", "PipelineArrivalRoleDefaultPolicy", "sqs:GetQueueAttributes")


@of_the_table("states-job", "DomainShop/Pipeline")
def pipeline_may_start_a_job_and_not_look_at_it(copy: Copy) -> None:
    copy.forbid("DomainShop", "PipelineRoleDefaultPolicy", "glue:GetJobRun")


@of_the_table("query-result-key", "Governance/AnalystRole")
def analyst_may_not_use_the_key_of_results(copy: Copy) -> None:
    copy.forbid("Governance", "AnalystRoleDefaultPolicy", "kms:GenerateDataKey")


@of_the_table("glue-optimizer-list", "DomainShop/")
def optimizer_lists_by_prefix_alone(copy: Copy) -> None:
    statement = copy.statement("DomainShop", "OptimizerRoleDefaultPolicy", "s3:ListBucket")
    statement["Condition"] = {"StringLike": {"s3:prefix": "shop/*"}}


@of_the_table("glue-optimizer-data-access", "DomainShop/")
def optimizer_may_not_ask_for_access_to_data(copy: Copy) -> None:
    copy.forbid("DomainShop", "OptimizerRoleDefaultPolicy", "lakeformation:GetDataAccess")


@of_the_table("glue-optimizer-location", "DomainShop/")
def locations_are_registered_as_a_role_that_reads_alone(copy: Copy) -> None:
    copy.forbid("Governance", "LocationRoleDefaultPolicy", "s3:PutObject")


@of_the_table("firehose-errors", "DomainShop/")
def delivery_may_not_write_what_it_refuses(copy: Copy) -> None:
    statement = copy.statement("DomainShop", "DatasetsOrdersSourceRoleDefaultPolicy", "s3:PutObject")
    statement["Resource"] = [each for each in statement["Resource"] if "_errors" not in str(each)]


@of_the_table("firehose-function", "DomainPowerPlant/")
def delivery_may_invoke_the_function_by_its_bare_name_alone(copy: Copy) -> None:
    statement = copy.statement(
        "DomainPowerPlant", "DatasetsReadingsSourceRoleDefaultPolicy", "lambda:InvokeFunction"
    )
    statement["Resource"] = statement["Resource"][0]


@of_the_table("glue-table-parents", "DomainShop/BronzeToSilverRole")
def right_on_tables_lacks_their_catalog(copy: Copy) -> None:
    statement = copy.statement("DomainShop", "BronzeToSilverRoleDefaultPolicy", "glue:GetTable")
    statement["Resource"] = [each for each in statement["Resource"] if not str(each).endswith(":catalog")]


@of_the_table("secret-key", "DomainShop/BronzeToSilverRole")
def boundary_denies_what_the_policy_allows(copy: Copy) -> None:
    deny = {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}
    limited = {"StringLike": {"kms:ViaService": "secretsmanager.*"}}
    copy.statements("Foundation", "Boundary", "AWS::IAM::ManagedPolicy").append(
        {**deny, "Condition": limited}
    )


@of_the_table("object-write-key", "DomainShop/SilverToGoldRole")
def key_policy_demands_the_context_of_an_object_where_the_bucket_is_sent(copy: Copy) -> None:
    statement = copy.statement("Foundation", "GoldKey", "RolesOfTheLake", KEY)
    statement["Condition"]["StringLike"] = {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::*/*"}


@of_the_table("role-policy-size", "DomainShop/BronzeToSilverRole")
def policy_outgrows_its_role(copy: Copy) -> None:
    statement = copy.statement("DomainShop", "BronzeToSilverRoleDefaultPolicy", "s3:ListBucket")
    statement["Resource"] += [f"arn:aws:s3:::{'x' * 50}-{number}" for number in range(200)]


@of_the_table("name-iam-role", "DomainShop/OptimizerRole")
def role_has_a_name_that_is_too_long(copy: Copy) -> None:
    copy.properties("DomainShop", "OptimizerRole", ROLE)["RoleName"] = "o" * 65


# What people reported of their deployments.


@of_threads("log-group-key", "DomainShop/", f"{GITHUB}aws/aws-cdk/issues/28304")
def key_does_not_know_logs(copy: Copy) -> None:
    statements = copy.statements("Foundation", "LogsKey", KEY)
    statements.remove(copy.statement("Foundation", "LogsKey", "CloudWatchLogs", KEY))


@of_threads("log-group-key", "Ingestion/", f"{GITHUB}ministryofjustice/modernisation-platform/issues/7870")
def context_of_logs_ends_in_an_asterisk_that_is_never_sent(copy: Copy) -> None:
    statement = copy.statement("Foundation", "LogsKey", "CloudWatchLogs", KEY)
    statement["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"] += ":*"


@of_threads("log-group-key", "Governance/", f"{GITHUB}govuk-one-login/authentication-api/pull/1604")
def logs_may_not_encrypt_again(copy: Copy) -> None:
    statement = copy.statement("Foundation", "LogsKey", "CloudWatchLogs", KEY)
    statement["Action"] = ["kms:Encrypt", "kms:Decrypt", "kms:Describe*"]


@of_threads(
    "glue-job-log-key", "DomainShop/", f"{GITHUB}aws-samples/aws-secure-environment-accelerator/pull/1293"
)
def caller_of_logs_may_not_use_the_key(copy: Copy) -> None:
    statements = copy.statements("Foundation", "LogsKey", KEY)
    statements.remove(copy.statement("Foundation", "LogsKey", "ThroughCloudWatchLogs", KEY))


@of_threads(
    "events-topic-key", "Foundation/Tell", f"{GITHUB}awslabs/landing-zone-accelerator-on-aws/issues/407"
)
def key_of_a_topic_demands_an_account_that_eventbridge_does_not_send(copy: Copy) -> None:
    services = ["cloudwatch.amazonaws.com", "events.amazonaws.com"]
    copy.statement("Foundation", "LogsKey", "Alarms", KEY)["Principal"]["Service"] = services
    publish = copy.statement("Foundation", "AlarmsPolicy", "AlarmsPublish", TOPIC)
    publish["Principal"]["Service"] = services
    topic = next(iter(copy.properties("Foundation", "AlarmsPolicy", TOPIC)["Topics"]))
    copy.add("Foundation", "Tell", "AWS::Events::Rule", Name="tell", Targets=[{"Id": "Topic", "Arn": topic}])


@of_threads("events-dead-letters-key", "DomainShop/", f"{GITHUB}aws/aws-cdk/issues/33169")
def key_of_dead_letters_does_not_know_eventbridge(copy: Copy) -> None:
    queue = copy.properties("Ingestion", "UndeliveredEventsQueue", "AWS::SQS::Queue")
    del queue["SqsManagedSseEnabled"]
    queue["KmsMasterKeyId"] = copy.properties("Storage", "Bronze", "AWS::S3::Bucket")["BucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ][0]["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]


@of_threads("firehose-source", "DomainShop/", f"{GITHUB}aws/aws-cdk/issues/5221")
def delivery_is_made_before_its_policy(copy: Copy) -> None:
    del copy.resource("DomainShop", "DatasetsOrdersSourceDelivery")["DependsOn"]


@of_threads("states-logging", "DomainShop/Pipeline", f"{GITHUB}aws/aws-cdk/issues/26432")
def state_machine_is_made_before_its_role_may_log(copy: Copy) -> None:
    copy.resource("DomainShop", "Pipeline", "AWS::StepFunctions::StateMachine").pop("DependsOn")


@of_threads("lambda-trust", "Ingestion/", f"{GITHUB}prowler-cloud/prowler/issues/2810", "warning")
def role_of_a_function_demands_a_source(copy: Copy) -> None:
    [statement] = copy.statements("Ingestion", "LandingRouterRole", ROLE)
    statement["Condition"] = {"StringEquals": {"aws:SourceAccount": OURS}}


@of_threads(
    "glue-crawler-trust", "Governance/Crawler", f"{GITHUB}hashicorp/terraform-provider-aws/issues/30371"
)
def crawler_gets_a_role_that_trusts_somebody_else(copy: Copy) -> None:
    [statement] = copy.statements("Governance", "CrawlerRole", ROLE)
    statement["Principal"] = {"Service": "lambda.amazonaws.com"}


@of_threads("glue-job-code-key", "DomainShop/BronzeToSilver", f"{GITHUB}aws/aws-cdk/issues/20255")
def job_may_not_decrypt_its_script(copy: Copy) -> None:
    statements = copy.statements("DomainShop", "BronzeToSilverRoleDefaultPolicy")
    statements[:] = [each for each in statements if "kms:ViaService" not in str(each)]


@of_threads(
    "states-vended-logs",
    "DomainShop/Pipeline",
    f"{GITHUB}awslabs/visual-asset-management-system/issues/157",
    "warning",
)
def log_group_of_a_state_machine_fills_the_resource_policy(copy: Copy) -> None:
    copy.properties("DomainShop", "PipelineLogs")["LogGroupName"] = "/aws/states/shop"


@of_threads("waf-log-group", "Ingestion/Waf", f"{GITHUB}hashicorp/terraform-provider-aws/issues/25296")
def log_group_of_a_firewall_is_named_as_getatt_names_it(copy: Copy) -> None:
    copy.add("Ingestion", "WafLogs", "AWS::Logs::LogGroup", LogGroupName="aws-waf-logs-x")
    arn = {"Fn::GetAtt": ["WafLogs", "Arn"]}
    copy.add("Ingestion", "Waf", "AWS::WAFv2::LoggingConfiguration", LogDestinationConfigs=[arn])


def test_templates_that_nobody_spoilt_have_no_fault(stacks: tuple[Stack, ...]) -> None:
    assert look(Assembly(stacks), PROJECT_ROOT).findings == []


def test_faults_are_twenty_or_more_and_those_of_others_have_their_report() -> None:
    assert len(of_the_table.planted) >= 10
    assert len({each.source for each in of_threads if each.source.startswith(GITHUB)}) >= 10


@pytest.mark.parametrize("planted", [*of_the_table, *of_threads], ids=str)
def test_planted_fault_is_seen(planted: Planted, copy: Copy) -> None:
    is_seen(planted, copy)


def test_finding_says_who_asks_what_and_why_it_is_refused(copy: Copy) -> None:
    context_of_logs_ends_in_an_asterisk_that_is_never_sent(copy)
    finding: Any = copy.findings("log-group-key")[0]
    group = finding.asked["keys"]["kms:EncryptionContext:aws:logs:arn"]
    assert finding.asked["principal"] == f"logs.{LIVE.settings.region}.amazonaws.com"
    assert group.startswith(f"arn:aws:logs:{LIVE.settings.region}:{LIVE.settings.account}:log-group:/aws")
    assert "CloudWatchLogs does but for its condition on kms:EncryptionContext:aws:logs:arn" in finding.why
    assert finding.page.startswith("https://docs.aws.amazon.com/")
