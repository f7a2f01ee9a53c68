"""The pages of a lake that has everything: nested types, rules, relationships, and text that is markup."""

import json
import posixpath
import re
import subprocess
import sys
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from lakehouse.access.load import load_access
from lakehouse.model.access import Reader
from lakehouse.model.dataset import (
    Dataset,
    Documentation,
    Format,
    Ingestion,
    Lake,
    Mode,
    Refresh,
    Relationship,
    UnknownFields,
    Write,
)
from lakehouse.model.fields import Array, Checks, Field, Map, Scalar, Struct, every_field
from lakehouse.model.masking import Masking, Method
from lakehouse.model.table_rules import Metric, Operator, Severity, TableRule, Threshold
from tests.fixtures.environments import FIXTURE, TRIAL
from tests.unit.lakehouse.datasets import ORDERS, TOTALS
from tools.lake.site.pages import files, page_of, schema_of

MARKUP = """<script>alert('x')</script><img src=x onerror="alert(1)"> & </title>"""

BRIEF = Masking(Method.TRUNCATE, first=3)
LABEL = Struct((Field("text", Scalar.STRING, True, MARKUP, "restricted", BRIEF),))
PLACE = Struct((Field("labels", Map(Scalar.STRING, LABEL), False, "By language."),))

CUSTOMERS = replace(
    ORDERS,
    name="customers",
    description=MARKUP,
    owner=MARKUP,
    fields=(
        Field("customer_id", Scalar.LONG, True, MARKUP, examples=(MARKUP,)),
        Field("places", Array(PLACE), False, "Where."),
        Field("code", Scalar.STRING, False, "Code.", checks=Checks(allowed=(MARKUP,), pattern="^<b>$")),
    ),
    key=("customer_id",),
    order_by=(),
    partition=(),
    write=Write.OVERWRITE,
    ingestion=Ingestion(Mode.FILES, Format.JSON, "NA", UnknownFields.RESCUE),
    rules=(
        TableRule("some", "", Metric.ROW_COUNT, Threshold(Operator.MUST_BE_GREATER_THAN, (0,))),
        TableRule(
            MARKUP,
            MARKUP,
            Metric.SQL,
            Threshold(Operator.MUST_BE, (0,)),
            severity=Severity.WARNING,
            query=f"SELECT '{MARKUP}' -- {MARKUP}",
        ),
    ),
    documentation=Documentation(MARKUP, MARKUP, MARKUP, MARKUP, (MARKUP,)),
    service=replace(ORDERS.service, freshness_hours=None, retention_days=30),
    source="contracts/shop/customers.odcs.yaml",
)
BUYERS = replace(
    ORDERS,
    relationships=(
        Relationship(("order_id",), "shop/customers", ("customer_id",)),
        Relationship(("order_id",), "shop/orders", ("order_id",)),
    ),
    readers=(Reader("engineer"),),
)
REPORT = replace(
    TOTALS,
    domain="board",
    name="report",
    sql="SELECT 1 FROM gold_shop.totals, silver_shop.customers",
    inputs=("shop/totals", "shop/customers"),
    write=Write.OVERWRITE_PARTITIONS,
    refresh=Refresh("shop/totals", "order_id"),
    source="contracts/board/report.odcs.yaml",
)
LAKE = Lake((REPORT, CUSTOMERS, BUYERS, TOTALS), load_access(FIXTURE))


