"""The query by which Athena reads the bronze objects of a CSV dataset as the silver job does: by header.

Athena's CSV SerDes take columns by position, whatever the header of an object says, so the bronze table has
lines and this query splits them. It refuses rather than guesses: what it cannot read for certain stays in
`_unread_line`. Athena gives lines without their order, so a record that spans lines cannot be put together,
and all lines of an object with such a record stay unread.
"""

from dataclasses import replace

from lakehouse.layout.paths import INGEST_DATE
from lakehouse.model.dataset import Dataset, Format
from lakehouse.model.dialect import USUAL
from lakehouse.model.fields import Field

LINE = "line"
"""The only column of the bronze table."""

_DAYS = 7
"""How far back the query looks until somebody edits it: it lists a folder for each hour of each day."""

_FIELDS = '{0}("[^"]*(?:""[^"]*)*"|[^"{0}][^{0}]*|)'
"""A delimiter and the field after it: quoted, or without a quotation mark at its beginning."""


def is_read(dataset: Dataset) -> bool:
    """Whether the query can read the objects of a dataset."""
    if dataset.ingestion is None or dataset.ingestion.format is not Format.CSV:
        return False
    dialect = dataset.ingestion.dialect
    splits = replace(USUAL, delimiter=dialect.delimiter)
    return len(dialect.delimiter) == 1 and dialect == replace(
        splits, decimal_char=dialect.decimal_char, group_char=dialect.group_char
    )


def by_header(dataset: Dataset) -> str:
    """Return Trino's SQL that has a column for each of the contract's, filled by the headers of the objects.

    It is of use only where `is_read` says so; names are compared without their case.

    The header of an object is the line that names each required column, no column twice, and most of the
    contract's. Other lines are records if they have as many fields as it. Columns that a header lacks are
    null, others are left out.
    """
    delimiter = ord(dataset.ingestion.dialect.delimiter) if dataset.ingestion else 0
    pattern = _FIELDS.format(f"\\x{{{delimiter:x}}}")
    return f"""\
WITH lines AS (
  SELECT "$path" AS object, {LINE}, regexp_replace({LINE}, '^' || chr(65279)) AS text
  FROM "{dataset.name}"
  WHERE trim({LINE}) <> ''
    AND {INGEST_DATE} >= date_format(current_date - interval '{_DAYS}' day, '%Y-%m-%d')
), split AS (
  SELECT object, {LINE}, text, regexp_extract_all(chr({delimiter}) || text, '{pattern}', 1) AS fields
  FROM lines
), records AS (
  SELECT object, {LINE}, mod(length(text) - length(replace(text, '"')), 2) = 1 AS unbalanced,
    CASE WHEN array_join(fields, chr({delimiter})) = text THEN transform(
      fields, x -> if(starts_with(x, '"'), replace(substr(x, 2, length(x) - 2), '""', '"'), x)
    ) END AS fields
  FROM split
), candidates AS (
  SELECT object, {LINE}, unbalanced, fields, transform(fields, x -> lower(trim(x))) AS names
  FROM records
), ranked AS (
  SELECT object, {LINE}, unbalanced, fields, names, CASE
    WHEN {_is_header(dataset)}
    THEN cardinality(array_intersect(names, {_array(dataset, required=False)})) ELSE 0 END AS known
  FROM candidates
), headers AS (
  SELECT object, max_by(names, known) AS header, max(known) > 0 AND NOT bool_or(unbalanced) AS usable
  FROM ranked
  GROUP BY object
), matched AS (
  SELECT ranked.object, {LINE}, header,
    CASE WHEN usable AND cardinality(fields) = cardinality(header) THEN fields END AS fields
  FROM ranked JOIN headers ON ranked.object = headers.object
  WHERE NOT usable OR names IS DISTINCT FROM header
)
SELECT
{_columns(dataset)}  object AS _object,
  CASE WHEN fields IS NULL THEN {LINE} END AS _unread_line
FROM matched
"""  # noqa: S608 - names are checked identifiers, or texts that are written as such


def _columns(dataset: Dataset) -> str:
    return "".join(
        f'  element_at(fields, nullif(array_position(header, {_text(field)}), 0)) AS "{field.name}",\n'
        for field in dataset.fields
    )


def _is_header(dataset: Dataset) -> str:
    conditions = ["cardinality(array_distinct(names)) = cardinality(names)", "NOT contains(names, '')"]
    if any(field.required for field in dataset.fields):
        missing = f"array_except({_array(dataset, required=True)}, names)"
        conditions.append(f"cardinality({missing}) = 0")
    return "\n      AND ".join(conditions)


def _array(dataset: Dataset, *, required: bool) -> str:
    names = (_text(field) for field in dataset.fields if field.required or not required)
    return f"ARRAY[{', '.join(names)}]"


def _text(field: Field) -> str:
    """Write what a header calls a column, in lower case, as a text of SQL."""
    name = field.source_name.strip().lower().replace("'", "''")
    return f"'{name}'"
