"""Renders every file of the catalogue."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from config.naming import Naming
from config.settings import Settings
from lakehouse.model.dataset import Dataset, Lake, Layer
from lakehouse.model.fields import CLASSIFICATIONS, every_field
from lakehouse.targets.iceberg import columns as stored
from lakehouse.targets.json_schema import json_schema
from tools.lake.derived import Subject
from tools.lake.readers import readers
from tools.lake.site import words
from tools.lake.site.columns import rows, technical
from tools.lake.site.drawing import draw
from tools.lake.site.highlight import highlight
from tools.lake.site.last_runs import LastRuns
from tools.lake.site.lineage import Lineage
from tools.lake.site.places import example_query, places
from tools.lake.site.search import search_script

_HERE = Path(__file__).parent
_ASSETS = _HERE / "assets"


def page_of(dataset: str) -> str:
    """Return where the page of a dataset lies in the catalogue."""
    return f"datasets/{dataset}.html"


def schema_of(dataset: str) -> str:
    """Return where the JSON Schema of a dataset lies in the catalogue."""
    return f"schemas/{dataset}.schema.json"


def domain_page_of(domain: str) -> str:
    """Return where the page of a domain lies in the catalogue."""
    return f"domains/{domain}.html"


Access = Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]
"""Conditions of rows by person, dataset and column; an empty text stands for all rows."""


def files(
    lake: Lake, settings: Settings, access: Access | None = None, last_runs: LastRuns | None = None
) -> Iterator[tuple[str, str]]:
    """Yield path and text of every file; the same arguments yield the same bytes.

    Args:
        lake: The contracts.
        settings: Those of the environment that the pages are about.
        access: Who reads what, which only its templates tell; None leaves out the page about it.
        last_runs: Last run of each dataset, which drawings then show.
    """
    for asset in sorted(_ASSETS.iterdir()):
        yield f"assets/{asset.name}", asset.read_text(encoding="utf-8")
    yield "assets/search.js", search_script(lake)
    yield from _Pages(lake, settings, access or {}, last_runs or {}).files()


def wraps(name: str) -> Markup:
    """Let a long name break behind its underscores, slashes and dots; copied text stays the name."""
    return Markup("<wbr>").join(re.split(r"(?<=[_/.])", name))


class _Pages:
    def __init__(self, lake: Lake, settings: Settings, access: Access, last_runs: LastRuns) -> None:
        self._lake = lake
        self._access = access
        self._naming: Naming = settings.naming
        self._lineage = Lineage(lake)
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"wraps": wraps, "sql": highlight}
        self._templates.globals |= {
            "words": words,
            "page_of": page_of,
            "schema_of": schema_of,
            "domain_page_of": domain_page_of,
            "classifications": CLASSIFICATIONS,
            "layers": (Layer.SILVER, Layer.GOLD),
            "lake": lake,
            "settings": settings,
            "access": access,
            "last_runs": last_runs,
        }

    def files(self) -> Iterator[tuple[str, str]]:
        drawing = draw(self._lineage)
        yield "index.html", self._render("index.html", "", columns=self._count_columns())
        yield "lineage.html", self._render("lineage.html", "", drawing=drawing, lineage=self._lineage)
        if self._access:
            people, foreign = list(self._access), self._foreign()
            yield (
                "access.html",
                self._render("access.html", "", people=people, columns=stored, foreign=foreign),
            )
        for domain in self._lake.domains:
            yield domain_page_of(domain), self._domain(domain)
        for dataset in self._lake.datasets:
            yield page_of(dataset.id), self._dataset(dataset)
            if dataset.ingestion is not None:
                schema = json.dumps(json_schema(dataset), indent=2, ensure_ascii=False)
                yield schema_of(dataset.id), schema + "\n"

    def _foreign(self) -> dict[str, list[str]]:
        """Columns of tables of other accounts that somebody reads, by the table."""
        own = {dataset.id for dataset in self._lake.datasets}
        read = [(name, cells) for tables in self._access.values() for name, cells in tables.items()]
        return {name: list(cells) for name, cells in read if name not in own and cells}

    def _render(self, template: str, root: str, **values: object) -> str:
        return self._templates.get_template(template).render(root=root, **values)

    def _domain(self, domain: str) -> str:
        return self._render(
            "domain.html",
            "../",
            domain=domain,
            datasets=self._lake.of_domain(domain),
            drawing=draw(self._lineage, self._lineage.beside(domain)),
            naming=self._naming,
        )

    def _dataset(self, dataset: Dataset) -> str:
        return self._render(
            "dataset.html",
            "../../",
            dataset=dataset,
            readers=readers(dataset, self._lake.access),
            rows=list(rows(dataset.fields)),
            technical=technical(dataset),
            places=list(places(Subject(dataset, self._lake, self._naming))),
            query=highlight(example_query(dataset, self._naming)),
            sql=None if dataset.sql is None else highlight(dataset.sql, self._tables(dataset)),
            drawing=draw(self._lineage, self._lineage.around(dataset.id)),
            lineage=self._lineage,
            targets={
                column: relationship.target
                for relationship in dataset.relationships
                for column in relationship.columns
            },
        )

    def _tables(self, dataset: Dataset) -> dict[str, str]:
        """Return the page of each table that the SQL of a product may name."""
        return {
            f"{source.layer}_{source.domain}.{source.name}": "../../" + page_of(source.id)
            for source in self._lineage.inputs(dataset.id)
        }

    def _count_columns(self) -> int:
        return sum(1 for dataset in self._lake.datasets for _ in every_field(dataset.fields))
