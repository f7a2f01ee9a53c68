"""The statements that would create a table or a view again."""

from typing import Any

from local.patches.athena.catalog import catalog, views
from local.patches.athena.errors import QueryError
from local.patches.athena.session import Name


def of_table(name: Name, table: dict[str, Any]) -> str:
    """`CREATE EXTERNAL TABLE …`, or `CREATE TABLE …` of an Iceberg table."""
    if catalog.is_view(table):
        raise QueryError(f"'{name}' is a view: SHOW CREATE VIEW shows it")
    iceberg, storage = catalog.is_iceberg(table), table["StorageDescriptor"]
    lines = [f"CREATE {'' if iceberg else 'EXTERNAL '}TABLE `{name.database}.{name.table}`("]
    lines.append(_columns(storage.get("Columns", [])))
    if keys := table.get("PartitionKeys"):
        lines += ["PARTITIONED BY (", _columns(keys)]
    if not iceberg:
        lines += _format(storage)
    lines += ["LOCATION", f"  {_quoted(storage.get('Location', ''))}"]
    lines += ["TBLPROPERTIES (", _pairs(table.get("Parameters", {})) + ")"]
    return "\n".join(lines)


def of_view(name: Name, table: dict[str, Any]) -> str:
    """`CREATE VIEW …`."""
    if not catalog.is_view(table):
        raise QueryError(f"'{name}' is a table: SHOW CREATE TABLE shows it")
    return f'CREATE VIEW "{name.database}"."{name.table}" AS\n{views.parse(name, table).sql}'


def _columns(columns: list[dict[str, str]]) -> str:
    comments = [f" COMMENT {_quoted(one['Comment'])}" if one.get("Comment") else "" for one in columns]
    pairs = zip(columns, comments, strict=True)
    return ", \n".join(f"  `{one['Name']}` {one['Type']}{comment}" for one, comment in pairs) + ")"


def _format(storage: dict[str, Any]) -> list[str]:
    serde = storage.get("SerdeInfo", {})
    lines = ["ROW FORMAT SERDE", f"  {_quoted(serde.get('SerializationLibrary', ''))}"]
    if parameters := serde.get("Parameters"):
        lines += ["WITH SERDEPROPERTIES (", _pairs(parameters) + ")"]
    lines += ["STORED AS INPUTFORMAT", f"  {_quoted(storage.get('InputFormat', ''))}"]
    return [*lines, "OUTPUTFORMAT", f"  {_quoted(storage.get('OutputFormat', ''))}"]


def _pairs(values: dict[str, str]) -> str:
    return ", \n".join(f"  {_quoted(key)}={_quoted(value)}" for key, value in sorted(values.items()))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "\\'") + "'"