@dataclass
class Page(HTMLParser):
    """What a page loads, links to and offers as anchors."""

    text: str
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    nodes: list[str] = field(default_factory=list)
    edges: set[tuple[str, str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the attributes of interest."""
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes |= given.keys()
        self.anchors += [given["id"]] if "id" in given else []
        if "href" in given:
            (self.loads if tag == "link" else self.links).append(given["href"])
        if "src" in given:
            self.loads.append(given["src"])
        if "data-node" in given:
            self.nodes.append(given["data-node"])
        if "data-from" in given:
            self.edges.add((given["class"], given["data-from"], given["data-to"]))


@pytest.fixture(scope="module")
def site() -> dict[str, str]:
    return dict(files(LAKE, TRIAL.settings))


@pytest.fixture(scope="module")
def pages(site: dict[str, str]) -> dict[str, Page]:
    return {path: Page(text) for path, text in site.items() if path.endswith(".html")}


def _entries(site: dict[str, str]) -> list[dict[str, object]]:
    script = site["assets/search.js"]
    assert script.startswith("window.catalogue(")
    found: list[dict[str, object]] = json.loads(script.strip().removeprefix("window.catalogue(")[:-2])
    return found


def _reads(page: Page) -> set[tuple[str, str]]:
    return {(start, end) for kind, start, end in page.edges if kind == "reads"}


@pytest.mark.parametrize("dataset", LAKE.datasets, ids=lambda dataset: dataset.id)
def test_page_tells_every_column_when_types_are_nested(dataset: Dataset, site: dict[str, str]) -> None:
    page = Page(site[page_of(dataset.id)])
    names = [each.name for each in every_field(dataset.fields)]
    columns = [anchor for anchor in page.anchors if anchor.startswith("column-")]
    assert [re.split("[-.]", anchor)[-1] for anchor in columns] == names


def test_index_links_every_dataset_when_it_has_pages(pages: dict[str, Page]) -> None:
    linked = set(pages["index.html"].links)
    assert {page_of(dataset.id) for dataset in LAKE.datasets} <= linked
    assert {"domains/shop.html", "domains/board.html"} <= linked


def test_links_lead_somewhere_when_followed_from_any_page(
    site: dict[str, str], pages: dict[str, Page]
) -> None:
    broken = []
    for path, page in pages.items():
        for link in page.links + page.loads:
            file, _, anchor = link.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
            if target not in site or (anchor and anchor not in pages[target].anchors):
                broken.append((path, link))
    assert broken == []


def test_pages_load_nothing_from_elsewhere_when_opened(site: dict[str, str], pages: dict[str, Page]) -> None:
    assert {load for page in pages.values() for load in page.loads if ":" in load or "//" in load} == set()
    code = {path: text for path, text in site.items() if path.endswith((".css", ".js"))}
    loading = r"url\((?!#)|@import|\bfetch\(|XMLHttpRequest|https?:"
    assert {path: re.findall(loading, text) for path, text in code.items() if re.search(loading, text)} == {}


@pytest.mark.parametrize("script", ["assets/catalogue.js", "assets/theme.js", "assets/search.js"])
def test_script_parses_when_node_reads_it(script: str, site: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / Path(script).name
    path.write_text(site[script], encoding="utf-8")
    node = Path(sys.executable).with_name("node")
    subprocess.run([node, "--check", path], check=True)


def test_ids_are_unique_when_a_page_has_many_columns(pages: dict[str, Page]) -> None:
    assert {path for path, page in pages.items() if len(page.anchors) > len(set(page.anchors))} == set()


def test_markup_stays_text_when_a_contract_holds_it(site: dict[str, str], pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert page.tags.count("script") == 2, path
        assert page.tags.count("title") == 1 + len(page.nodes) + len(page.edges), path
        assert "onerror" not in page.attributes, path
        assert page.tags.count("img") == 1, path
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in site[page_of("shop/customers")]


def test_lineage_shows_what_sql_reads_when_drawn_whole(pages: dict[str, Page]) -> None:
    page = pages["lineage.html"]
    assert _reads(page) == {(source, each.id) for each in LAKE.datasets for source in each.inputs}
    assert sorted(page.nodes) == sorted(dataset.id for dataset in LAKE.datasets)
    refers = {(start, end) for kind, start, end in page.edges if kind == "refers"}
    assert refers == {("shop/orders", "shop/customers"), ("shop/orders", "shop/orders")}


def test_lineage_of_a_dataset_shows_up_and_downstream_when_others_exist(pages: dict[str, Page]) -> None:
    page = pages[page_of("shop/orders")]
    assert sorted(page.nodes) == ["board/report", "shop/orders", "shop/totals"]
    assert _reads(page) == {("shop/orders", "shop/totals"), ("shop/totals", "board/report")}


def test_lineage_of_a_domain_shows_its_neighbours_when_it_reads_another(pages: dict[str, Page]) -> None:
    assert sorted(pages["domains/board.html"].nodes) == ["board/report", "shop/customers", "shop/totals"]


def test_search_finds_every_column_when_members_are_nested(site: dict[str, str]) -> None:
    entries = {entry["id"]: entry for entry in _entries(site)}
    assert entries.keys() == {dataset.id for dataset in LAKE.datasets}
    assert entries["shop/customers"]["columns"] == [
        "customer_id",
        "places",
        "places.labels",
        "places.labels.text",
        "code",
    ]
    assert entries["shop/customers"]["title"] == MARKUP
    assert entries["shop/customers"]["tags"][:2] == ["restricted", MARKUP]  # type: ignore[index]


def test_sql_links_its_tables_when_they_have_pages(site: dict[str, str]) -> None:
    assert '<a href="../../datasets/shop/totals.html">gold_shop.totals</a>' in site[page_of("board/report")]


def test_schema_is_offered_to_producers_when_records_arrive(site: dict[str, str]) -> None:
    assert "customer_id" in json.loads(site[schema_of("shop/customers")])["properties"]
    assert schema_of("shop/totals") not in site
    assert "JSON Schema" not in site[page_of("shop/totals")]


def test_page_tells_promises_and_rules_when_the_contract_makes_them(site: dict[str, str]) -> None:
    page = re.sub(r"<[^>]+>", "", site[page_of("shop/customers")])
    for expected in ("30 days", "no promise", "must be &gt; 0", "Number of rows", "before it is published"):
        assert expected in page
    assert "truncate to first 3" in page
    orders = site[page_of("shop/orders")]
    assert "more than 25 %" in orders
    assert "redacted" in orders
    assert "scientist all columns" in re.sub(r"<[^>]+>", "", orders)


def test_page_tells_what_is_made_anew_when_a_product_is_refreshed_in_parts(site: dict[str, str]) -> None:
    page = re.sub(r"<[^>]+>", "", site[page_of("board/report")])
    assert "overwrite_partitions: what changed is replaced" in page
    assert "rows of each order_id that has other rows in shop/totals" in page
    assert "Made anew" not in site[page_of("shop/totals")]
