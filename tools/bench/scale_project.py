"""A copy of the project with generated contracts, to see how the lake grows.

A fourth of the datasets each are JSON streams with nested types, CSV files, JSON files, and products that
join them.
"""

import shutil
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CODE = ("config", "lakehouse", "stacks", "lambda_src", "glue_scripts")
COLUMNS = 16
PART_DATASETS = 30
PRODUCT = 3
"""The last of the four shapes; it reads the first two."""

Json = dict[str, Any]


def column(name: str, logical: str, physical: str, **more: Any) -> Json:
    """Return a column with what every column states."""
    described = {"description": f"What {name} stands for, in one sentence.", "classification": "internal"}
    return {"name": name, "logicalType": logical, "physicalType": physical, **described, **more}


def columns(shape: int) -> list[Json]:
    """Return the columns of a dataset of this shape: a key, an instant, values with rules, nested ones."""
    found = [
        column("id", "string", "string", required=True, primaryKey=True, primaryKeyPosition=1),
        column("at", "timestamp", "timestamptz", required=True, logicalTypeOptions={"timezone": True}),
    ]
    for number in range(COLUMNS - 4):
        if number % 2:
            found.append(column(f"figure_{number}", "integer", "long", logicalTypeOptions={"minimum": 0}))
        else:
            found.append(column(f"text_{number}", "string", "string", logicalTypeOptions={"maxLength": 80}))
    if shape == 0:
        members = [column("street", "string", "string"), column("number", "integer", "int")]
        found.append({**column("address", "object", "struct"), "properties": members})
        found.append({**column("tags", "array", "list"), "items": column("tag", "string", "string")})
    return found


def contract(domain: str, number: int) -> tuple[str, Json, str | None]:
    """Return name, contract and, of a product, SQL of the dataset with this number in its domain."""
    shape = number % 4
    name = f"dataset_{number:03}"
    lake: Json = {
        "layer": "gold" if shape == PRODUCT else "silver",
        "part": 1 + number // PART_DATASETS,
    }
    sql = None
    properties = columns(shape)
    if shape == PRODUCT:
        properties = [properties[0], column("rows", "integer", "long", required=True)]
        first, second = (f"silver_{domain}.dataset_{number - back:03}" for back in (3, 2))
        sql = (
            f"SELECT s.id, COUNT(*) AS rows\nFROM {first} AS s\n"
            f"JOIN {second} AS f ON s.id = f.id\nGROUP BY s.id\n"
        )
    else:
        mode, kind = (("stream", "json"), ("files", "csv"), ("files", "json"))[shape]
        lake |= {"ingestion": {"mode": mode, "format": kind}, "partition": ["day(at)"], "order_by": ["at"]}
    return name, _document(domain, name, properties, lake), sql


def _document(domain: str, name: str, properties: list[Json], lake: Json) -> Json:
    rule = {"name": "some_rows", "metric": "rowCount", "mustBeGreaterThan": 0, "severity": "warning"}
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": f"{domain}-{name}",
        "name": name,
        "version": "1.0.0",
        "status": "active",
        "domain": domain,
        "description": {"purpose": f"What {name} of {domain} is for, in one sentence."},
        "team": {"name": f"{domain}-team"},
        "schema": [{"name": name, "logicalType": "object", "properties": properties, "quality": [rule]}],
        "slaProperties": [{"property": "latency", "value": 24, "unit": "h"}],
        "customProperties": [{"property": f"lake.{key}", "value": value} for key, value in lake.items()],
    }


def copy_code(root: Path) -> None:
    """Copy the project to `root`, without contracts."""
    for folder in CODE:
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("app.py", "cdk.json"):
        shutil.copy(ROOT / file, root / file)


def project(root: Path, datasets: int, domains: int) -> None:
    """Copy the project to `root`, with this many contracts in place of its own."""
    copy_code(root)
    for index in range(datasets):
        domain = f"domain_{index % domains:02}"
        name, document, sql = contract(domain, index // domains)
        target = root / "contracts" / domain
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{name}.odcs.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
        if sql:
            (target / f"{name}.sql").write_text(sql)
