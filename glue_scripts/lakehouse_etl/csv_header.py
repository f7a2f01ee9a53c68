"""Reads the headers of CSV objects and tells which of them can be used."""

import csv
import io
import zlib
from collections.abc import Sequence

from lakehouse_etl.model import Dataset
from lakehouse_etl.storage import Storage
from lakehouse_etl.transforms.part import Breach
from lakehouse_etl.transforms.unknown_fields import unknown_field

HEAD = 64 * 1024
"""Bytes of an object in which its header must end."""


def read_header(storage: Storage, uri: str) -> tuple[str, ...]:
    """Return the names in the first record of an object, none if it is no text or ends behind `HEAD`."""
    with storage.open(uri) as file:
        head = file.read(HEAD)
    try:
        if uri.endswith(".gz"):
            head = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(head, HEAD)
        text = io.StringIO(head.decode("utf-8-sig", errors="replace"), newline="")
        names = next(csv.reader(text, strict=True), [])
    except (zlib.error, csv.Error):
        return ()
    whole = text.tell() < len(text.getvalue()) or len(head) < HEAD
    return tuple(name.strip() for name in names) if whole else ()


def header_breach(header: Sequence[str], dataset: Dataset) -> Breach | None:
    """Return what makes a header useless, None if records can be read by it."""
    names = {field.name for field in dataset.fields}
    if (
        not names & set(header)
        or "" in header
        or len(set(header)) < len(header)
        or "\ufffd" in "".join(header)
    ):
        return Breach("bad_header", f"expected a first line that names columns, such as {min(names)}")
    missing = [field.name for field in dataset.fields if field.required and field.name not in header]
    if missing:
        return Breach("missing_column", f"{', '.join(missing)}: expected in the header")
    if dataset.unknown_fields == "reject" and set(header) - names:
        return unknown_field()
    return None
