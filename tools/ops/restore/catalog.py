"""`lake-ops restore catalog`: what the Glue catalog has lost, from templates and buckets."""

import json
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tools.assembly.assembly import Assembly, Resource
from tools.assembly.folder import synthesized
from tools.cli.project import AsJson, Root, project_root
from tools.cli.summary import Item, State, conclude
from tools.ops.target import DryRun, Env, OperationError, Target, acting, open_target

_NEXT = "Tables that came back empty are filled by `lake-ops reprocess DOMAIN --all --start`."

_GRANTED = ("Resource", "Permissions", "PermissionsWithGrantOption")

_MISSING, _THERE = "EntityNotFoundException", "AlreadyExistsException"

Lost = tuple[str, Callable[[], Any]]
"""Name of a database or table that is not there, and what makes it."""


@acting
def catalog(*, env: Env = "dev", dry_run: DryRun = False, as_json: AsJson = False, root: Root = None) -> None:
    """Bring back what the Glue catalog lost: databases, tables of bronze, and Iceberg tables with their data.

    Compares the catalog with the templates of the code that is checked out, which has to be what is deployed.
    An Iceberg table comes back by the deployed function that keeps tables, as the newest metadata in its
    bucket has it, or empty if there is none. Then Lake Formation is told again of tags, filters and grants,
    since what is made anew has none. It takes a data lake administrator who may make databases and tables
    and invoke the two functions; whoever deploys is one.
    """
    target = open_target(env, root)
    with synthesized(env, project_root(root)) as folder:
        assembly = Assembly.of_folder(Path(folder))
    restored = []
    for lost in (_databases, _tables):
        found = [_restored(name, make, dry_run) for name, make in lost(target, assembly)]
        if found and not dry_run:
            _govern(target, assembly, tables=lost is _tables)
        restored += found
    conclude("restore catalog", restored, as_json, _NEXT)


def _restored(name: str, make: Callable[[], Any], dry_run: bool) -> Item:
    if not dry_run:
        make()
    return Item(name, State.PLANNED if dry_run else State.DONE)


def _databases(target: Target, assembly: Assembly) -> Iterator[Lost]:
    glue = target.client("glue")
    for each in assembly.of("AWS::Glue::Database"):
        given = each.properties["DatabaseInput"]
        if not _is_there(glue.get_database, Name=given["Name"]):
            yield given["Name"], partial(glue.create_database, DatabaseInput=given)


def _tables(target: Target, assembly: Assembly) -> Iterator[Lost]:
    glue = target.client("glue")
    for each in assembly.of("AWS::Glue::Table"):
        database, given = each.properties["DatabaseName"], each.properties["TableInput"]
        if not _is_there(glue.get_table, DatabaseName=database, Name=given["Name"]):
            make = partial(glue.create_table, DatabaseName=database, TableInput=given)
            yield f"{database}.{given['Name']}", make
    for each in assembly.of("Custom::IcebergTable"):
        database, name = each.properties["Database"], each.properties["Table"]
        if not _is_there(glue.get_table, DatabaseName=database, Name=name):
            yield f"{database}.{name}", partial(_invoke, target, each)


def _is_there(ask: Callable[..., Any], **named: str) -> bool:
    try:
        ask(**named)
    except ClientError as error:
        if error.response["Error"]["Code"] == _MISSING:
            return False
        raise
    return True


def _govern(target: Target, assembly: Assembly, *, tables: bool) -> None:
    """Tell Lake Formation what the templates say of databases, and of tables once they are there.

    Without the tags of its database the function that makes tables may make none there. What Lake Formation
    knows already stays.
    """
    lake_formation = target.client("lakeformation")
    for each in assembly.of("Custom::GovernedTables"):
        if tables or not any("Table" in one for one in json.loads(each.properties["Governed"])):
            _invoke(target, each)
    if not tables:
        return
    for each in assembly.of("AWS::LakeFormation::DataCellsFilter"):
        try:
            lake_formation.create_data_cells_filter(TableData=dict(each.properties))
        except ClientError as error:
            if error.response["Error"]["Code"] != _THERE:
                raise
    deployed = lru_cache(partial(_deployed, target, assembly))
    for each in assembly.of("AWS::LakeFormation::PrincipalPermissions"):
        who = deployed(each.properties["Principal"]["DataLakePrincipalIdentifier"])
        lake_formation.grant_permissions(
            Principal={"DataLakePrincipalIdentifier": who},
            **{name: each.properties[name] for name in _GRANTED if name in each.properties},
        )


def _deployed(target: Target, assembly: Assembly, arn: str) -> str:
    """Return the ARN of a role as it is deployed: CloudFormation makes up the names of most."""
    role = assembly.at(arn)
    if role is None:
        return arn
    found = target.client("cloudformation").describe_stack_resources(
        StackName=role.stack.name, LogicalResourceId=role.id
    )["StackResources"]
    return f"{arn.rpartition('/')[0]}/{found[0]['PhysicalResourceId']}"


def _invoke(target: Target, resource: Resource) -> None:
    """Have the function behind a custom resource do what CloudFormation asked of it.

    Raises:
        OperationError: It could not.
    """
    event = {
        "RequestType": "Update",
        "ResourceType": resource.kind,
        "LogicalResourceId": resource.id,
        "ResourceProperties": dict(resource.properties),
    }
    answer = target.client("lambda").invoke(
        FunctionName=resource.properties["ServiceToken"], Payload=json.dumps(event).encode()
    )
    if "FunctionError" in answer:
        told = json.loads(answer["Payload"].read())
        raise OperationError(f"{resource}: {told.get('errorMessage', told)}")
