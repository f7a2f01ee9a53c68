import pytest

from lakehouse.odcs.lake.pages import page_path
from tests.unit.lakehouse.project import Json, Project, source

API: Json = {"mode": "api", "format": "json", "page": "shop.html"}
PLACE = "customProperties[1].value.page"


def write(project: Project, page: str | None, **more: str) -> None:
    project.write(source(ingestion={**API, **more}))
    if page is not None:
        project.text("shop/shop.html", page)


def test_page_is_found_beside_its_contract(project: Project) -> None:
    write(project, "<p>Hello")
    [dataset] = project.load().datasets
    assert page_path(dataset) == "contracts/shop/shop.html"


def test_dataset_has_no_page_when_its_contract_names_none(project: Project) -> None:
    project.write(source(ingestion={"mode": "api", "format": "json"}))
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
        "fix: set `page: old.html` there"
    )
