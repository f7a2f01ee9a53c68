from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from typer.testing import Result

from tests.unit.lakehouse.project import Project, column, product, source
from tools.cli.project import INVALID, USAGE
from tools.lake.site.publish import MARKER, NotACatalogueError, publish

Run = Callable[..., Result]


@pytest.fixture
def shop(project: Project) -> Project:
    project.write(source("shop/orders", column("amount", "number", "decimal(12, 2)")))
    project.write(product(), "shop/totals")
    project.text("shop/totals.sql", "SELECT order_id FROM silver_shop.orders")
    return project


def _content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_docs_writes_pages_of_the_environment_when_the_lake_is_valid(run: Run, shop: Project) -> None:
    result = run("docs", "--env", "prod")
    assert result.exit_code == 0, result.output
    assert "2 datasets in 1 domain" in result.stdout
    index = Path(unquote(urlparse(result.stdout.split()[-1]).path))
    assert index == shop.root / ".build/catalogue/index.html"
    page = (index.parent / "datasets/shop/orders.html").read_text(encoding="utf-8")
    assert "<dd><code>proof_lake_prod_silver_shop.orders" in page.replace("<wbr>", "")


def test_docs_gives_the_same_bytes_when_it_runs_twice(run: Run, shop: Project, tmp_path: Path) -> None:
    run("docs", "--out", str(tmp_path / "first"))
    run("docs", "--out", str(tmp_path / "second"))
    first = _content(tmp_path / "first")
    assert len(first) > 10
    assert first == _content(tmp_path / "second")


def test_docs_replaces_a_catalogue_when_a_dataset_is_gone(run: Run, shop: Project, tmp_path: Path) -> None:
    out = tmp_path / "catalogue"
    run("docs", "--out", str(out))
    for name in ("totals.odcs.yaml", "totals.sql"):
        (shop.root / "contracts/shop" / name).unlink()
    assert run("docs", "--out", str(out)).exit_code == 0
    assert [page.name for page in (out / "datasets/shop").iterdir()] == ["orders.html"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".catalogue")] == []


def test_docs_leaves_a_folder_alone_when_it_is_no_catalogue(run: Run, shop: Project, tmp_path: Path) -> None:
    kept = tmp_path / "thesis" / "chapter.txt"
    kept.parent.mkdir()
    kept.write_text("years of work")
    result = run("docs", "--out", str(kept.parent))
    assert result.exit_code == USAGE
    assert "no catalogue" in " ".join(result.stderr.replace("│", " ").split())  # long paths wrap
    assert _content(kept.parent) == {"chapter.txt": b"years of work"}


def test_docs_names_every_fault_and_writes_nothing_when_a_contract_is_wrong(
    run: Run, shop: Project, tmp_path: Path
) -> None:
    shop.text("shop/wrong.odcs.yaml", "kind: Poem")
    result = run("docs", "--out", str(tmp_path / "catalogue"))
    assert result.exit_code == INVALID
    assert "contracts/shop/wrong.odcs.yaml" in result.stderr
    assert not (tmp_path / "catalogue").exists()


def test_publish_keeps_the_last_catalogue_when_rendering_fails(tmp_path: Path) -> None:
    def failing() -> Iterator[tuple[str, str]]:
        yield "index.html", "new"
        raise RuntimeError("template")

    target = tmp_path / "catalogue"
    publish([("index.html", "old")], target)
    with pytest.raises(RuntimeError, match="template"):
        publish(failing(), target)
    assert _content(target)["index.html"] == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_publish_refuses_when_the_target_is_a_file(tmp_path: Path) -> None:
    target = tmp_path / "notes"
    target.write_text("mine")
    with pytest.raises(NotACatalogueError, match="notes"):
        publish([("index.html", "new")], target)
    assert target.read_text() == "mine"


def test_publish_takes_a_folder_when_it_is_empty(tmp_path: Path) -> None:
    target = tmp_path / "catalogue"
    target.mkdir()
    assert publish([("index.html", "new")], target) == 1
    assert sorted(_content(target)) == [MARKER, "index.html"]
