"""Roles hold no more than is needed: one action less, and the run fails with the denial that names it."""

import json

import pytest

from local.lake.lake import LakeError
from tests.fixtures.embedded_aws import wait_for
from tests.fixtures.proven_lake import ProvenLake
from tests.local.lake.roles import without

pytestmark = pytest.mark.lake


def test_silver_job_fails_with_the_denial_when_it_may_not_commit(proven: ProvenLake) -> None:
    lake = proven.lake
    [clicks] = [dataset for dataset in lake.sources if dataset.id == "cafe/menu_clicks"]
    click = {
        "event_id": "least-privilege", "session_id": "s", "occurred_at": "2026-01-01T00:00:00Z",
        "page": "/menu", "menu_item": "espresso", "category": "coffee", "action": "view",
        "price": "2.50", "device": "mobile",
    }  # fmt: skip
    lake.stream(clicks, [json.dumps(click).encode()])
    with (
        without(lake.aws, "DomainCafe-BronzeToSilver", "glue:UpdateTable") as role,
        pytest.raises(LakeError, match="glue:UpdateTable") as failure,
    ):
        lake.run_pipelines(["cafe"])
    assert "AccessDenied" in str(failure.value)
    assert role in str(failure.value)
    lake.run_pipelines(["cafe"])


def test_router_fails_with_the_denial_when_it_may_not_write_bronze(proven: ProvenLake) -> None:
    lake = proven.lake
    s3, logs, landing = lake.aws.client("s3"), lake.aws.client("logs"), lake.naming.bucket("landing")
    [airlines] = [dataset for dataset in lake.sources if dataset.id == "flights/airlines"]
    group = f"/aws/lambda/{lake.naming.resource('landing_router')}"
    before = lake.bronze_keys(airlines)

    def denials() -> list[str]:
        events = logs.filter_log_events(logGroupName=group)["events"]
        return [one["message"] for one in events if "AccessDenied" in one["message"]]

    with without(lake.aws, "LandingRouter", "s3:PutObject"):
        s3.put_object(
            Bucket=landing, Key="flights/airlines/least-privilege.csv", Body=b"carrier,name\nZZ,T\n"
        )
        [denial, *_] = wait_for(denials)
        assert "s3:PutObject" in denial
        assert lake.bronze_keys(airlines) == before
    wait_for(lambda: len(lake.bronze_keys(airlines)) == len(before) + 1)
    wait_for(lambda: not s3.list_objects_v2(Bucket=landing).get("Contents"))


def test_analyst_reads_gold_and_nothing_below(proven: ProvenLake) -> None:
    lake = proven.lake
    session = lake.session_as("analyst").client("glue")
    gold = session.get_tables(DatabaseName=lake.naming.database("gold", "sales"))["TableList"]
    assert sorted(table["Name"] for table in gold) == ["daily_sales", "quality_results"]
    for layer in ("bronze", "silver", "quarantine"):
        with pytest.raises(session.exceptions.ClientError, match="AccessDenied"):
            session.get_tables(DatabaseName=lake.naming.database(layer, "sales"))


def test_persona_browses_as_consoles_and_drivers_do_and_sees_its_own_results_alone(
    proven: ProvenLake,
) -> None:
    lake = proven.lake
    session, gold = lake.session_as("analyst"), lake.naming.database("gold", "sales")
    athena, s3 = session.client("athena"), session.client("s3")
    assert lake.naming.resource("analyst") in {one["Name"] for one in athena.list_work_groups()["WorkGroups"]}
    for catalog in ("AwsDataCatalog", "awsdatacatalog"):
        databases = athena.list_databases(CatalogName=catalog)["DatabaseList"]
        assert gold in {one["Name"] for one in databases}
    where = {"CatalogName": "AwsDataCatalog", "DatabaseName": gold}
    assert "daily_sales" in {one["Name"] for one in athena.list_table_metadata(**where)["TableMetadataList"]}
    columns = athena.get_table_metadata(**where, TableName="daily_sales")["TableMetadata"]["Columns"]
    assert "order_date" in {one["Name"] for one in columns}
    results = lake.naming.bucket("query-results")
    assert s3.list_objects_v2(Bucket=results, Prefix="analyst/")["KeyCount"]
    for prefix in ("engineer/", ""):
        with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
            s3.list_objects_v2(Bucket=results, Prefix=prefix)


def test_nobody_acts_as_a_persona_whom_the_settings_do_not_name(proven: ProvenLake) -> None:
    lake, iam = proven.lake, proven.lake.aws.client("iam")
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.create_user(UserName="outsider")
    iam.put_user_policy(UserName="outsider", PolicyName="everything", PolicyDocument=policy)
    key = iam.create_access_key(UserName="outsider")["AccessKey"]
    outsider = lake.aws.session(
        aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    ).client("sts")
    for persona in (*lake.settings.people.personas, "operator"):
        role = f"arn:aws:iam::{lake.aws.account}:role/{lake.naming.resource(persona)}"
        with pytest.raises(outsider.exceptions.ClientError, match="AccessDenied"):
            outsider.assume_role(RoleArn=role, RoleSessionName="outsider")
        assert lake.aws.client("sts").assume_role(RoleArn=role, RoleSessionName="root")["Credentials"]
