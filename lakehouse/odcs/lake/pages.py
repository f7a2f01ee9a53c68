"""Checks the HTML pages that APIs show: each lies beside its contract, small enough to be deployed."""

from pathlib import Path

from config.faults import Fault
from lakehouse.model.dataset import Dataset
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.places import property_place
from lakehouse.placement.template_size import PAGE_BYTES_MAX, written
from stacks.features.click_api.page_template import page_template


def page_path(dataset: Dataset) -> str | None:
    """Return where the page of a dataset lies, relative to the project; None if it has none."""
    if dataset.ingestion is None or dataset.ingestion.page is None:
        return None
    return Path(dataset.source).with_name(dataset.ingestion.page).as_posix()


def check_page(root: Path, dataset: Dataset, findings: Findings) -> None:
    """Note what is wrong with the file that a contract names as its page."""
    where = page_path(dataset)
    if where is None:
        return
    place = (*property_place(findings, "lake.ingestion"), "page")
    name = Path(where).name
    try:
        content = (root / where).read_bytes()
    except FileNotFoundError:
        findings.add(
            place, name, f"an HTML file beside the contract: {where}", "add the file, or remove this"
        )
        return
    try:
        size = written(page_template(content.decode()))
    except UnicodeDecodeError as error:
        findings.add(place, f"{where}: {error.reason}", "text in UTF-8", "save the file as UTF-8")
        return
    if size > PAGE_BYTES_MAX:
        got, allowed = (
            f"{where}: {size} bytes in a template",
            f"up to {PAGE_BYTES_MAX}: it is deployed with the API",
        )
        findings.add(place, got, allowed, "make it smaller: no picture inside, less script")


def stray_pages(root: Path, contracts: str, datasets: list[Dataset]) -> list[Fault]:
    """Find pages that no contract names, and that nobody would ever see."""
    named = {page_path(dataset) for dataset in datasets}
    return [
        Fault(
            where, "file", path.name, "an HTML file that a contract names", f"set `page: {path.name}` there"
        )
        for path in sorted((root / contracts).rglob("*.html"))
        if (where := path.relative_to(root).as_posix()) not in named
    ]
