"""What is told of contracts together, and in which order the lake has them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from config.faults import Fault
from config.section import Section
from lakehouse.access.load import POLICY
from lakehouse.model.access import NOBODY
from lakehouse.model.dataset import Content, Dataset, Mode
from lakehouse.odcs.lake import load
from stacks.features.feature import SourceHook
from tests.unit.lakehouse.project import Project, product, source

ALL_OF_WEB = """\
personas:
  analyst:
    purpose: Answers questions.
    reads: [{layers: [gold], classifications: [internal], domains: [web]}]
"""
UNKNOWN_DOMAIN = (
    "config/access.yaml: personas.analyst.reads[0].domains: got 'web'; allowed: shop; fix: remove it, or use "
    "one of these"
)


def policy(project: Project, text: str) -> None:
    (project.root / POLICY).write_text(text)


def test_lake_has_the_policy_that_it_is_given_when_the_project_has_none(project: Project) -> None:
    project.write(source())
    (project.root / POLICY).unlink()
    assert load.load_lake(project.root, NOBODY).access is NOBODY


def test_project_is_refused_when_its_policy_is(project: Project) -> None:
    project.write(source())
    policy(project, "personas: {}\n")
    assert project.fault().startswith("config/access.yaml:1: personas: got {}; allowed: ")


def test_project_is_refused_when_its_policy_names_a_domain_that_it_has_not(project: Project) -> None:
    project.write(source())
    policy(project, ALL_OF_WEB)
    assert project.faults() == [UNKNOWN_DOMAIN]


def test_domain_of_the_policy_is_not_missed_when_a_contract_could_not_be_read(project: Project) -> None:
    project.write(source())
    project.text("web/visits.odcs.yaml", "a: [")
    policy(project, ALL_OF_WEB)
    assert "contracts/web/visits.odcs.yaml:2: document: got" in project.fault()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the project have one feature, which refuses two datasets."""

    def one_only(datasets: Sequence[Dataset], root: Path) -> Iterable[Fault]:
        if len(datasets) > 1:
            yield Fault(
                "contracts", "source", [each.id for each in datasets], "one dataset", f"see {root.name}"
            )

    hook = SourceHook(Mode.STREAM, Content.RECORDS, Section, check_all=one_only)
    monkeypatch.setattr(load, "features", lambda: {"courier": hook})


@pytest.mark.usefixtures("counted")
def test_project_is_refused_when_a_feature_finds_something_wrong_between_datasets(project: Project) -> None:
    project.write(source())
    assert len(project.load().datasets) == 1
    project.write(source("shop/carts"), "shop/carts")
    assert project.faults() == [
        "contracts: source: got ['shop/carts', 'shop/orders']; allowed: one dataset; fix: see "
        f"{project.root.name}"
    ]


@pytest.mark.usefixtures("counted")
def test_feature_is_not_asked_about_all_datasets_when_one_could_not_be_read(project: Project) -> None:
    project.write(source())
    project.write(source("shop/carts"), "shop/carts")
    project.text("web/visits.odcs.yaml", "a: [")
    assert "contracts/web/visits.odcs.yaml:2: document: got" in project.fault()


def test_project_is_refused_when_aws_would_refuse_its_stacks(project: Project) -> None:
    project.write(source("shop/orders", part=2))
    project.write(source("shop_part2/orders"), "shop_part2/orders")
    assert project.fault() == (
        "contracts/shop_part2: domain: got 'DomainShopPart2'; allowed: a stack of its own for each part of "
        "each domain; part 2 of shop has this one; fix: rename one of the domains"
    )


def test_files_without_a_contract_are_refused_with_what_to_do(project: Project) -> None:
    assert project.faults() == [
        "contracts: folder: got 'no contract'; allowed: <domain>/<dataset>.odcs.yaml; fix: add a contract"
    ]
    project.write(source())
    project.text("shop/carts.yml", "")
    assert project.faults() == [
        "contracts/shop/carts.yml: file: got 'carts.yml'; allowed: names that end in .odcs.yaml or "
        ".tests.yaml; fix: rename or remove the file"
    ]


def test_sql_is_refused_for_nothing_else_when_it_is_not_utf_8(project: Project) -> None:
    project.write(product(), "shop/totals")
    (project.root / "contracts/shop/totals.sql").write_bytes(b"SELECT '\xff' AS order_id")
    assert project.fault() == (
        "contracts/shop/totals.sql: file: got 'invalid start byte'; allowed: text in UTF-8; fix: save the "
        "file as UTF-8"
    )


def test_sql_is_not_judged_when_it_belongs_to_a_source(project: Project) -> None:
    project.write(source())
    project.text("shop/orders.sql", "SELECT nothing FROM nowhere")
    assert project.fault().endswith(
        ": customProperties[0].value: got 'silver'; allowed: gold beside an SQL file; fix: change it or "
        "remove the SQL"
    )


def sources_of(project: Project, domain: str = "shop") -> None:
    for name in ("carts", "orders"):
        project.write(source(f"{domain}/{name}"), f"{domain}/{name}")


def written(project: Project, sql: str, id_: str = "shop/totals") -> None:
    project.write(product(id_), id_)
    project.text(f"{id_}.sql", sql)


def test_product_has_what_it_reads_sorted(project: Project) -> None:
    sources_of(project)
    written(
        project,
        "SELECT order_id FROM silver_shop.orders UNION ALL SELECT order_id FROM silver_shop.carts",
    )
    assert project.load().datasets[2].inputs == ("shop/carts", "shop/orders")


def test_product_is_refused_when_its_columns_are_those_of_a_star(project: Project) -> None:
    sources_of(project)
    written(project, "SELECT * FROM (SELECT order_id FROM silver_shop.orders)")
    assert project.faults() == [
        "contracts/shop/totals.sql: sql: got '*'; allowed: order_id; fix: select exactly the columns of the "
        "contract, in its order"
    ]


def test_products_are_refused_together_when_one_cannot_be_parsed(project: Project) -> None:
    written(project, "SELECT (", "shop/broken")
    written(project, "SELECT 1 AS id", "shop/totals")
    broken, totals = project.faults()
    assert broken.startswith("contracts/shop/broken.sql:1: sql: got ")
    assert totals.startswith("contracts/shop/totals.sql: sql: got 'id'; allowed: order_id")


def test_product_is_not_blamed_when_the_unread_contract_is_of_a_domain_of_two_words(project: Project) -> None:
    project.text("shop_eu/orders.odcs.yaml", "a: [")
    written(project, "SELECT order_id FROM silver_shop_eu.orders")
    assert "contracts/shop_eu/orders.odcs.yaml:2: document" in project.fault()


def test_product_is_blamed_for_a_catalog_when_the_contract_that_it_reads_is_broken(project: Project) -> None:
    project.text("shop/orders.odcs.yaml", "a: [")
    written(project, "SELECT order_id FROM c.silver_shop.orders")
    assert any(
        "got 'c.silver_shop.orders'; allowed: gold_shop.totals; fix:" in line for line in project.faults()
    )
