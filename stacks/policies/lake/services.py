"""Rules about Athena, Iceberg tables, logs and what the world can call."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lakehouse.model.dataset import Layer
from stacks.policies.lake.rules import Resource, Rule, of_type

_Faults = Iterator[tuple[Resource, str]]
_OPTIMIZERS = {"compaction", "retention", "orphan_file_deletion"}


def _athena(found: Sequence[Resource]) -> _Faults:
    for group in of_type(found, "AWS::Athena::WorkGroup"):
        settings = group.properties.get("WorkGroupConfiguration", {})
        results = settings.get("ResultConfiguration", {}).get("EncryptionConfiguration", {})
        if settings.get("EnforceWorkGroupConfiguration") is not True:
            yield group, "a query may bring settings of its own"
        if results.get("EncryptionOption") != "SSE_KMS" or not results.get("KmsKey"):
            yield group, "results are not encrypted by a key of the lake"
        if not settings.get("BytesScannedCutoffPerQuery"):
            yield group, "a query may scan any amount"


def _iceberg_version(found: Sequence[Resource]) -> _Faults:
    for table in found:
        if (version := _format_version(table)) not in (None, "2"):
            yield table, f"format version {version}; Athena writes 2"


def _format_version(table: Resource) -> str | None:
    """Format version of an Iceberg table, empty if it is not said; None if the resource is none."""
    if table.type == "Custom::IcebergTable":
        return str(json.loads(table.properties.get("Properties", "{}")).get("format-version", ""))
    iceberg = table.properties.get("OpenTableFormatInput", {}).get("IcebergInput")
    return str(iceberg.get("Version", "")) if table.type == "AWS::Glue::Table" and iceberg else None


def _iceberg_kept(found: Sequence[Resource]) -> _Faults:
    optimizers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in of_type(found, "AWS::Glue::TableOptimizer"):
        if each.properties.get("TableOptimizerConfiguration", {}).get("Enabled") is True:
            optimizers[_table(each.properties)].add(each.properties["Type"])
    jobs = {str(job.properties.get("Name")) for job in of_type(found, "AWS::Glue::Job")}
    for table in found:
        if _format_version(table) is None:
            continue
        database, name = _table(table.properties)
        missing = _OPTIMIZERS - optimizers[database, name]
        if missing and not jobs & set(_maintenance_jobs(database)):
            yield table, f"nothing does {', '.join(sorted(missing))} for it"


def _table(properties: Mapping[str, Any]) -> tuple[str, str]:
    """Database and name of a table, by whichever resource tells them."""
    database = properties.get("Database") or properties.get("DatabaseName")
    name = properties.get("Table") or properties.get("TableName") or properties.get("Name")
    return str(database), str(name or properties.get("TableInput", {}).get("Name"))


def _maintenance_jobs(database: str) -> Iterator[str]:
    """Names that the maintenance job of a database's domain may have."""
    for layer in Layer:
        lake, found, domain = database.partition(f"_{layer}_")
        if found:
            yield f"{lake}_{domain}_maintenance".replace("_", "-")


def _logs(found: Sequence[Resource]) -> _Faults:
    for group in of_type(found, "AWS::Logs::LogGroup"):
        if not group.properties.get("RetentionInDays"):
            yield group, "it keeps what is logged for ever"
        if not group.properties.get("KmsKeyId"):
            yield group, "no key of the lake encrypts it"


def _entry_points(found: Sequence[Resource]) -> _Faults:
    for stage in of_type(found, "AWS::ApiGateway::Stage"):
        everything = [
            each
            for each in stage.properties.get("MethodSettings", [])
            if (each.get("ResourcePath"), each.get("HttpMethod")) == ("/*", "*")
        ]
        if not any(_limits(each) for each in everything):
            yield stage, "it takes as many requests as the account does"
    for stage in of_type(found, "AWS::ApiGatewayV2::Stage"):
        if not _limits(stage.properties.get("DefaultRouteSettings", {})):
            yield stage, "it takes as many requests as the account does"
    for url in of_type(found, "AWS::Lambda::Url"):
        if url.properties.get("AuthType") != "AWS_IAM":
            yield url, "anybody may call the function"


def _limits(settings: Mapping[str, Any]) -> bool:
    """Whether a rate and a burst are set; API Gateway takes -1 as none."""
    wanted = ("ThrottlingRateLimit", "ThrottlingBurstLimit")
    return all(isinstance(settings.get(key), int | float) and settings[key] >= 0 for key in wanted)


RULES: Iterable[Rule] = (
    Rule(
        "AthenaWorkGroup",
        "A work group enforces its configuration, encrypts results by a key of the lake, and limits a scan: "
        "https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html",
        _athena,
    ),
    Rule(
        "IcebergFormatVersion",
        "Iceberg tables are of format version 2, the one that Athena reads and writes: "
        "https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg.html",
        _iceberg_version,
    ),
    Rule(
        "IcebergMaintenance",
        "Somebody compacts each Iceberg table, expires its snapshots and deletes its orphans: three "
        "optimizers of Glue, or the maintenance job of its domain",
        _iceberg_kept,
    ),
    Rule("LogGroup", "A log group expires what it holds, and is encrypted by a key of the lake", _logs),
    Rule(
        "PublicEntryPoint",
        "What the world can call has a limit: https://docs.aws.amazon.com/apigateway/latest/developerguide/"
        "api-gateway-request-throttling.html",
        _entry_points,
    ),
)
