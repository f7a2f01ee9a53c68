"""Writes the pages that are made from code alone: `python -m tools.docs.reference`.

They lie in `docs/reference`, those of a feature in its folder, so that they go when it goes.

A test compares them with the code, so that they cannot fall behind.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from config.settings import Settings
from lakehouse.model.fields import PERSONAL_KINDS
from lakehouse.odcs.column.masking import MaskingProperties
from lakehouse.odcs.extension import LakeProperties
from stacks.features.registry import features
from tools.docs.costs import page as costs
from tools.docs.edges import page as edges
from tools.docs.edges import tables as edges_of
from tools.docs.imports import pictures
from tools.docs.run_facet import run_facet_schema
from tools.docs.well_architected import page as well_architected
from tools.feature_tests.record import read
from tools.lake.main import app as lake
from tools.ops.main import app as lake_ops
from tools.preflight.edge import own_rows, rows_of

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path("docs/reference")
"""Relative to the project, as all paths of pages."""

_MADE = "<!-- Made by `python -m tools.docs.reference`. -->\n\n"


def pages() -> dict[Path, str]:
    """Return the text of every page by its path."""
    schema = LakeProperties.model_json_schema(by_alias=True)
    return {
        FOLDER / "command-line.md": _command_line(),
        FOLDER / "lake-properties.md": _properties(),
        FOLDER / "lake-properties.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n",
        FOLDER / "lakehouse-run-facet.schema.json": json.dumps(run_facet_schema(), indent=2) + "\n",
        FOLDER / "settings.md": _settings(),
        FOLDER / "cost.md": _MADE + costs(),
        FOLDER / "preflight.md": _MADE + edges(own_rows()),
        FOLDER / "well-architected.md": _MADE + well_architected(),
        FOLDER / "imports.md": f"{_MADE}# Who imports whom\n\n{pictures()}",
        **{Path("stacks/features") / name / "reference.md": _feature(name) for name in features()},
    }


def _command_line() -> str:
    """The help of every command, as typer writes it."""
    from typer.cli import get_docs_for_click  # noqa: PLC0415 (nothing else needs typer's own command line)

    texts = []
    for name, app in (("lake", lake), ("lake-ops", lake_ops)):
        command = typer.main.get_command(app)
        texts.append(get_docs_for_click(obj=command, ctx=typer.Context(command), name=name).strip())
    return _MADE + "\n\n".join(texts) + "\n"


def _properties() -> str:
    return (
        f"{_MADE}# Properties `lake.*` of a contract\n\n"
        "They stand in `customProperties` of the contract and say what the lake needs and the standard lacks."
        " Unknown ones are refused. The same as JSON Schema: [lake-properties.schema.json]"
        "(lake-properties.schema.json).\n\n"
        f"{_tables(LakeProperties, 'Contract')}\n"
        "## Column\n\n"
        "`lake.declassified` stands in `customProperties` of a column of a product that republishes "
        "values under a weaker classification than theirs: `from` names their columns, as "
        "`<domain>/<dataset>.<column>`, "
        "`reason` says why.\n\n"
        "`lake.not_personal` stands in `customProperties` of a column of a source whose values look like "
        "personal data and are none, so that runs do not tell of them: `looks_like` names the kinds "
        f"({', '.join(PERSONAL_KINDS)}), `reason` says what the values are.\n\n"
        "`lake.subject` stands in `customProperties` of a column or a member of a source that tells by an "
        "identifier whose data a record is: the name of the kind of identifier, such as `customer`, the same "
        "in every dataset. `lake-ops erase` [finds a person by it](../personal-data.md#erase-a-person).\n\n"
        "`lake.masking` stands in `customProperties` of a column or a member: `hash`, `redact`, `tokenize`, "
        "or a mapping. [What is left of a value](../personal-data.md).\n\n"
        f"{_tables(MaskingProperties, '`lake.masking`: how values are masked').rstrip()}\n"
    )


def _settings() -> str:
    return (
        f"{_MADE}# Settings of an environment\n\n"
        "Each file in `config/environments/` is one environment, but for `base.yaml`, which says what they "
        "leave out. Unknown keys are refused. What a feature takes below `features` is told by "
        "`reference.md` in its folder.\n\n"
        f"{_tables(Settings, 'Environment')}"
    )


def _feature(name: str) -> str:
    feature = features()[name]
    settings = _tables(feature.section, f"Settings `features.{name}`")
    parts = [f"{_MADE}# {name}: {feature.title}\n", f"{_tested(name)}\n", settings]
    if feature.source is not None:
        parts.append(_tables(feature.source.options, f"`lake.ingestion.source`, beside `feature: {name}`"))
    asked = edges_of(rows_of(ROOT, name))
    return "\n".join([*parts, asked] if asked else parts)


def _tested(name: str) -> str:
    found = read(ROOT, name)
    if found is None:
        return "Its tests on the embedded AWS have not run yet: `make features`."
    if not found.tests:
        return "No test of it needs the embedded AWS or Spark."
    return f"Its {found.tests} tests on the embedded AWS or Spark passed last on {found.passed}."


def _tables(model: type[BaseModel], title: str) -> str:
    """A table for the model, and one for each model inside it."""
    lines = [f"## {title}", "", "| key | value | default | meaning |", "|---|---|---|---|"]
    inner: list[tuple[str, type[BaseModel]]] = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        models = [kind for kind in _flat(field.annotation) if issubclass(kind, BaseModel)]
        inner += [(key, kind) for kind in models]
        default = "required" if field.is_required() else _code(_plain(field.default))
        meaning = " ".join((field.description or _summary(models)).split())
        lines.append(f"| `{key}` | {_cell(_allowed(model, key, field))} | {default} | {_cell(meaning)} |")
    nested = [_tables(kind, f"`{key}`: {_summary([kind]).rstrip('.')}") for key, kind in inner]
    return "\n".join([*lines, "", *nested])


def _summary(models: list[type[BaseModel]]) -> str:
    return next((kind.__doc__.strip() for kind in models if kind.__doc__), "")


def _allowed(model: type[BaseModel], key: str, field: FieldInfo) -> str:
    schema = model.model_json_schema(by_alias=True)
    return " or ".join(dict.fromkeys(_kinds(schema["properties"][key], schema.get("$defs", {}))))


def _kinds(schema: dict[str, Any], definitions: dict[str, Any]) -> Iterator[str]:
    """What a JSON Schema allows, in words."""
    if "$ref" in schema:
        yield from _kinds(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    elif choices := schema.get("anyOf") or schema.get("oneOf"):
        for choice in choices:
            yield from _kinds(choice, definitions)
    elif "const" in schema:
        yield _code(schema["const"])
    elif "enum" in schema:
        yield ", ".join(_code(value) for value in schema["enum"])
    elif schema.get("type") == "array":
        yield "list of " + " or ".join(_kinds(schema["items"], definitions))
    elif schema.get("type") == "object":
        yield "mapping"
    else:
        bounds = [
            f"{sign} {schema[name]}" for name, sign in (("minimum", "≥"), ("maximum", "≤")) if name in schema
        ]
        pattern = [f"matching {_code(schema['pattern'])}"] if "pattern" in schema else []
        yield " ".join([str(schema["type"]), *bounds, *pattern])


def _flat(annotation: Any) -> list[type]:
    if get_origin(annotation) in (Union, UnionType, tuple, dict, list) or get_args(annotation):
        return [kind for part in get_args(annotation) for kind in _flat(part)]
    return [annotation] if isinstance(annotation, type) else []


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else getattr(value, "value", value)


def _code(value: object) -> str:
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    for path, text in pages().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")
