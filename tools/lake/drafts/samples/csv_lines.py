"""Reads samples of comma-separated values by the rules of the jobs: header, commas, double quotes."""

import csv
import io
from collections.abc import Collection

from tools.lake.drafts.samples.names import kept_names
from tools.lake.drafts.samples.sample import ROWS_MAX, Connection, Sample, Source

_READ = """
    CREATE TABLE records AS
    FROM read_csv(?, auto_detect=false, header=true, delim=',', quote='"', escape='"', columns=?, nullstr='',
        compression=?, ignore_errors=true, store_rejects=true)
    LIMIT ?
"""
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_TO_COMMAS = (
    'python3 -c "import csv,sys; csv.writer(sys.stdout).writerows(csv.reader(sys.stdin, delimiter={}))"'
)


def read_csv(connection: Connection, source: Source, skip: Collection[str]) -> Sample:
    """Read the records that fit the header, and count the others.

    Raises:
        InvalidInputError: There is no header that jobs could map, or the text is not UTF-8.
    """
    names = _header(source)
    kept = kept_names(source, names, skip, "header")
    columns = {f"column_{at}": "VARCHAR" for at in range(len(names))}
    connection.execute(_READ, [str(source.path), columns, source.compression, ROWS_MAX])
    rejects = connection.table("reject_errors")
    if rejects.filter("error_type = 'INVALID ENCODING'").fetchall():
        fix = f"convert it: iconv -f latin1 -t utf-8 {source.path.name} > sample.csv"
        raise source.refuse("bytes that are no UTF-8", "text in UTF-8", fix)
    texts = ", ".join(f'column_{names.index(name)} AS "{name}"' for name in kept)
    table = connection.table("records").project(texts)
    [(unreadable,)] = rejects.aggregate("count(DISTINCT line)").fetchall()
    return Sample(source.path.name, "csv", table, len(table), unreadable)


def _header(source: Source) -> list[str]:
    """Return the names in the first record, as jobs read them."""
    text = io.StringIO(source.head.decode("utf-8-sig", errors="replace"), newline="")
    names = [name.strip() for name in next(csv.reader(text), [])]
    if not names:
        raise source.refuse("nothing", "a first line that names the columns", "take a file with data")
    if len(names) == 1:
        for delimiter, what in _DELIMITERS.items():
            if delimiter in names[0]:
                command = _TO_COMMAS.format(ascii(delimiter))
                fix = f"convert it, here and at the source: {command} < {source.path.name} > sample.csv"
                raise source.refuse(f"columns between {what}", "columns between commas", fix)
    return names
