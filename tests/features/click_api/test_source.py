"""What contracts may tell the API of their dataset."""

from pathlib import Path

import pytest

from stacks.features.click_api.source import page_path
from tests.unit.lakehouse.project import Json, Project, source

API: Json = {"mode": "stream", "format": "json", "source": {"feature": "click_api", "page": "shop.html"}}
PLACE = "customProperties[1].value.source.page"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def write(project: Project, page: str | None, **more: str) -> None:
    project.write(source(ingestion={**API, **more}))
    if page is not None:
        project.text("shop/shop.html", page)


def test_page_is_found_beside_its_contract(project: Project) -> None:
    write(project, "<p>Hello")
    [dataset] = project.load().datasets
    assert page_path(dataset) == "contracts/shop/shop.html"


def test_dataset_has_no_page_when_its_contract_names_none(project: Project) -> None:
    project.write(source(ingestion={**API, "source": {"feature": "click_api"}}))
    [dataset] = project.load().datasets
    assert page_path(dataset) is None


def test_page_is_refused_when_it_is_not_there(project: Project) -> None:
    write(project, None)
    assert (
        f"{PLACE}: got 'shop.html'; allowed: an HTML file beside the contract: contracts/shop/shop.html; "
        "fix: add the file, or remove this" in project.fault()
    )


@pytest.mark.parametrize(("page", "size"), [("x" * 40_000, 40_045), ("#" * 10_000, 40_045)])
def test_page_is_refused_when_its_template_is_too_large(project: Project, page: str, size: int) -> None:
    write(project, page)
    assert (
        f"{PLACE}: got 'contracts/shop/shop.html: {size} bytes in a template'; allowed: up to 40000: it is "
        "deployed with the API; fix: make it smaller" in project.fault()
    )


def test_page_is_accepted_when_its_template_just_fits(project: Project) -> None:
    write(project, "x" * (40_000 - 45))
    assert project.load().datasets


def test_page_is_refused_when_it_is_not_text(project: Project) -> None:
    write(project, "")
    (project.root / "contracts/shop/shop.html").write_bytes(b"\xff\xfe")
    assert f"{PLACE}: got 'contracts/shop/shop.html: invalid start byte'; allowed: text in UTF-8" in (
        project.fault()
    )


def test_page_is_refused_when_no_contract_names_it(project: Project) -> None:
    write(project, "<p>Hello")
    project.text("shop/old.html", "<p>Hello")
    assert project.fault() == (
        "contracts/shop/old.html: file: got 'old.html'; allowed: an HTML file that a contract names; "
        "fix: set `source: { feature: click_api, page: old.html }` there"
    )


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"format": "parquet"}, "format: got 'parquet'; allowed: json where click_api is the source"),
        ({"mode": "files"}, "mode: got 'files'; allowed: stream where click_api is the source"),
        ({"stream": "all", "unknownFields": "reject"}, "stream: got 'all'; allowed: nothing where click_api"),
        ({"transform": "json_lines"}, "transform: got 'json_lines'; allowed: nothing where click_api"),
    ],
)
def test_dataset_is_refused_when_an_api_cannot_feed_it(project: Project, more: Json, fault: str) -> None:
    ingestion = {**API, "source": {"feature": "click_api"}, **more}
    found = project.faults_of(source("shop/orders", ingestion=ingestion))
    assert any(f"customProperties[1].value.{fault}" in line for line in found), found


def test_option_is_refused_when_the_api_does_not_know_it(project: Project) -> None:
    contract = source(ingestion={**API, "source": {"feature": "click_api", "pages": "shop.html"}})
    assert "source.pages: got 'pages'; allowed: page; fix: did you mean 'page'?" in project.fault_of(contract)
