"""The query by which Athena reads the bronze objects of a CSV dataset as the silver job does: by header.

Athena's CSV SerDes take columns by position, whatever the header of an object says, so the bronze table has
lines and this query splits them. It refuses rather than guesses: what it cannot read for certain stays in
`_unread_line`. Athena gives lines without their order, so a record that spans lines cannot be put together,
and all lines of an object with such a record stay unread.
"""

from lakehouse.layout.paths import INGEST_DATE
from lakehouse.model.dataset import Dataset

LINE = "line"
"""The only column of the bronze table."""

_DAYS = 7
"""How far back the query looks until somebody edits it: it lists a folder for each hour of each day."""

_FIELDS = ',("[^"]*(?:""[^"]*)*"|[^",][^,]*|)'
"""A comma and the field after it: quoted, or without a quotation mark at its beginning."""


def by_header(dataset: Dataset) -> str:
    """Return Trino's SQL that has a column for each of the contract's, filled by the headers of the objects.

    The header of an object is the line that names each required column, no column twice, and most of the
    contract's. Other lines are records if they have as many fields as it. Columns that a header lacks are
    null, others are left out.
    """
    columns = "".join(
        f"  element_at(fields, nullif(array_position(header, '{field.name}'), 0)) AS \"{field.name}\",\n"
        for field in dataset.fields
    )
    return f"""\
WITH lines AS (
  SELECT "$path" AS object, {LINE}, regexp_replace({LINE}, '^' || chr(65279)) AS text
  FROM "{dataset.name}"
  WHERE trim({LINE}) <> ''
    AND {INGEST_DATE} >= date_format(current_date - interval '{_DAYS}' day, '%Y-%m-%d')
), split AS (
  SELECT object, {LINE}, text, regexp_extract_all(',' || text, '{_FIELDS}', 1) AS fields
  FROM lines
), records AS (
  SELECT object, {LINE}, mod(length(text) - length(replace(text, '"')), 2) = 1 AS unbalanced,
    CASE WHEN array_join(fields, ',') = text THEN transform(
      fields, x -> if(starts_with(x, '"'), replace(substr(x, 2, length(x) - 2), '""', '"'), x)
    ) END AS fields
  FROM split
), candidates AS (
  SELECT object, {LINE}, unbalanced, fields, transform(fields, x -> trim(x)) AS names
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
{columns}  object AS _object,
  CASE WHEN fields IS NULL THEN {LINE} END AS _unread_line
FROM matched
"""  # noqa: S608 - names are checked identifiers


def _is_header(dataset: Dataset) -> str:
    conditions = ["cardinality(array_distinct(names)) = cardinality(names)", "NOT contains(names, '')"]
    if any(field.required for field in dataset.fields):
        missing = f"array_except({_array(dataset, required=True)}, names)"
        conditions.append(f"cardinality({missing}) = 0")
    return "\n      AND ".join(conditions)


def _array(dataset: Dataset, *, required: bool) -> str:
    names = (field.name for field in dataset.fields if field.required or not required)
    return f"ARRAY[{', '.join(map(repr, names))}]"
