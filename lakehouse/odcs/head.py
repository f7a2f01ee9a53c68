"""Reads what a contract says about its dataset as a whole."""

import re
from pathlib import PurePosixPath

from config.faults import nearest, one_of
from lakehouse.model.dataset import Documentation
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.names import check_name
from lakehouse.odcs.shape import Contract, SchemaObject
from lakehouse.targets.erasures import ERASURES
from lakehouse.targets.iceberg import RESULTS_TABLE
from lakehouse.targets.run_events import RUN_EVENTS

SUFFIX = ".odcs.yaml"

VERSIONS = ("v3.1.0", "v3.2.0")
"""Versions of the standard whose meaning the lake knows."""

DESCRIPTION_MAX = 2048
"""Characters of a table description: https://docs.aws.amazon.com/glue/latest/webapi/API_TableInput.html"""

_VERSION = re.compile(r"\d+\.\d+\.\d+")

_TAKEN = {
    RESULTS_TABLE: "quality results",
    RUN_EVENTS: "the record of runs",
    ERASURES: "the record of erasures",
}
"""Tables that each domain has."""


def stem(where: str) -> str:
    """Return the dataset id `<domain>/<name>` that the path of a contract stands for."""
    return where.partition("/")[2].removesuffix(SUFFIX)


def check_head(contract: Contract, findings: Findings) -> None:
    """Check the versions and the domain."""
    api, version = contract["apiVersion"], contract["version"]
    if api not in VERSIONS:
        findings.add(("apiVersion",), api, one_of(VERSIONS), nearest(api, VERSIONS))
    if not _VERSION.fullmatch(version):
        findings.add(("version",), version, "three numbers, as in 1.0.0", "write a semantic version")
    domain, folder = (
        contract.get("domain", ""),
        PurePosixPath(stem(findings.document.where)).parent.as_posix(),
    )
    check_name(domain, ("domain",), findings)
    if domain != folder:
        findings.add(
            ("domain",), domain, f"{folder}, as the folder is named", "move the file or change the value"
        )


def read_table(contract: Contract, findings: Findings) -> SchemaObject | None:
    """Return the one table of the contract."""
    tables = contract.get("schema", [])
    if len(tables) != 1:
        findings.add(("schema",), f"{len(tables)} objects", "one object", "write one contract per table")
        return None
    table, path = tables[0], ("schema", 0)
    name = PurePosixPath(stem(findings.document.where)).name
    check_name(table["name"], (*path, "name"), findings)
    if what := _TAKEN.get(table["name"]):
        findings.add((*path, "name"), table["name"], f"another name: it holds {what}", "rename it")
    for key, value in (("name", table["name"]), ("physicalName", table.get("physicalName", name))):
        if value != name:
            fix = "rename the file or change the value"
            findings.add((*path, key), value, f"{name}, as the file is named", fix)
    for at, custom in enumerate(table.get("customProperties", [])):
        if custom["property"].startswith("lake."):
            here = (*path, "customProperties", at, "property")
            fix = "move it to the customProperties of the contract"
            findings.add(here, custom["property"], "no `lake.` property here", fix)
    return table


def read_description(contract: Contract, findings: Findings) -> str:
    """Return the purpose of the dataset in one line."""
    text = " ".join(str(contract.get("description", {}).get("purpose", "")).split())
    if not 0 < len(text) <= DESCRIPTION_MAX:
        allowed = f"1 to {DESCRIPTION_MAX} characters"
        findings.add(
            ("description", "purpose"), f"{len(text)} characters", allowed, "tell what the data is for"
        )
    return text


def read_owner(contract: Contract, findings: Findings) -> str:
    """Return the name of the team that answers for the dataset."""
    team = contract.get("team")
    name = team.get("name") if isinstance(team, dict) else None
    if not isinstance(name, str) or not name.strip():
        findings.add(
            ("team", "name"), name or "nothing", "the name of a team", "say who answers for this data"
        )
    return str(name)


def read_documentation(contract: Contract) -> Documentation:
    """Return what only people read."""
    description = contract.get("description", {})
    team = contract.get("team")
    members = team.get("members", []) if isinstance(team, dict) else []
    return Documentation(
        title=contract.get("name", ""),
        status=contract.get("status", ""),
        usage=" ".join(str(description.get("usage", "")).split()),
        limitations=" ".join(str(description.get("limitations", "")).split()),
        members=tuple(member["username"] for member in members),
    )
