"""OpenLineage events read back with the classes of the standard's own client, which refuse what is none."""

import json
from collections.abc import Mapping
from importlib import import_module, resources
from pathlib import Path
from typing import Any

import jsonschema
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.serde import Serde

ROOT = Path(__file__).resolve().parents[1]
OWN = ROOT / "docs/reference/lakehouse-run-facet.schema.json"


def read_event(event: Mapping[str, Any]) -> Any:
    """Return a `RunEvent` of the client; raises if it, or a facet of it, is not what the standard says."""
    run, job = event["run"], event["job"]
    read = RunEvent(
        eventTime=event["eventTime"],
        eventType=RunState(event["eventType"]),
        producer=event["producer"],
        run=Run(run["runId"], _facets(run["facets"])),
        job=Job(job["namespace"], job["name"], _facets(job["facets"])),
        inputs=[_dataset(InputDataset, each, "inputFacets") for each in event["inputs"]],
        outputs=[_dataset(OutputDataset, each, "outputFacets") for each in event["outputs"]],
    )
    assert read.schemaURL == event["schemaURL"]
    assert Serde.to_dict(read)["run"]["runId"] == run["runId"]
    return read


def _dataset(kind: Any, value: Mapping[str, Any], more: str) -> Any:
    assert value.keys() <= {"namespace", "name", "facets", more}, value
    facets = {name: _facets(value[name]) for name in ("facets", more) if name in value}
    return kind(namespace=value["namespace"], name=value["name"], **facets)


def _facets(values: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {name: _facet(value) for name, value in values.items()}


def _facet(value: Mapping[str, Any]) -> Any:
    url = value["_schemaURL"]
    if url.startswith("urn:"):
        schema = json.loads(OWN.read_text())
        assert url == schema["$id"] + "#/$defs/LakehouseRunFacet"
        jsonschema.validate(dict(value), {**schema, "$ref": "#/$defs/LakehouseRunFacet"})
        return dict(value)
    kind = _kinds()[url]
    members = {name: member for name, member in value.items() if not name.startswith("_")}
    facet = kind(**members, producer=value["_producer"])
    assert Serde.to_dict(facet) == {**Serde.to_dict(facet), **value}
    return facet


def _kinds() -> dict[str, Any]:
    """Every facet that the client knows, by the address of its schema."""
    generated = "openlineage.client.generated"
    names = [path.name[:-3] for path in resources.files(generated).iterdir() if path.name.endswith(".py")]
    modules = [import_module(f"{generated}.{name}") for name in names if name != "__init__"]
    kinds = [kind for module in modules for kind in vars(module).values() if hasattr(kind, "_get_schema")]
    return {kind._get_schema(): kind for kind in kinds}
