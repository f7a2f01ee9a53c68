"""What authors read of a contract that is refused: where, what was found, what is allowed, how to mend it."""

from typing import Any

import pytest

from tests.unit.lakehouse.project import Json, Project, column, product, source

INTEGER = {"logicalType": "integer", "physicalType": "int"}
NESTED = {"logicalType": "object", "properties": [{"name": "a", "logicalType": "string"}]}
FILES = {"mode": "files", "format": "csv"}
REPLICA = {"mode": "files", "content": "changes", "format": "parquet"}
PARQUET = {"mode": "stream", "format": "parquet"}
IN_PARTS = {"write": "overwrite_partitions", "refresh": {"input": "shop/orders", "column": "day"}}
DAY = column("day", "date", required=True)


def note(**more: Any) -> Json:
    """Return a contract with a column that has these keys."""
    return source("shop/orders", column("note", **more))


def changed(contract: Json | None = None, **keys: Any) -> Json:
    """Return a contract with other values for these keys; None removes one."""
    contract = {**(contract or note()), **keys}
    return {key: value for key, value in contract.items() if value is not None}


def table(*columns: Json, **keys: Any) -> Json:
    """Return a contract whose table has these keys."""
    contract = source("shop/orders", *(columns or (column("note"),)))
    contract["schema"][0] |= keys
    return contract


def keyed(*columns: Json) -> Json:
    """Return a contract with these columns alone."""
    contract = source("shop/orders")
    contract["schema"][0]["properties"] = list(columns)
    return contract


def custom(*entries: tuple[str, object]) -> list[Json]:
    return [{"property": name, "value": value} for name, value in entries]


def rule(**quality: Any) -> Json:
    return note(quality=[quality])


