"""`Custom::IcebergTable` in a stack, under a role that allows what it needs and nothing else."""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws

Json = dict[str, Any]

COLUMNS = (
    {"id": 1, "name": "order_id", "required": True, "type": "long", "doc": "Number of the order"},
    {"id": 2, "name": "amount", "required": False, "type": "decimal(8, 2)"},
)
NOTE = {"id": 3, "name": "note", "required": False, "type": "string"}
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Stack:
    """A stack of one table."""

    aws: EmbeddedAws
    name: str
    function: str

    def template(self, *columns: Json, **changes: str) -> str:
        """A template of the table with these columns, and with other properties changed."""
        schema = {"type": "struct", "schema-id": 0, "identifier-field-ids": [1], "fields": list(columns)}
        properties = {
            "ServiceToken": self.function,
            "ServiceTimeout": "60",
            "Database": self.name,
            "Table": "orders",
            "Location": f"s3://{self.name}/sales/orders",
            "Description": "Orders of the web shop",
            "Schema": json.dumps(schema),
            "PartitionSpec": json.dumps({"spec-id": 0, "fields": []}),
            "Properties": json.dumps({"format-version": "2"}),
            **changes,
        }
        resource = {"Type": "Custom::IcebergTable", "Properties": properties}
        return json.dumps(
            {"Resources": {"Orders": resource}, "Outputs": {"Id": {"Value": {"Ref": "Orders"}}}}
        )

    def create(self, template: str) -> str:
        """Create the stack; returns the status that it ends in."""
        self.aws.client("cloudformation").create_stack(StackName=self.name, TemplateBody=template)
        return self.status()

    def update(self, template: str) -> str:
        """Update the stack; returns the status that it ends in."""
        self.aws.client("cloudformation").update_stack(StackName=self.name, TemplateBody=template)
        return self.status()

    def status(self) -> str:
        """Wait until nothing is in progress; returns the status."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            status: str = self.describe()["StackStatus"]
            if not status.endswith("IN_PROGRESS"):
                return status
            time.sleep(0.1)
        pytest.fail(f"stack {self.name} did not end within {PATIENCE_SECONDS} s")

    def describe(self) -> Json:
        """The stack as CloudFormation has it."""
        stack: Json = self.aws.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        return stack

    def reasons(self) -> str:
        """What the stack's events say, newest first."""
        events = self.aws.client("cloudformation").describe_stack_events(StackName=self.name)["StackEvents"]
        return "\n".join(event.get("ResourceStatusReason", "") for event in events)

    def columns(self) -> dict[str, str]:
        """Glue type of each column of the table."""
        table = self.aws.client("glue").get_table(DatabaseName=self.name, Name="orders")["Table"]
        return {column["Name"]: column["Type"] for column in table["StorageDescriptor"]["Columns"]}


@pytest.fixture
def stack(embedded_aws: EmbeddedAws, make_role: Callable[..., str], asset: bytes) -> Stack:
    """A database, a bucket and the function; no stack yet."""
    name = f"custom-{uuid.uuid4().hex[:12]}"
    embedded_aws.client("s3").create_bucket(Bucket=name)
    embedded_aws.client("glue").create_database(DatabaseInput={"Name": name})
    arns = (
        f"arn:aws:glue:{embedded_aws.region}:{embedded_aws.account}:{part}"
        for part in ("catalog", f"database/{name}", f"table/{name}/*")
    )
    glue = ["glue:GetTable", "glue:CreateTable", "glue:UpdateTable"]
    files = (
        (["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{name}/*/metadata/*"),
        (["s3:ListBucket"], f"arn:aws:s3:::{name}"),
    )
    role = make_role(name, "lambda.amazonaws.com", *((glue, arn) for arn in arns), *files)
    function = embedded_aws.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler="iceberg_tables.handler.handler",
        Code={"ZipFile": asset},
        Environment={"Variables": {"POWERTOOLS_SERVICE_NAME": "iceberg-tables"}},
        Timeout=60,
    )
    return Stack(embedded_aws, name, function["FunctionArn"])


def test_table_follows_the_stack_and_outlives_it_when_deployed_under_the_least_privileges(
    stack: Stack,
) -> None:
    assert stack.create(stack.template(*COLUMNS)) == "CREATE_COMPLETE", stack.reasons()
    assert stack.describe()["Outputs"][0]["OutputValue"] == f"{stack.name}.orders"
    assert stack.columns() == {"order_id": "bigint", "amount": "decimal(8,2)"}

    assert stack.update(stack.template(*COLUMNS, NOTE)) == "UPDATE_COMPLETE", stack.reasons()
    grown = {"order_id": "bigint", "amount": "decimal(8,2)", "note": "string"}
    assert stack.columns() == grown

    stack.aws.client("cloudformation").delete_stack(StackName=stack.name)
    assert stack.columns() == grown
    stack = Stack(stack.aws, stack.name, stack.function)
    assert stack.create(stack.template(*COLUMNS)) == "CREATE_COMPLETE", stack.reasons()
    assert stack.columns() == grown


def test_former_table_stays_when_the_stack_names_another(stack: Stack) -> None:
    assert stack.create(stack.template(*COLUMNS)) == "CREATE_COMPLETE", stack.reasons()
    other = {"Table": "purchases", "Location": f"s3://{stack.name}/sales/purchases"}
    assert stack.update(stack.template(*COLUMNS, **other)) == "UPDATE_COMPLETE", stack.reasons()
    tables = stack.aws.client("glue").get_tables(DatabaseName=stack.name)["TableList"]
    assert {table["Name"] for table in tables} == {"orders", "purchases"}
    assert stack.describe()["Outputs"][0]["OutputValue"] == f"{stack.name}.purchases"


def test_stack_rolls_back_and_says_why_when_the_change_is_incompatible(stack: Stack) -> None:
    assert stack.create(stack.template(*COLUMNS)) == "CREATE_COMPLETE", stack.reasons()
    text = {**COLUMNS[1], "type": "string"}
    assert stack.update(stack.template(COLUMNS[0], text)) == "UPDATE_ROLLBACK_COMPLETE"
    assert "column amount: got string; allowed: decimal(8, 2) or more digits" in stack.reasons()
    assert "(log stream " in stack.reasons()
    assert stack.columns() == {"order_id": "bigint", "amount": "decimal(8,2)"}
    assert stack.update(stack.template(*COLUMNS, NOTE)) == "UPDATE_COMPLETE", stack.reasons()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Schema": "{"}, "Schema: got JSONDecodeError"),
        ({"Database": "nowhere"}, "EntityNotFoundException|AccessDenied"),
        ({"Location": "s3://no-such-bucket-of-ours/x"}, "AccessDenied|NoSuchBucket"),
    ],
)
def test_stack_fails_at_once_and_says_why_when_the_table_cannot_be_made(
    stack: Stack, changes: dict[str, str], reason: str
) -> None:
    assert stack.create(stack.template(*COLUMNS, **changes)) == "ROLLBACK_COMPLETE"
    assert any(part in stack.reasons() for part in reason.split("|"))
