"""Reads the unit tests of gold SQL: rows that a product is made of, and the rows that must come of them.

They stand in `<product>.tests.yaml` beside the SQL, in the form that dbt has for them. Values are not read
here: what they mean depends on the types of their columns, and jobs alone read values.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from config.document import Document, KeyPath, read
from config.faults import Fault, InvalidInputError, nearest, one_of
from config.section import Section
from config.validation import validate
from lakehouse.model.dataset import Dataset, Lake
from lakehouse.odcs.head import SUFFIX
from lakehouse.targets.iceberg import columns

TESTS = ".tests.yaml"
"""How files of unit tests end."""

_EXACT_DIGITS = 15
"""Digits that a number without quotes keeps in YAML."""

Values = Mapping[str, Any]
"""Values of a row by column, as they are written; a column that is left out is null."""


@dataclass(frozen=True)
class Rows:
    """Rows as they are written."""

    columns: tuple[str, ...]
    """Those that any row names, in the order in which they come up."""
    rows: tuple[Values, ...]
    lines: tuple[int, ...]
    """Line of each row in the file."""


@dataclass(frozen=True)
class UnitTest:
    """One test of a product's SQL."""

    product: str
    """Id of the product."""
    name: str
    description: str
    file: str
    """Relative to the project."""
    line: int
    given: Mapping[str, Rows]
    """Rows of each table that the SQL reads, by the table's name there."""
    expect: Rows


class _Rows(Section):
    format: Literal["dict", "csv"] = "dict"
    rows: Any


class _Given(_Rows):
    input: str


class _Test(Section):
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    description: str = ""
    given: list[_Given]
    expect: _Rows


class _File(Section):
    unit_tests: Annotated[list[_Test], Field(min_length=1)]


def unit_tests_path(product: Dataset) -> str:
    """Return the path of a product's unit tests, relative to the project."""
    return product.source.removesuffix(SUFFIX) + TESTS


def load_unit_tests(lake: Lake, root: Path) -> list[UnitTest]:
    """Read the unit tests of all products that have some.

    Raises:
        InvalidInputError: Anything is wrong with any file, but for values; holds every fault.
    """
    found: list[UnitTest] = []
    faults: list[Fault] = []
    for product in lake.datasets:
        path = root / unit_tests_path(product)
        if not path.is_file():
            continue
        try:
            reader = _Reader(product, lake, read(path, root))
        except InvalidInputError as error:
            faults += error.faults
            continue
        found += reader.tests()
        faults += reader.faults
    if faults:
        raise InvalidInputError(faults)
    return found


class _Reader:
    """Reads the tests of one product."""

    def __init__(self, product: Dataset, lake: Lake, document: Document) -> None:
        self._product = product
        self._document = document
        self._inputs = {
            f"{each.layer}_{each.domain}.{each.name}": {field.name for field in columns(each)}
            for each in lake.datasets
            if each.id in product.inputs
        }
        self.faults: list[Fault] = []

    def tests(self) -> Iterator[UnitTest]:
        """Yield tests; what is wrong with them is in `faults` afterwards."""
        file, self.faults = validate(_File, self._document.data, self._document)
        names: set[str] = set()
        for at, each in enumerate(file.unit_tests if file else ()):
            path: KeyPath = ("unit_tests", at)
            if each.name in names:
                self._fault((*path, "name"), each.name, "a name of its own for each test", "rename one")
            names.add(each.name)
            yield UnitTest(
                self._product.id,
                each.name,
                each.description,
                self._document.where,
                self._document.line(path),
                self._given(each, path),
                self._rows(each.expect, {field.name for field in columns(self._product)}, (*path, "expect")),
            )

    def _given(self, test: _Test, path: KeyPath) -> dict[str, Rows]:
        found: dict[str, Rows] = {}
        for at, each in enumerate(test.given):
            place = (*path, "given", at)
            if each.input not in self._inputs:
                allowed = f"{one_of(self._inputs)}, which the SQL reads"
                self._fault((*place, "input"), each.input, allowed, nearest(each.input, self._inputs))
            elif each.input in found:
                self._fault((*place, "input"), each.input, "each table once", "put its rows together")
            else:
                found[each.input] = self._rows(each, self._inputs[each.input], place)
        if missing := sorted(self._inputs.keys() - {each.input for each in test.given}):
            fix = f"add `- input: {missing[0]}` with its rows, `[]` if it has none"
            allowed = f"rows of each table that the SQL reads: {one_of(self._inputs)}"
            self._fault((*path, "given"), f"nothing of {', '.join(missing)}", allowed, fix)
        return found

    def _rows(self, written: _Rows, known: Iterable[str], path: KeyPath) -> Rows:
        place = (*path, "rows")
        rows = self._of_csv(written.rows, place) if written.format == "csv" else self._of_list(written, place)
        names = dict.fromkeys(name for _, row in rows for name in row)
        for name in (each for each in names if each not in known):
            line = next(line for line, row in rows if name in row)
            where = f"{self._document.where}:{line}"
            fix = nearest(name, known)
            self.faults.append(Fault(where, f"column {name}", name, one_of(known), fix))
        self._check_digits(rows)
        return Rows(tuple(names), tuple(row for _, row in rows), tuple(line for line, _ in rows))

    def _of_list(self, written: _Rows, place: KeyPath) -> list[tuple[int, Values]]:
        if not isinstance(written.rows, list):
            self._fault(place, written.rows, "a list of rows", "write `- {column: value}`, or format: csv")
            return []
        found: list[tuple[int, Values]] = []
        for at, row in enumerate(written.rows):
            if isinstance(row, dict):
                found.append((self._document.line((*place, at)), row))
            else:
                self._fault((*place, at), row, "values by column", "write {column: value}")
        return found

    def _of_csv(self, text: object, place: KeyPath) -> list[tuple[int, Values]]:
        """Read CSV with a header; an empty value is null."""
        first = self._document.line(place) + 1  # behind the `|` that a text of several lines begins with
        if not isinstance(text, str):
            self._fault(place, text, "CSV with a header", "write `rows: |`, and the CSV below it")
            return []
        reader = csv.reader(text.splitlines(), skipinitialspace=True)
        header = [name.strip() for name in next(reader, [])]
        found: list[tuple[int, Values]] = []
        for cells in filter(None, reader):
            line = first + reader.line_num - 1
            if len(cells) != len(header):
                where = f"{self._document.where}:{line}"
                fix = "add or remove values"
                allowed = f"{len(header)} values, as in the header"
                self.faults.append(Fault(where, "row", len(cells), allowed, fix))
                continue
            found.append(
                (line, {name: cell.strip() or None for name, cell in zip(header, cells, strict=True)})
            )
        return found

    def _check_digits(self, rows: Iterable[tuple[int, Values]]) -> None:
        """Refuse numbers of which YAML has lost digits."""
        for line, row in rows:
            for name, value in row.items():
                if isinstance(value, float) and len(Decimal(repr(value)).as_tuple().digits) > _EXACT_DIGITS:
                    where = f"{self._document.where}:{line}"
                    allowed = f"numbers of at most {_EXACT_DIGITS} digits, or a text"
                    self.faults.append(
                        Fault(where, f"column {name}", value, allowed, "write the number in quotes")
                    )

    def _fault(self, path: KeyPath, got: object, allowed: str, fix: str) -> None:
        self.faults.append(self._document.fault(path, got, allowed, fix))