@pytest.mark.parametrize(
    ("contract", "faults"),
    [
        (
            changed(apiVersion="v3.0.0"),
            [
                "apiVersion: got 'v3.0.0'; allowed: v3.1.0, v3.2.0; fix: did you mean 'v3.2.0'?",
            ],
        ),
        (
            changed(apiVersion="v2.2.2"),
            [
                "apiVersion: got 'v2.2.2'; allowed: v3.1.0, v3.2.0; fix: did you mean 'v3.2.0'?",
            ],
        ),
        (
            changed(version="1.0"),
            [
                "version: got '1.0'; allowed: three numbers, as in 1.0.0; fix: write a semantic version",
            ],
        ),
        (
            changed(domain="Shop"),
            [
                "domain: got 'Shop'; allowed: shop, as the folder is named; fix: move the file or "
                "change the value",
                "domain: got 'Shop'; allowed: snake_case: lower-case letters, digits, single "
                "underscores; fix: rename it",
            ],
        ),
        (
            changed(domain="sales"),
            [
                "domain: got 'sales'; allowed: shop, as the folder is named; fix: move the file or "
                "change the value",
            ],
        ),
        (
            changed(domain=None),
            [
                "domain: got ''; allowed: shop, as the folder is named; fix: move the file or change "
                "the value",
                "domain: got ''; allowed: snake_case: lower-case letters, digits, single underscores; "
                "fix: rename it",
            ],
        ),
        (
            changed(schema=[]),
            [
                "schema: got '0 objects'; allowed: one object; fix: write one contract per table",
            ],
        ),
        (
            changed(description={"purpose": "  "}),
            [
                "description.purpose: got '0 characters'; allowed: 1 to 2048 characters; fix: tell "
                "what the data is for",
            ],
        ),
        (
            changed(description={"purpose": "x" * 2049}),
            [
                "description.purpose: got '2049 characters'; allowed: 1 to 2048 characters; fix: tell "
                "what the data is for",
            ],
        ),
        (
            changed(description=None),
            [
                "description.purpose: got '0 characters'; allowed: 1 to 2048 characters; fix: tell "
                "what the data is for",
            ],
        ),
        (
            changed(team=None),
            [
                "team.name: got 'nothing'; allowed: the name of a team; fix: say who answers for this data",
            ],
        ),
        (
            changed(team={"name": "  "}),
            [
                "team.name: got '  '; allowed: the name of a team; fix: say who answers for this data",
            ],
        ),
        (
            changed(roles=[{"role": "analysts"}]),
            [
                "roles[0].role: got 'analysts'; allowed: analyst, clerk, engineer, scientist, "
                "security_officer; fix: did you mean 'analyst'?",
            ],
        ),
        (
            changed(roles=[{"role": "analyst", "access": "write"}]),
            [
                "roles[0].role: got 'analyst'; allowed: clerk, engineer, scientist, who read silver; fix: "
                "remove it, name its columns in lake.columns, or let the policy say so",
                "roles[0].access: got 'write'; allowed: read; fix: remove it: jobs alone write tables",
            ],
        ),
        (
            changed(kind="DataContracts"),
            [
                "kind: got 'DataContracts'; allowed: DataContract; fix: did you mean 'DataContract'?",
            ],
        ),
        (
            changed(colour="blue"),
            [
                "colour: got 'colour'; allowed: apiVersion, authoritativeDefinitions, context, "
                "contractCreatedTs, customProperties, dataProduct, description, domain, id, kind, "
                "name, price, roles, schema, servers, slaDefaultElement, slaProperties, status, "
                "support, tags, team, tenant, version; fix: remove it, or use one of these",
            ],
        ),
        (
            changed(id=None),
            [
                "id: got 'nothing'; allowed: a value for id; fix: add the key",
            ],
        ),
        (
            changed(status=7),
            [
                "status: got 7; allowed: a value of type string; fix: change the value",
            ],
        ),
        (
            changed(slaProperties=[{"property": "latency", "value": 0, "unit": "h"}]),
            [
                "slaProperties[0].value: got 0; allowed: a number above 0; fix: say how long",
            ],
        ),
        (
            changed(slaProperties=[{"property": "latency", "value": True, "unit": "h"}]),
            [
                "slaProperties[0].value: got True; allowed: a number above 0; fix: say how long",
            ],
        ),
        (
            changed(slaProperties=[{"property": "latency", "value": "1", "unit": "h"}]),
            [
                "slaProperties[0].value: got '1'; allowed: a number above 0; fix: say how long",
            ],
        ),
        (
            changed(slaProperties=[{"property": "latency", "value": 1, "unit": "w"}]),
            [
                "slaProperties[0].unit: got 'w'; allowed: d, day, days, h, hour, hours, hr, m, min, "
                "minute, minutes, y, year, years, yr; fix: name the unit",
            ],
        ),
        (
            changed(slaProperties=[{"property": "latency", "value": 1}]),
            [
                "slaProperties[0].unit: got 'nothing'; allowed: d, day, days, h, hour, hours, hr, m, "
                "min, minute, minutes, y, year, years, yr; fix: name the unit",
            ],
        ),
        (
            changed(
                source("shop/orders", DAY),
                slaProperties=[{"property": "latency", "value": 9, "unit": "h", "element": "dya"}],
            ),
            [
                "slaProperties[0].element: got 'dya'; allowed: day; fix: did you mean 'day'?",
            ],
        ),
        (
            changed(slaProperties=[{"property": "latency", "value": 9, "unit": "h", "element": "note"}]),
            [
                "slaProperties[0].element: got 'note'; allowed: nothing: no unmasked column is a date or "
                "time; fix: remove it, or use one of these",
            ],
        ),
        (
            changed(slaProperties=[{"property": "latency", "value": 90, "unit": "m"}]),
            [
                "slaProperties.latency: got '90 minutes'; allowed: whole hours; fix: round it up",
            ],
        ),
        (
            changed(slaProperties=[{"property": "retention", "value": 36, "unit": "h"}]),
            [
                "slaProperties.retention: got '2160 minutes'; allowed: whole days; fix: round it up",
            ],
        ),
        (
            changed(
                slaProperties=[
                    {"property": "latency", "value": 1, "unit": "h"},
                    {"property": "latency", "value": 2, "unit": "h"},
                ]
            ),
            [
                "slaProperties[1]: got 'latency'; allowed: one latency; fix: remove one of them",
            ],
        ),
        (
            changed(customProperties=custom(("lake.layer", "silver"), ("lake.layer", "gold"))),
            [
                "customProperties[0].value: got 'gold'; allowed: gold with an .sql file beside the "
                "contract; fix: write the SELECT that makes this table",
                "customProperties[1].property: got 'lake.layer'; allowed: each property once; fix: "
                "remove one of them",
            ],
        ),
        (
            changed(customProperties=custom(("lake.layer", "bronze"))),
            [
                "customProperties[0].value: got 'bronze'; allowed: 'silver' or 'gold'; fix: change the value",
            ],
        ),
        (
            changed(customProperties=custom(("lake.layer", "silver"), ("lake.ingest", {}))),
            [
                "customProperties[1].value: got 'lake.ingest'; allowed: lake.engine, lake.ingestion, "
                "lake.layer, lake.order_by, lake.part, lake.partition, lake.quality_gate, lake.refresh, "
                "lake.version, lake.volume, lake.write; fix: did you mean 'lake.ingestion'?",
            ],
        ),
        (
            changed(customProperties=custom(("lake.ingestion", {"mode": "stream", "format": "json"}))),
            [
                "customProperties.lake.layer: got 'nothing'; allowed: a value, which has no default; "
                "fix: add the key",
            ],
        ),
        (
            changed(customProperties=[]),
            [
                "customProperties.lake.layer: got 'nothing'; allowed: a value, which has no default; "
                "fix: add the key",
            ],
        ),
        (
            changed(customProperties=custom(("lake.layer", "silver"))),
            [
                "customProperties.lake.ingestion: got 'nothing'; allowed: mode and format of a silver "
                "dataset; fix: add the property, or use `gold`",
            ],
        ),
        (
            changed(
                customProperties=custom(
                    ("lake.layer", "silver"), ("lake.ingestion", {"mode": "push", "format": "xml"})
                )
            ),
            [
                "customProperties[1].value.mode: got 'push'; allowed: 'stream' or "
                "'files'; fix: change the value",
                "customProperties[1].value.format: got 'xml'; allowed: 'json', 'csv' or 'parquet'; "
                "fix: change the value",
            ],
        ),
        (
            source("shop/orders", ingestion={**FILES, "nullToken": ""}),
            [
                "customProperties[1].value.nullToken: got ''; allowed: String should have at least 1 "
                "character; fix: change the value",
            ],
        ),
        (
            source("shop/orders", ingestion={"mode": "stream", "format": "json", "stream": "A"}),
            [
                "customProperties[1].value.stream: got 'A'; allowed: text that matches "
                "'^[a-z][a-z0-9]*(-[a-z0-9]+)*$'; fix: change the value",
            ],
        ),
        (
            source("shop/orders", ingestion={"mode": "stream", "format": "json", "stream": "x" * 41}),
            [
                "customProperties[1].value.stream: got 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'; "
                "allowed: String should have at most 40 characters; fix: change the value",
            ],
        ),
        (
            source("shop/orders", part=0),
            [
                "customProperties[2].value: got 0; allowed: greater than or equal to 1; fix: change "
                "the value",
            ],
        ),
        (
            source("shop/orders", quality_gate={"maxRejectedRatio": 1.1}),
            [
                "customProperties[2].value.maxRejectedRatio: got 1.1; allowed: less than or equal to "
                "1; fix: change the value",
            ],
        ),
        (
            source("shop/orders", quality_gate={"maxRejectedRatio": -0.1}),
            [
                "customProperties[2].value.maxRejectedRatio: got -0.1; allowed: greater than or equal "
                "to 0; fix: change the value",
            ],
        ),
        (
            source("shop/orders", quality_gate={"maxRejectedRatio": 0.1, "other": 1}),
            [
                "customProperties[2].value.other: got 'other'; allowed: maxRejectedRatio; fix: remove "
                "it, or use one of these",
            ],
        ),
        (
            source("shop/orders", partition=["week(order_id)"]),
            [
                "customProperties[2].value[0].transform: got 'week'; allowed: text that matches "
                "'^(identity|year|month|day|hour|bucket\\[[1-9]\\d*\\]|truncate\\[[1-9]\\d*\\])$'; fix: "
                "change the value",
            ],
        ),
        (
            source("shop/orders", partition=["bucket(0, order_id)"]),
            [
                "customProperties[2].value[0].transform: got 'bucket[0]'; allowed: text that matches "
                "'^(identity|year|month|day|hour|bucket\\[[1-9]\\d*\\]|truncate\\[[1-9]\\d*\\])$'; fix: "
                "change the value",
            ],
        ),
        (
            source("shop/orders", partition=["bucket[4]"]),
            [
                "customProperties[2].value[0]: got 'bucket[4]'; allowed: order_id; fix: remove it, or "
                "use one of these",
            ],
        ),
        (
            source("shop/orders", column("at", "timestamp", "timestamptz"), partition=["day(at)", "day(at)"]),
            [
                "customProperties[2].value[1]: got 'at_day'; allowed: a partition name that no column "
                "or partition has; fix: remove or rename one",
            ],
        ),
        (
            source(
                "shop/orders",
                column("at", "timestamp", "timestamptz"),
                column("at_day"),
                partition=["day(at)"],
            ),
            [
                "customProperties[2].value[0]: got 'at_day'; allowed: a partition name that no column "
                "or partition has; fix: remove or rename one",
            ],
        ),
        (
            source("shop/orders", column("at", "timestamp", "timestamptz"), partition=["truncate(4, at)"]),
            [
                "customProperties[2].value[0]: got 'at'; allowed: int, long, string under truncate; "
                "fix: choose another transform or column",
            ],
        ),
        (
            source("shop/orders", column("n", "number", "double"), partition=["n"]),
            [
                "customProperties[2].value[0]: got 'n'; allowed: boolean, date, int, long, string, "
                "timestamp, timestamptz under identity; fix: choose another transform or column",
            ],
        ),
        (
            source("shop/orders", column("d", "date"), partition=["hour(d)"]),
            [
                "customProperties[2].value[0]: got 'd'; allowed: timestamp, timestamptz under hour; "
                "fix: choose another transform or column",
            ],
        ),
        (
            source("shop/orders", column("n", "number", "decimal(9,2)"), partition=["day(n)"]),
            [
                "customProperties[2].value[0]: got 'n'; allowed: date, timestamp, timestamptz under "
                "day; fix: choose another transform or column",
            ],
        ),
        (
            source("shop/orders", partition=["order"]),
            [
                "customProperties[2].value[0]: got 'order'; allowed: order_id; fix: did you mean 'order_id'?",
            ],
        ),
        (
            source("shop/orders", column("day", partitioned=True), partition=["order_id"]),
            [
                "customProperties.lake.partition: got 'lake.partition'; allowed: one of it and "
                "`partitioned` on columns; fix: remove one of them",
            ],
        ),
        (
            source("shop/orders", column("a", partitioned=True), column("b", partitioned=True)),
            [
                "schema[0].properties[1].partitionKeyPosition: got [-1, -1]; allowed: "
                "partitionKeyPosition 1 to 2, each once; fix: number the columns",
            ],
        ),
        (
            source("shop/orders", column("a", partitioned=True, partitionKeyPosition=2)),
            [
                "schema[0].properties[1].partitionKeyPosition: got [2]; allowed: partitionKeyPosition "
                "1 to 1, each once; fix: number the columns",
            ],
        ),
        (
            source("shop/orders", order_by=["order"]),
            [
                "customProperties[2].value[0]: got 'order'; allowed: order_id; fix: did you mean 'order_id'?",
            ],
        ),
        (
            source("shop/orders", column("flag", "boolean"), order_by=["flag"]),
            [
                "customProperties[2].value[0]: got 'flag'; allowed: a number, text, date or time; "
                "fix: choose another column",
            ],
        ),
        (
            source("shop/orders", write="append", order_by=["order_id"]),
            [
                "customProperties[3].value: got 'lake.order_by'; allowed: nothing under `lake.write: "
                "append`, where no version replaces another; fix: remove one of them",
            ],
        ),
        (
            source("shop/orders", write="overwrite"),
            [
                "customProperties[2].value: got 'overwrite'; allowed: merge or append in mode stream: an "
                "object holds what had come by then, never the whole; fix: change write or mode",
            ],
        ),
        (
            source("shop/orders", version={"order": "arrival"}),
            [
                "customProperties[2].value: got 'lake.version'; allowed: silver datasets under `lake.write: "
                "overwrite` only; fix: remove it",
            ],
        ),
        (
            source(
                "shop/orders",
                engine="function",
                ingestion={"mode": "files", "format": "parquet", "content": "changes"},
            ),
            [
                "customProperties[2].value: got 'function'; allowed: `glue` for changes of a database table, "
                "which Spark alone applies; fix: remove it",
            ],
        ),
        (
            product("shop/orders", version={"order": "name"}, write="overwrite"),
            [
                "customProperties[0].value: got 'gold'; allowed: gold with an .sql file beside the "
                "contract; fix: write the SELECT that makes this table",
                "customProperties[1].value: got 'lake.version'; allowed: silver datasets under `lake.write: "
                "overwrite` only; fix: remove it",
            ],
        ),
        (
            source("shop/orders", engine="spark"),
            [
                "customProperties[2].value: got 'spark'; allowed: 'function' or 'glue'; "
                "fix: change the value",
            ],
        ),
        (
            source("shop/orders", volume={"recordsPerDay": [20, 10], "bytesPerRecord": 100}),
            [
                "customProperties[2].value: got {'recordsPerDay': [20, 10], 'bytesPerRecord': 100}; allowed: "
                "recordsPerDay with the fewest first; fix: change the value",
            ],
        ),
        (
            source("shop/orders", write="overwrite_partitions"),
            [
                "customProperties[2].value: got 'overwrite_partitions'; allowed: merge, append or "
                "overwrite on silver; fix: change it",
            ],
        ),
        (
            source("shop/orders", refresh={"input": "shop/a", "column": "b"}),
            [
                "customProperties[2].value: got 'lake.refresh'; allowed: gold datasets only; fix: remove it",
            ],
        ),
        (
            source("shop/orders", ingestion={"mode": "stream", "format": "csv"}),
            [
                "customProperties[1].value.format: got 'csv'; allowed: json, parquet for records in "
                "mode stream; fix: change mode or format",
            ],
        ),
        (
            source("shop/orders", ingestion={**FILES, "stream": "all"}),
            [
                "customProperties[1].value.stream: got 'all'; allowed: stream in mode stream only; "
                "fix: remove it, or change the mode",
            ],
        ),
        (
            source("shop/orders", ingestion={**FILES, "transform": "json_lines"}),
            [
                "customProperties[1].value.transform: got 'json_lines'; allowed: transform in mode "
                "stream only; fix: remove it, or change the mode",
            ],
        ),
        (
            source("shop/orders", ingestion={"mode": "stream", "format": "json", "nullToken": "NA"}),
            [
                "customProperties[1].value.nullToken: got 'NA'; allowed: nothing: JSON has null; fix: "
                "remove it",
            ],
        ),
        (
            source("shop/orders", ingestion={**PARQUET, "nullToken": "NA"}),
            [
                "customProperties[1].value.nullToken: got 'NA'; allowed: nothing: Parquet has null; "
                "fix: remove it",
            ],
        ),
        (
            source("shop/orders", {**column("note"), **NESTED}, ingestion=FILES),
            [
                "schema[0].properties[1].logicalType: got 'struct'; allowed: a scalar in CSV; fix: "
                "use JSON, or another type",
            ],
        ),
        (
            source("shop/orders", {**column("note"), **NESTED}, ingestion=REPLICA),
            [
                "schema[0].properties[1].logicalType: got 'struct'; allowed: a scalar in changes: "
                "AWS DMS writes no nested types; fix: use string for what comes as JSON text",
            ],
        ),
        (
            source("shop/orders", column("op"), ingestion=REPLICA),
            [
                "schema[0].properties[1].name: got 'op'; allowed: another name: Op tells the "
                "operation of a change; fix: rename it at the source, or leave it out",
            ],
        ),
        (
            source(
                "shop/orders",
                column("at", "date"),
                ingestion=REPLICA,
                write="append",
                order_by=["at", "order_id"],
            ),
            [
                "customProperties[2].value: got 'append'; allowed: merge for changes: the table "
                "follows its source; fix: remove it",
                "customProperties[3].value: got 'at, order_id'; allowed: nothing for changes: commits "
                "of the source order its changes; fix: remove it",
                "customProperties[3].value: got 'lake.order_by'; allowed: nothing under `lake.write: "
                "append`, where no version replaces another; fix: remove one of them",
            ],
        ),
        (
            source("shop/orders", ingestion={**PARQUET, "stream": "all"}),
            [
                "customProperties[1].value.format: got 'parquet'; allowed: json in a shared stream: "
                "Firehose converts by the columns of one table; fix: use json, or a stream of its own",
            ],
        ),
        (
            source("shop/orders", ingestion={**PARQUET, "unknownFields": "rescue"}),
            [
                "customProperties[1].value.unknownFields: got 'rescue'; allowed: ignore where "
                "Firehose writes Parquet: it keeps the columns of the contract alone; fix: use "
                "format: json",
            ],
        ),
        (
            source(
                "shop/orders",
                column("n", "number", "decimal(9,2)"),
                column("b", "string", "binary"),
                ingestion=PARQUET,
            ),
            [
                "schema[0].properties[1].logicalType: got 'decimal'; allowed: types that Firehose "
                "converts to Parquet without loss; fix: use format: json, or another type",
                "schema[0].properties[2].logicalType: got 'binary'; allowed: types that Firehose "
                "converts to Parquet without loss; fix: use format: json, or another type",
            ],
        ),
        (
            source(
                "shop/orders",
                column(
                    "n",
                    "array",
                    items={
                        "logicalType": "object",
                        "properties": [
                            {"name": "a", "logicalType": "number", "physicalType": "decimal(9,2)"}
                        ],
                    },
                ),
                ingestion=PARQUET,
            ),
            [
                "schema[0].properties[1].logicalType: got 'decimal'; allowed: types that Firehose "
                "converts to Parquet without loss; fix: use format: json, or another type",
            ],
        ),
        (
            source(
                "shop/orders",
                column(
                    "n",
                    "map",
                    map={
                        "key": {"logicalType": "string"},
                        "value": {"logicalType": "string", "physicalType": "binary"},
                    },
                ),
                ingestion=PARQUET,
            ),
            [
                "schema[0].properties[1].logicalType: got 'binary'; allowed: types that Firehose "
                "converts to Parquet without loss; fix: use format: json, or another type",
            ],
        ),
        (
            product("shop/orders"),
            [
                "customProperties[0].value: got 'gold'; allowed: gold with an .sql file beside the "
                "contract; fix: write the SELECT that makes this table",
            ],
        ),
        (
            product(
                "shop/orders",
                ingestion=FILES,
                order_by=["order_id"],
                quality_gate={"maxRejectedRatio": 0.1},
                engine="glue",
                volume={"recordsPerDay": [1, 2], "bytesPerRecord": 100},
            ),
            [
                "customProperties[0].value: got 'gold'; allowed: gold with an .sql file beside the "
                "contract; fix: write the SELECT that makes this table",
                "customProperties[1].value: got 'lake.ingestion'; allowed: silver datasets only; fix: "
                "remove it: SQL makes this table",
                "customProperties[2].value: got 'lake.order_by'; allowed: silver datasets only; fix: "
                "remove it: SQL makes this table",
                "customProperties[3].value: got 'lake.quality_gate'; allowed: silver datasets only; "
                "fix: remove it: SQL makes this table",
                "customProperties[4].value: got 'lake.engine'; allowed: silver datasets only; fix: "
                "remove it: SQL makes this table",
                "customProperties[5].value: got 'lake.volume'; allowed: silver datasets only; fix: "
                "remove it: SQL makes this table",
            ],
        ),
        (
            product("shop/orders", column("note", customProperties=custom(("lake.masking", "redact")))),
            [
                "schema[0].properties[1].customProperties: got 'redact'; allowed: masking on silver "
                "only; fix: mask the silver column it comes from",
                "customProperties[0].value: got 'gold'; allowed: gold with an .sql file beside the "
                "contract; fix: write the SELECT that makes this table",
            ],
        ),
        (
            product("shop/orders", write="append"),
            [
                "customProperties[0].value: got 'gold'; allowed: gold with an .sql file beside the "
                "contract; fix: write the SELECT that makes this table",
                "customProperties[1].value: got 'append'; allowed: overwrite or overwrite_partitions "
                "on gold; fix: change it",
            ],
        ),
        (
            product("shop/orders", write="overwrite_partitions"),
            [
                "customProperties.lake.refresh: got 'nothing'; allowed: lake.refresh with "
                "`lake.write: overwrite_partitions`; fix: add input and column, or remove lake.write",
                "customProperties[0].value: got 'gold'; allowed: gold with an .sql file beside the "
                "contract; fix: write the SELECT that makes this table",
            ],
        ),
        (
            product("shop/orders", DAY, refresh={"input": "shop/orders", "column": "day"}),
            [
                "customProperties[0].value: got 'gold'; allowed: gold with an .sql file beside the "
                "contract; fix: write the SELECT that makes this table",
                "customProperties[1].value: got 'lake.refresh'; allowed: nothing without `lake.write: "
                "overwrite_partitions`; fix: remove it, or add that",
            ],
        ),
        (
            product("shop/orders", DAY, **IN_PARTS),
            [
                "customProperties.lake.partition: got 'nothing of the column'; allowed: day, "
                "day(day), month(day), year(day); fix: add it, so that a part can be replaced without "
                "reading it",
                "customProperties[0].value: got 'gold'; allowed: gold with an .sql file beside the "
                "contract; fix: write the SELECT that makes this table",
            ],
        ),
        (
            product("shop/orders", column("dai", "date", required=True), **IN_PARTS),
            [
                "customProperties[0].value: got 'gold'; allowed: gold with an .sql file beside the "
                "contract; fix: write the SELECT that makes this table",
                "customProperties[2].value.column: got 'day'; allowed: dai, order_id; fix: did you "
                "mean 'dai'?",
            ],
        ),
        (
            product("shop/orders", column("day", "boolean", required=True), **IN_PARTS),
            [
                "customProperties[0].value: got 'gold'; allowed: gold with an .sql file beside the "
                "contract; fix: write the SELECT that makes this table",
                "customProperties[2].value.column: got 'day of type boolean'; allowed: date, int, "
                "long, string; fix: choose another column",
            ],
        ),
        (
            product("shop/orders", column("day", "integer", "int"), **IN_PARTS),
            [
                "customProperties.lake.partition: got 'nothing of the column'; allowed: day; fix: add "
                "it, so that a part can be replaced without reading it",
                "customProperties[0].value: got 'gold'; allowed: gold with an .sql file beside the "
                "contract; fix: write the SELECT that makes this table",
                "customProperties[2].value.column: got 'day'; allowed: a column with `required: "
                "true`: rows without a value belong to no part; fix: require it, or choose another "
                "column",
            ],
        ),
        (
            product("shop/orders", DAY, **IN_PARTS, partition=["bucket(4, day)"]),
            [
                "customProperties[0].value: got 'gold'; allowed: gold with an .sql file beside the "
                "contract; fix: write the SELECT that makes this table",
                "customProperties[3].value: got 'nothing of the column'; allowed: day, day(day), "
                "month(day), year(day); fix: add it, so that a part can be replaced without reading "
                "it",
            ],
        ),
        (
            note(customProperties=custom(("lake.declassified", {"from": ["a/b.c"], "reason": "Why."}))),
            [
                "schema[0].properties[1].customProperties: got 'lake.declassified'; allowed: "
                "lake.declassified on gold only; fix: remove it: nothing is republished here",
            ],
        ),
        (
            note(customProperties=custom(("lake.declassified", {"from": [], "reason": "Why."}))),
            [
                "schema[0].properties[1].customProperties[0].value: got {'from': [], 'reason': "
                "'Why.'}; allowed: { from: [<domain>/<dataset>.<column>, …], reason: <text> }; fix: "
                "name the columns whose values those are, and tell why",
            ],
        ),
        (
            note(customProperties=custom(("lake.declassified", {"from": ["a/b.c"], "reason": " "}))),
            [
                "schema[0].properties[1].customProperties[0].value: got {'from': ['a/b.c'], 'reason': "
                "' '}; allowed: { from: [<domain>/<dataset>.<column>, …], reason: <text> }; fix: name "
                "the columns whose values those are, and tell why",
            ],
        ),
        (
            note(customProperties=custom(("lake.declassified", {"from": [1], "reason": "Why."}))),
            [
                "schema[0].properties[1].customProperties[0].value: got {'from': [1], 'reason': "
                "'Why.'}; allowed: { from: [<domain>/<dataset>.<column>, …], reason: <text> }; fix: "
                "name the columns whose values those are, and tell why",
            ],
        ),
        (
            note(
                customProperties=custom(
                    ("lake.declassified", {"from": ["a/b.c"], "reason": "Why.", "more": 1})
                )
            ),
            [
                "schema[0].properties[1].customProperties[0].value: got {'from': ['a/b.c'], 'reason': "
                "'Why.', 'more': 1}; allowed: { from: [<domain>/<dataset>.<column>, …], reason: "
                "<text> }; fix: name the columns whose values those are, and tell why",
            ],
        ),
        (
            note(customProperties=custom(("lake.mask", "hash"))),
            [
                "schema[0].properties[1].customProperties[0].property: got 'lake.mask'; allowed: "
                "lake.declassified, lake.masking, lake.not_personal, lake.subject on a column; fix: did you "
                "mean 'lake.masking'?",
            ],
        ),
        (
            note(customProperties=custom(("lake.masking", "hash"), ("lake.masking", "hash"))),
            [
                "schema[0].properties[1].customProperties[1].property: got 'lake.masking'; allowed: "
                "each property once; fix: remove one of them",
            ],
        ),
        (
            note(customProperties=custom(("other", 1), ("lake.masking", "hashed"))),
            [
                "schema[0].properties[1].customProperties[1].value: got 'hashed'; allowed: generalize, "
                "hash, redact, tokenize, truncate; fix: did you mean 'hash'?",
            ],
        ),
        (
            note(**INTEGER, customProperties=custom(("lake.masking", "hash"))),
            [
                "schema[0].properties[1].customProperties[0].value: got 'hash on int'; allowed: "
                "redact, generalize (width: 2 or more) on int; fix: change one of them",
            ],
        ),
        (
            keyed(
                column(
                    "order_id",
                    required=True,
                    primaryKey=True,
                    customProperties=custom(("lake.masking", "redact")),
                )
            ),
            [
                "schema[0].properties[0]: got 'redact'; allowed: hash, tokenize, or no masking, on a "
                "key column; fix: a key must keep telling records apart",
            ],
        ),
        (
            keyed(column("note")),
            [
                "schema[0].properties: got 'no key'; allowed: at least one column with `primaryKey: "
                "true`; none on silver under `lake.write: append` or `overwrite`; fix: mark what identifies "
                "a record, or append records as they come",
            ],
        ),
        (
            keyed(column("note", primaryKey=True)),
            [
                "schema[0].properties[0].required: got False; allowed: true on a key column; fix: set "
                "`required: true`",
            ],
        ),
        (
            keyed(column("note", "number", "double", required=True, primaryKey=True)),
            [
                "schema[0].properties[0].logicalType: got 'number'; allowed: text, integers, dates or "
                "times in a key; fix: choose another key or type",
            ],
        ),
        (
            keyed(column("a", required=True, primaryKey=True), column("b", required=True, primaryKey=True)),
            [
                "schema[0].properties[0].primaryKeyPosition: got [-1, -1]; allowed: "
                "primaryKeyPosition 1 to 2, each once; fix: number the columns",
            ],
        ),
        (
            keyed(
                column("a", required=True, primaryKey=True, primaryKeyPosition=1),
                column("b", required=True, primaryKey=True, primaryKeyPosition=1),
            ),
            [
                "schema[0].properties[0].primaryKeyPosition: got [1, 1]; allowed: primaryKeyPosition "
                "1 to 2, each once; fix: number the columns",
            ],
        ),
        (
            keyed(column("c"), column("a", required=True, primaryKey=True, primaryKeyPosition=2)),
            [
                "schema[0].properties[1].primaryKeyPosition: got [2]; allowed: primaryKeyPosition 1 "
                "to 1, each once; fix: number the columns",
            ],
        ),
        (
            keyed(column("c"), {**column("a", required=True, primaryKey=True), **NESTED}),
            [
                "schema[0].properties[1].logicalType: got 'object'; allowed: text, integers, dates or "
                "times in a key; fix: choose another key or type",
            ],
        ),
        (
            source("shop/orders", column("ingest_date")),
            [
                "schema[0].properties[1].name: got 'ingest_date'; allowed: any name but ingest_date, "
                "ingest_hour; fix: rename it",
            ],
        ),
        (
            source("shop/orders", column("Note")),
            [
                "schema[0].properties[1].name: got 'Note'; allowed: snake_case: lower-case letters, "
                "digits, single underscores; fix: rename it",
            ],
        ),
        (
            source("shop/orders", column("a__b")),
            [
                "schema[0].properties[1].name: got 'a__b'; allowed: snake_case: lower-case letters, "
                "digits, single underscores; fix: rename it",
            ],
        ),
        (
            source("shop/orders", column("order_id")),
            [
                "schema[0].properties[1].name: got 'order_id'; allowed: each name once; fix: rename "
                "or remove one of them",
            ],
        ),
        (
            source("shop/orders", {"name": "note", "logicalType": "string"}),
            [
                "schema[0].properties[1].description: got '0 bytes'; allowed: 1 to 255 bytes; fix: "
                "tell what it means",
            ],
        ),
        (
            note(description="x" * 256),
            [
                "schema[0].properties[1].description: got '256 bytes'; allowed: 1 to 255 bytes; fix: "
                "tell what it means",
            ],
        ),
        (
            note(description="ü" * 128),
            [
                "schema[0].properties[1].description: got '256 bytes'; allowed: 1 to 255 bytes; fix: "
                "tell what it means",
            ],
        ),
        (
            note(physicalName=" "),
            [
                "schema[0].properties[1].physicalName: got ' '; allowed: the name in the source; fix: write "
                "it, or remove the key",
            ],
        ),
        (
            note(semanticType="measure"),
            [
                "schema[0].properties[1].semanticType: got 'measure'; allowed: column, dimension; "
                "fix: compute it in the SQL of a product",
            ],
        ),
        (
            note(encryptedName="secret"),
            [
                "schema[0].properties[1].encryptedName: got 'secret'; allowed: `lake.masking`; fix: "
                "mask the column instead",
            ],
        ),
        (
            note(classification="secret"),
            [
                "schema[0].properties[1].classification: got 'secret'; allowed: public, internal, "
                "confidential, restricted; fix: remove it, or use one of these",
            ],
        ),
        (
            note(logicalType="time"),
            [
                "schema[0].properties[1].logicalType: got 'time'; allowed: array, boolean, date, "
                "integer, map, number, object, string, timestamp; fix: use a type that a table can "
                "store",
            ],
        ),
        (
            note(logicalType=None),
            [
                "schema[0].properties[1].logicalType: got None; allowed: a value of type string; fix: "
                "change the value",
                "schema[0].properties[1].logicalType: got None; allowed: array, boolean, date, "
                "integer, map, number, object, string, time, timestamp, vector; fix: remove it, or "
                "use one of these",
            ],
        ),
        (
            note(physicalType="long"),
            [
                "schema[0].properties[1].physicalType: got 'long'; allowed: binary, string; fix: say "
                "how string values are stored",
            ],
        ),
        (
            note(logicalType="integer"),
            [
                "schema[0].properties[1].physicalType: got 'nothing'; allowed: int, long; fix: say "
                "how integer values are stored",
            ],
        ),
        (
            note(logicalType="number"),
            [
                "schema[0].properties[1].physicalType: got 'nothing'; allowed: decimal(precision, "
                "scale) of at most 38 digits, double, float; fix: say how number values are stored",
            ],
        ),
        (
            note(logicalType="number", physicalType="decimal(39,2)"),
            [
                "schema[0].properties[1].physicalType: got 'decimal(39,2)'; allowed: "
                "decimal(precision, scale) of at most 38 digits, double, float; fix: say how number "
                "values are stored",
            ],
        ),
        (
            note(logicalType="number", physicalType="decimal(4,5)"),
            [
                "schema[0].properties[1].physicalType: got 'decimal(4,5)'; allowed: "
                "decimal(precision, scale) of at most 38 digits, double, float; fix: say how number "
                "values are stored",
            ],
        ),
        (
            note(logicalType="number", physicalType="decimal(0,0)"),
            [
                "schema[0].properties[1].physicalType: got 'decimal(0,0)'; allowed: "
                "decimal(precision, scale) of at most 38 digits, double, float; fix: say how number "
                "values are stored",
            ],
        ),
        (
            note(logicalType="timestamp"),
            [
                "schema[0].properties[1].physicalType: got 'nothing'; allowed: timestamp, "
                "timestamptz; fix: say how timestamp values are stored",
            ],
        ),
        (
            note(**INTEGER, logicalTypeOptions={"format": "i64"}),
            [
                "schema[0].properties[1].logicalTypeOptions.format: got 'i64'; allowed: i16, i32, i8, "
                "u16, u8; fix: choose a physicalType that holds every such value",
            ],
        ),
        (
            note(logicalType="timestamp", physicalType="timestamp", logicalTypeOptions={"timezone": True}),
            [
                "schema[0].properties[1].logicalTypeOptions.timezone: got True; allowed: false; fix: "
                "change it or the physicalType",
            ],
        ),
        (
            note(logicalType="timestamp", physicalType="timestamptz", logicalTypeOptions={"timezone": False}),
            [
                "schema[0].properties[1].logicalTypeOptions.timezone: got False; allowed: true; fix: "
                "change it or the physicalType",
            ],
        ),
        (
            note(logicalType="object"),
            [
                "schema[0].properties[1].properties: got 'nothing'; allowed: at least one property; "
                "fix: list the members",
            ],
        ),
        (
            note(
                logicalType="object",
                physicalType="record",
                properties=[{"name": "A", "logicalType": "string"}],
            ),
            [
                "schema[0].properties[1].physicalType: got 'record'; allowed: struct; fix: change or "
                "remove it",
                "schema[0].properties[1].properties[0].name: got 'A'; allowed: snake_case: lower-case "
                "letters, digits, single underscores; fix: rename it",
            ],
        ),
        (
            note(logicalType="array"),
            [
                "schema[0].properties[1].items: got 'nothing'; allowed: the type of the elements; "
                "fix: add the key",
            ],
        ),
        (
            note(
                logicalType="array",
                items={
                    "logicalType": "string",
                    "quality": [{"type": "text", "description": "x"}],
                    "unique": True,
                    "logicalTypeOptions": {"maxLength": 3, "format": "uuid"},
                    "customProperties": custom(("own", 1), ("lake.masking", "hash")),
                },
            ),
            [
                "schema[0].properties[1].items.quality: got 'quality'; allowed: rules on columns "
                "only; fix: remove it, or make this a column",
                "schema[0].properties[1].items.unique: got 'unique'; allowed: rules on columns only; "
                "fix: remove it, or make this a column",
                "schema[0].properties[1].items.logicalTypeOptions.maxLength: got "
                "'logicalTypeOptions.maxLength'; allowed: rules on columns only; fix: remove it, or "
                "make this a column",
                "schema[0].properties[1].items.customProperties[1].value: got 'hash'; allowed: masking of "
                "columns and members; fix: put it on the array or map, whose elements or values it then "
                "masks",
            ],
        ),
        (
            note(
                logicalType="object",
                properties=[
                    {"name": "a", "logicalType": "string"},
                    {"name": "a", "logicalType": "time", "classification": "secret"},
                ],
            ),
            [
                "schema[0].properties[1].properties[1].name: got 'a'; allowed: each name once; fix: "
                "rename or remove one of them",
                "schema[0].properties[1].properties[1].logicalType: got 'time'; allowed: array, "
                "boolean, date, integer, map, number, object, string, timestamp; fix: use a type that "
                "a table can store",
                "schema[0].properties[1].properties[1].classification: got 'secret'; allowed: public, "
                "internal, confidential, restricted; fix: remove it, or use one of these",
            ],
        ),
        (
            note(logicalTypeOptions={"minLength": 3, "maxLength": 2}),
            [
                "schema[0].properties[1]: got 'min_length 3'; allowed: at most the max_length, 2; "
                "fix: exchange them",
            ],
        ),
        (
            note(**INTEGER, logicalTypeOptions={"minimum": 3, "maximum": 2}),
            [
                "schema[0].properties[1]: got 'minimum 3'; allowed: at most the maximum, 2; fix: "
                "exchange them",
            ],
        ),
        (
            note(**INTEGER, logicalTypeOptions={"minimum": 3, "exclusiveMaximum": 2}),
            [
                "schema[0].properties[1]: got 'minimum 3'; allowed: at most the exclusive_maximum, 2; "
                "fix: exchange them",
            ],
        ),
        (
            note(**INTEGER, logicalTypeOptions={"exclusiveMinimum": 3, "maximum": 2}),
            [
                "schema[0].properties[1]: got 'exclusive_minimum 3'; allowed: at most the maximum, 2; "
                "fix: exchange them",
            ],
        ),
        (
            note(**INTEGER, logicalTypeOptions={"exclusiveMinimum": 3, "exclusiveMaximum": 2}),
            [
                "schema[0].properties[1]: got 'exclusive_minimum 3'; allowed: at most the "
                "exclusive_maximum, 2; fix: exchange them",
            ],
        ),
        (
            note(**INTEGER, logicalTypeOptions={"multipleOf": 2}),
            [
                "schema[0].properties[1].logicalTypeOptions.multipleOf: got 'multipleOf'; allowed: "
                "exclusiveMaximum, exclusiveMinimum, format, maximum, minimum; fix: remove it: no job "
                "enforces it",
            ],
        ),
        (
            note(logicalTypeOptions={"minimum": 2}),
            [
                "schema[0].properties[1].logicalTypeOptions.minimum: got 'minimum'; allowed: format, "
                "maxLength, minLength, pattern; fix: remove it, or use one of these",
                "schema[0].properties[1].logicalTypeOptions.minimum: got 'minimum'; allowed: format, "
                "maxLength, minLength, pattern; fix: remove it: no job enforces it",
            ],
        ),
        (
            note(logicalType="date", logicalTypeOptions={"minimum": "2020-1-1", "maximum": "20200101"}),
            [
                "schema[0].properties[1].logicalTypeOptions.minimum: got '2020-1-1'; allowed: a date, "
                "as in 2026-01-31; fix: write it in ISO 8601",
                "schema[0].properties[1].logicalTypeOptions.maximum: got '20200101'; allowed: a date, "
                "as in 2026-01-31; fix: write it in ISO 8601",
            ],
        ),
        (
            note(
                logicalType="date",
                logicalTypeOptions={"exclusiveMinimum": "soon", "exclusiveMaximum": 7, "timezone": True},
            ),
            [
                "schema[0].properties[1].logicalTypeOptions.exclusiveMinimum: got 'soon'; allowed: a "
                "date, as in 2026-01-31; fix: write it in ISO 8601",
                "schema[0].properties[1].logicalTypeOptions.exclusiveMaximum: got 7; allowed: a value "
                "of type string; fix: change the value",
                "schema[0].properties[1].logicalTypeOptions.timezone: got 'timezone'; allowed: "
                "exclusiveMaximum, exclusiveMinimum, format, maximum, minimum; fix: remove it, or use "
                "one of these",
                "schema[0].properties[1].logicalTypeOptions.timezone: got 'timezone'; allowed: "
                "exclusiveMaximum, exclusiveMinimum, format, maximum, minimum; fix: remove it: no job "
                "enforces it",
            ],
        ),
        (
            note(
                logicalType="timestamp",
                physicalType="timestamp",
                logicalTypeOptions={"minimum": "2020-01-01T00:00:00Z"},
            ),
            [
                "schema[0].properties[1].logicalTypeOptions.minimum: got '2020-01-01T00:00:00Z'; "
                "allowed: date and time without a zone, as in 2026-01-31T09:30:00; fix: write it in "
                "ISO 8601",
            ],
        ),
        (
            note(
                logicalType="timestamp",
                physicalType="timestamptz",
                logicalTypeOptions={"minimum": "2020-01-01T00:00:00", "format": "x"},
            ),
            [
                "schema[0].properties[1].logicalTypeOptions.minimum: got '2020-01-01T00:00:00'; "
                "allowed: date and time with a zone, as in 2026-01-31T09:30:00Z; fix: write it in ISO "
                "8601",
                "schema[0].properties[1].logicalTypeOptions.format: got 'x'; allowed: yyyy or yy, once and "
                "always; fix: write it as Java's DateTimeFormatter does, as in dd.MM.yyyy",
            ],
        ),
        (
            note(
                logicalType="array",
                items={"logicalType": "string"},
                logicalTypeOptions={"minItems": 3, "maxItems": 2, "uniqueItems": True},
            ),
            [
                "schema[0].properties[1]: got 'min_length 3'; allowed: at most the max_length, 2; "
                "fix: exchange them",
                "schema[0].properties[1].logicalTypeOptions.uniqueItems: got 'uniqueItems'; allowed: "
                "maxItems, minItems; fix: remove it: no job enforces it",
            ],
        ),
        (
            note(logicalType="boolean", logicalTypeOptions={"format": "x"}),
            [
                "schema[0].properties[1].logicalTypeOptions.format: got 'format'; allowed: nothing; "
                "fix: remove it: no job enforces it",
            ],
        ),
        (
            note(logicalTypeOptions={"pattern": "("}),
            [
                "schema[0].properties[1]: got '('; allowed: a regular expression (missing ), "
                "unterminated subpattern at position 0); fix: mend the pattern",
            ],
        ),
        (
            note(
                logicalTypeOptions={"pattern": "a"},
                quality=[{"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "b"}}],
            ),
            [
                "schema[0].properties[1].quality[0]: got 'b'; allowed: one place that sets the "
                "pattern values; fix: remove one of them",
            ],
        ),
        (
            note(
                enum=[{"value": "a"}],
                quality=[{"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": ["b"]}}],
            ),
            [
                "schema[0].properties[1].quality[0]: got ['b']; allowed: one place that sets the "
                "allowed values; fix: remove one of them",
            ],
        ),
        (
            note(enum=[{"value": 1}]),
            [
                "schema[0].properties[1]: got [1]; allowed: a list of texts; fix: write each value in quotes",
            ],
        ),
        (
            note(**INTEGER, enum=[{"value": "1"}]),
            [
                "schema[0].properties[1]: got 'allowed'; allowed: minimum and maximum, or a string "
                "column; fix: use a rule for this type",
            ],
        ),
        (
            rule(metric="invalidValues", mustBe=0, arguments={"validValues": []}),
            [
                "schema[0].properties[1]: got []; allowed: a list of texts; fix: write each value in quotes",
            ],
        ),
        (
            rule(type="custom", engine="x", implementation="y"),
            [
                "schema[0].properties[1].quality[0].type: got 'custom'; allowed: library, sql, text; "
                "fix: write it as an SQL rule",
            ],
        ),
        (
            rule(mustBe=0),
            [
                "schema[0].properties[1].quality[0].metric: got 'nothing'; allowed: what to measure; "
                "fix: add the key",
            ],
        ),
        (
            rule(type="sql", mustBe=0),
            [
                "schema[0].properties[1].quality[0].query: got 'nothing'; allowed: a value for query; "
                "fix: add the key",
            ],
        ),
        (
            rule(metric="rowCount", mustBe=1),
            [
                "schema[0].properties[1].quality[0].metric: got 'rowCount'; allowed: this metric on "
                "the table; fix: move it to the table's quality",
            ],
        ),
        (
            rule(metric="nullValues", mustBe=0, unit="percentage"),
            [
                "schema[0].properties[1].quality[0].unit: got 'percentage'; allowed: percent, rows; "
                "fix: did you mean 'percent'?",
            ],
        ),
        (
            rule(metric="nullValues", mustBe=0, severity="critical"),
            [
                "schema[0].properties[1].quality[0].severity: got 'critical'; allowed: error, info, "
                "warning; fix: remove it, or use one of these",
            ],
        ),
        (
            rule(metric="nullValues", mustBe="0"),
            [
                "schema[0].properties[1].quality[0].mustBe: got '0'; allowed: a number; fix: compare "
                "what is measured with a number",
            ],
        ),
        (
            rule(metric="nullValues", mustBeBetween=[3, 1]),
            [
                "schema[0].properties[1].quality[0].mustBeBetween: got [3, 1]; allowed: the smaller "
                "number first; fix: exchange them",
            ],
        ),
        (
            rule(metric="nullValues", mustBe=0, arguments={"pattern": "x"}),
            [
                "schema[0].properties[1].quality[0].arguments: got 'pattern'; allowed: nothing; fix: "
                "remove it, or use one of these",
            ],
        ),
        (
            rule(metric="invalidValues", mustBe=1),
            [
                "schema[0].properties[1].quality[0].arguments: got {}; allowed: validValues, pattern; "
                "fix: say which values are valid",
            ],
        ),
        (
            rule(metric="invalidValues", mustBe=1, arguments={"pattern": "("}),
            [
                "schema[0].properties[1].quality[0].arguments.pattern: got '('; allowed: a regular "
                "expression (missing ), unterminated subpattern at position 0); fix: mend the pattern",
            ],
        ),
        (
            rule(metric="missingValues", mustBe=1, arguments={"missingValues": [1]}),
            [
                "schema[0].properties[1].quality[0].arguments.missingValues: got [1]; allowed: a list "
                "of texts; fix: write each value in quotes",
            ],
        ),
        (
            table(quality=[{"metric": "nullValues", "mustBe": 0}]),
            [
                "schema[0].quality[0].metric: got 'nullValues'; allowed: this metric on a column; "
                "fix: move it to the column's quality",
            ],
        ),
        (
            table(quality=[{"metric": "rowCount", "mustBe": 0, "unit": "percent"}]),
            [
                "schema[0].quality[0].unit: got 'percent'; allowed: rows; fix: remove it, or use one "
                "of these",
            ],
        ),
        (
            table(
                quality=[{"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["nota"]}}]
            ),
            [
                "schema[0].quality[0].arguments: got 'nota'; allowed: note, order_id; fix: did you "
                "mean 'note'?",
            ],
        ),
        (
            table(quality=[{"metric": "duplicateValues", "mustBe": 0}]),
            [
                "schema[0].quality[0].arguments.properties: got None; allowed: a list of texts; fix: "
                "write each value in quotes",
            ],
        ),
        (
            table(quality=[{"metric": "rowCount", "mustBe": 1}, {"metric": "rowCount", "mustBe": 2}]),
            [
                "schema[0].quality: got 'rowCount'; allowed: each rule name once; fix: give each of "
                "these rules a `name`",
            ],
        ),
        (
            table(
                column(
                    "note",
                    **INTEGER,
                    quality=[{"metric": "invalidValues", "mustBe": 1, "arguments": {"validValues": ["a"]}}],
                )
            ),
            [
                "schema[0].properties[1].quality[0].arguments: got 'texts'; allowed: a rule on a "
                "string column; fix: use an SQL rule for this type",
            ],
        ),
        (
            note(
                customProperties=custom(("lake.masking", "redact")),
                quality=[{"metric": "nullValues", "mustBe": 0}],
            ),
            [
                "schema[0].properties: got 'nullValues(note) on masked note'; allowed: rules on what "
                "is stored; fix: let the rule reject records (invalidValues, mustBe: 0), which sees "
                "the clear value",
            ],
        ),
        (
            note(
                customProperties=custom(("lake.masking", "hash")),
                quality=[{"metric": "invalidValues", "mustBe": 1, "arguments": {"pattern": "a"}}],
            ),
            [
                "schema[0].properties: got 'invalidValues(note) on masked note'; allowed: rules on "
                "what is stored; fix: let the rule reject records (invalidValues, mustBe: 0), which "
                "sees the clear value",
            ],
        ),
        (
            note(
                logicalType="map",
                map={"key": {"logicalType": "string"}, "value": {"logicalType": "string"}},
                unique=True,
            ),
            [
                "schema[0].properties: got 'unique(note) on a map'; allowed: columns that can be "
                "compared; fix: remove it",
            ],
        ),
        (
            table(name="order"),
            [
                "schema[0].name: got 'order'; allowed: orders, as the file is named; fix: rename the "
                "file or change the value",
            ],
        ),
        (
            table(name="Orders"),
            [
                "schema[0].name: got 'Orders'; allowed: orders, as the file is named; fix: rename the "
                "file or change the value",
                "schema[0].name: got 'Orders'; allowed: snake_case: lower-case letters, digits, "
                "single underscores; fix: rename it",
            ],
        ),
        (
            table(name="data_quality_results"),
            [
                "schema[0].name: got 'data_quality_results'; allowed: orders, as the file is named; "
                "fix: rename the file or change the value",
            ],
        ),
        (
            table(physicalName="tbl_orders"),
            [
                "schema[0].physicalName: got 'tbl_orders'; allowed: orders, as the file is named; "
                "fix: rename the file or change the value",
            ],
        ),
        (
            table(customProperties=custom(("own", 1), ("lake.layer", "silver"))),
            [
                "schema[0].customProperties[1].property: got 'lake.layer'; allowed: no `lake.` "
                "property here; fix: move it to the customProperties of the contract",
            ],
        ),
        (
            note(relationships=[{"to": "customers.id"}]),
            [
                "relationships of note: got 'shop/customers'; allowed: a dataset of the lake; fix: "
                "did you mean 'shop/orders'?",
            ],
        ),
        (
            note(relationships=[{"to": "orders.id"}]),
            [
                "relationships of note: got 'id of shop/orders'; allowed: note, order_id; fix: remove "
                "it, or use one of these",
            ],
        ),
        (
            note(**INTEGER, relationships=[{"to": "orders.order_id"}]),
            [
                "relationships of note: got 'note and order_id of other types'; allowed: order_id of "
                "shop/orders of the same type as note; fix: change one type",
            ],
        ),
        (
            table(
                relationships=[
                    {"from": ["orders.not", "orders.order_id"], "to": ["shop.orders.order_id", "orders.note"]}
                ]
            ),
            [
                "schema[0].relationships[0].from: got 'not'; allowed: note, order_id; fix: did you "
                "mean 'note'?",
            ],
        ),
        (
            table(relationships=[{"from": "orders.note", "to": ["orders.order_id", "orders.note"]}]),
            [
                "schema[0].relationships[0].from: got 'orders.note'; allowed: a value of type array; "
                "fix: change the value",
            ],
        ),
        (
            table(
                relationships=[
                    {"from": ["orders.note", "orders.order_id"], "to": ["orders.order_id", "others.note"]}
                ]
            ),
            [
                "schema[0].relationships[0].to: got ['orders.order_id', 'others.note']; allowed: as "
                "many columns as refer to it, all of one dataset; fix: list them in pairs",
            ],
        ),
    ],
)
def test_contract_is_refused_with_all_that_is_wrong_and_how_to_mend_it(
    project: Project, contract: Json, faults: list[str]
) -> None:
    assert [fault.partition(": ")[2] for fault in project.faults_of(contract)] == faults
