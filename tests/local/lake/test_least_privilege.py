"""Roles hold no more than is needed: people see the tables that they read, and nobody acts as another."""

import json

import pytest

from lakehouse.access.reading import may_read, readings
from lakehouse.model.dataset import Dataset, Layer
from lakehouse.targets.iceberg import RESULTS_TABLE
from lakehouse.targets.lf_tags import RESULTS_CLASSIFICATION
from lakehouse.targets.run_events import RUN_EVENTS
from tests.fixtures.proven_lake import ProvenLake

pytestmark = pytest.mark.lake


@pytest.fixture
def product(proven: ProvenLake) -> Dataset:
    """A product of the lake."""
    if not proven.lake.products:
        pytest.skip("no contract is one of a product")
    return proven.lake.products[0]


def test_persona_sees_the_tables_that_it_reads_and_no_others(proven: ProvenLake, product: Dataset) -> None:
    lake, policy, name = proven.lake, proven.lake.lake.access, proven.lake.reader(Layer.GOLD)
    persona = policy.personas[name]
    if persona.describes:
        pytest.skip("whoever reads least sees names beside what it reads")
    session = lake.session_as(name).client("glue")
    for layer in (Layer.SILVER, Layer.GOLD):
        tables = session.get_tables(DatabaseName=lake.naming.database(layer, product.domain))["TableList"]
        read = {
            each.name
            for each in lake.lake.of_domain(product.domain)
            if each.layer is layer and readings(each, policy)[name].columns
        }
        if may_read(persona, layer, product.domain, RESULTS_CLASSIFICATION):
            read |= {RESULTS_TABLE, RUN_EVENTS}
        assert {table["Name"] for table in tables} == read, layer
    for layer in {Layer.BRONZE, Layer.QUARANTINE} - {*persona.layers}:
        with pytest.raises(session.exceptions.ClientError, match="AccessDenied"):
            session.get_tables(DatabaseName=lake.naming.database(layer, product.domain))


def test_persona_browses_as_consoles_and_drivers_do_and_sees_its_own_results_alone(
    proven: ProvenLake, product: Dataset
) -> None:
    lake, persona = proven.lake, proven.lake.reader(Layer.GOLD)
    session, gold = lake.session_as(persona), lake.naming.database("gold", product.domain)
    athena, s3 = session.client("athena"), session.client("s3")
    assert lake.naming.resource(persona) in {one["Name"] for one in athena.list_work_groups()["WorkGroups"]}
    for catalog in ("AwsDataCatalog", "awsdatacatalog"):
        databases = athena.list_databases(CatalogName=catalog)["DatabaseList"]
        assert gold in {one["Name"] for one in databases}
    where = {"CatalogName": "AwsDataCatalog", "DatabaseName": gold}
    assert product.name in {one["Name"] for one in athena.list_table_metadata(**where)["TableMetadataList"]}
    columns = athena.get_table_metadata(**where, TableName=product.name)["TableMetadata"]["Columns"]
    assert tuple(one["Name"] for one in columns) == readings(product, lake.lake.access)[persona].columns
    results = lake.naming.bucket("query-results")
    assert s3.list_objects_v2(Bucket=results, Prefix=f"{persona}/")["KeyCount"]
    others = [f"{name}/" for name in lake.settings.people.personas if name != persona]
    for prefix in (*others, ""):
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
    for persona in (*lake.settings.people.personas, "operator", "detokenizer"):
        role = f"arn:aws:iam::{lake.aws.account}:role/{lake.naming.resource(persona)}"
        with pytest.raises(outsider.exceptions.ClientError, match="AccessDenied"):
            outsider.assume_role(RoleArn=role, RoleSessionName="outsider")
        assert lake.aws.client("sts").assume_role(RoleArn=role, RoleSessionName="root")["Credentials"]


def test_role_of_the_account_that_may_do_all_with_objects_and_keys_opens_no_object_of_the_lake(
    proven: ProvenLake,
) -> None:
    lake, iam = proven.lake, proven.lake.aws.client("iam")
    root = f"arn:aws:iam::{lake.aws.account}:root"
    trust = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": ["s3:*", "kms:*", "secretsmanager:*"], "Resource": "*"}
    role = iam.create_role(
        RoleName="administrator",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.put_role_policy(RoleName="administrator", PolicyName="everything", PolicyDocument=policy)
    given = lake.aws.client("sts").assume_role(RoleArn=role, RoleSessionName="outside")["Credentials"]
    session = lake.aws.session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    s3 = session.client("s3")
    for layer in ("bronze", "silver", "quarantine"):
        bucket = lake.naming.bucket(layer)
        [found, *_] = s3.list_objects_v2(Bucket=bucket, MaxKeys=1)["Contents"]
        with pytest.raises(s3.exceptions.ClientError, match="kms:Decrypt"):
            s3.get_object(Bucket=bucket, Key=found["Key"])
        with pytest.raises(s3.exceptions.ClientError, match="kms:GenerateDataKey"):
            s3.put_object(Bucket=bucket, Key="from-outside", Body=b"x")
    secrets = session.client("secretsmanager")
    for secret in (lake.naming.masking_secret, lake.naming.token_secret):
        with pytest.raises(secrets.exceptions.ClientError, match="kms:Decrypt"):
            secrets.get_secret_value(SecretId=secret)
