"""What a contract tells the API of its dataset: nothing, or the HTML page that it shows.

A page lies beside its contract, small enough to be deployed.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from config.faults import Fault
from config.section import Section
from lakehouse.model.dataset import Content, Dataset, Format, Mode
from lakehouse.model.size import Size
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.places import property_place
from lakehouse.placement.template_size import written
from stacks.features.click_api.json_schema_draft4 import draft4_schema
from stacks.features.click_api.page_template import page_template
from stacks.features.feature import SourceHook

NAME = "click_api"

PAGE_BYTES_MAX = 40_000
"""Size of a page as a template holds it; API Gateway itself takes 300 KB.

https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
"""

_API = Size(22, 21_000)
"""An API without the schema of its records and its page."""


class SourceOptions(Section):
    """What `lake.ingestion.source` says beside `feature: click_api`."""

    page: Annotated[str, Field(pattern=r"^[a-z0-9_]+\.html$")] | None = None
    """Name of an HTML file beside the contract that the API shows to a browser."""


def page_path(dataset: Dataset) -> str | None:
    """Return where the page of a dataset lies, relative to the project; None if it has none."""
    source = dataset.ingestion.source if dataset.ingestion else None
    page = source.option("page") if source and source.feature == NAME else None
    return None if page is None else Path(dataset.source).with_name(page).as_posix()


def _read(dataset: Dataset, root: Path, findings: Findings) -> dict[str, str]:
    """Note what an API cannot feed, and return its page."""
    ingestion = dataset.ingestion
    place = property_place(findings, "lake.ingestion")
    if ingestion is None:
        return {}
    for key, got, allowed in (
        ("format", ingestion.format.value, Format.JSON.value),
        ("stream", ingestion.stream, None),
        ("transform", ingestion.transform and ingestion.transform.value, None),
    ):
        if got != allowed:
            wanted = (
                f"{allowed or 'nothing'} where {NAME} is the source: it puts JSON on the dataset's own stream"
            )
            findings.add((*place, key), got, wanted, "change it, or remove the source")
    return _page(dataset, root, findings)


def _page(dataset: Dataset, root: Path, findings: Findings) -> dict[str, str]:
    where = page_path(dataset)
    if where is None:
        return {}
    place = (*property_place(findings, "lake.ingestion"), "source", "page")
    name = Path(where).name
    try:
        text = (root / where).read_bytes().decode()
    except FileNotFoundError:
        allowed = f"an HTML file beside the contract: {where}"
        findings.add(place, name, allowed, "add the file, or remove this")
        return {}
    except UnicodeDecodeError as error:
        findings.add(place, f"{where}: {error.reason}", "text in UTF-8", "save the file as UTF-8")
        return {}
    size = written(page_template(text))
    if size > PAGE_BYTES_MAX:
        got = f"{where}: {size} bytes in a template"
        allowed = f"up to {PAGE_BYTES_MAX}: it is deployed with the API"
        findings.add(place, got, allowed, "make it smaller: no picture inside, less script")
    return {name: text}


def _stray(datasets: Sequence[Dataset], root: Path) -> list[Fault]:
    """Find pages beside contracts that none of them names, and that nobody would ever see."""
    folders = {Path(dataset.source).parent for dataset in datasets}
    named = {page_path(dataset) for dataset in datasets}
    fix = "set `source: {{ feature: {NAME}, page: {name} }}` there"
    return [
        Fault(
            where,
            "file",
            path.name,
            "an HTML file that a contract names",
            fix.format(NAME=NAME, name=path.name),
        )
        for folder in sorted(folders)
        for path in sorted((root / folder).glob("*.html"))
        if (where := path.relative_to(root).as_posix()) not in named
    ]


def _size(dataset: Dataset) -> Size:
    page = PAGE_BYTES_MAX if page_path(dataset) else 0
    return _API + Size(bytes=page + written(json.dumps(draft4_schema(dataset))))


SOURCE = SourceHook(
    mode=Mode.STREAM,
    content=Content.RECORDS,
    options=SourceOptions,
    read=_read,
    check_all=_stray,
    size=_size,
)
