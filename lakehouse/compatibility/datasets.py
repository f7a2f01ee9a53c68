"""What a contract says about its dataset as a whole."""

from collections.abc import Iterator, Mapping

from lakehouse.compatibility.change import Change, Level, Rule, Scope, always, differences
from lakehouse.compatibility.columns import columns
from lakehouse.compatibility.promises import DOCUMENTATION, SERVICE
from lakehouse.compatibility.table_rules import gate, table_rules
from lakehouse.compatibility.writing import key, order_by, write
from lakehouse.model.access import Reader
from lakehouse.model.dataset import Content, Dataset, Ingestion, UnknownFields


def _partition(scope: Scope, old: Dataset, new: Dataset) -> Iterator[Change]:
    effect = f"new files follow it, files that exist keep the former partitions {scope.until}; rows are equal"
    yield scope.change(Level.BACKFILL, old.partition, new.partition, effect, repair=scope.repair)


def _ingestion(scope: Scope, old: Dataset, new: Dataset) -> Iterator[Change]:
    if old.ingestion and new.ingestion:
        yield from differences(scope, old.ingestion, new.ingestion, INGESTION)
    else:
        before, after = (each and each.mode for each in (old.ingestion, new.ingestion))
        effect = "what producers send no longer arrives" if old.ingestion else "SQL no longer fills the table"
        yield scope.change(Level.BREAKING, before, after, effect)


def _unknown_fields(scope: Scope, old: Ingestion, new: Ingestion) -> Iterator[Change]:
    level, effect = Level.COMPATIBLE, "records with unknown fields are accepted"
    if new.unknown_fields is UnknownFields.RESCUE:
        effect = (
            "the table gains _rescued, in which unknown fields are kept UNMASKED; rows that exist read null"
        )
    elif new.unknown_fields is UnknownFields.REJECT:
        level, effect = Level.BREAKING, "records with unknown fields, accepted before, are quarantined"
    elif old.unknown_fields is UnknownFields.RESCUE:
        level, effect = Level.BREAKING, "the table keeps _rescued with what it has; new rows read null there"
    relaxed = (old.unknown_fields, new.unknown_fields) == (UnknownFields.REJECT, UnknownFields.IGNORE)
    repair = scope.replay if relaxed else scope.repair
    yield scope.change(level, old.unknown_fields, new.unknown_fields, effect, repair=repair)


def _source(scope: Scope, old: Ingestion, new: Ingestion) -> Iterator[Change]:
    """A feature only brings what comes the same way without it, so one that is added takes nothing away."""
    level, effect = Level.COMPATIBLE, "records that others bring are taken as before"
    if old.source and (new.source is None or new.source.feature != old.source.feature):
        level, effect = Level.BREAKING, f"what {old.source.feature} takes today no longer arrives"
    elif old.source and new.content is Content.CHANGES:
        level, effect = (
            Level.BREAKING,
            "the table follows another one; rows of the former stay until a full load",
        )
    elif old.source:
        effect = f"{old.source.feature} works as it is told now"
    yield scope.change(level, old.source, new.source, effect)


INGESTION: Mapping[str, Rule] = {
    "mode": always(
        Level.BREAKING, "producers must send another way: what they send as before no longer arrives"
    ),
    "content": always(
        Level.BREAKING, "records of the other meaning are quarantined; the table needs a full load"
    ),
    "format": always(
        Level.BREAKING, "records of the former format, and bronze when it is reprocessed, are quarantined"
    ),
    "null_token": always(
        Level.BREAKING,
        "what was null becomes a text, or the other way round, and may be quarantined for it",
        repaired=True,
    ),
    "dialect": always(
        Level.BREAKING, "objects of the former dialect, and bronze when it is reprocessed, are quarantined"
    ),
    "unknown_fields": _unknown_fields,
    "stream": always(
        Level.BREAKING, "producers must send to another stream: the former one delivers nothing more"
    ),
    "transform": always(Level.COMPATIBLE, "records that come from now on reach bronze in the other form"),
    "source": _source,
}


def _sql(scope: Scope, old: Dataset, new: Dataset) -> Iterator[Change]:
    before, after = (sql and f"SQL of {len(sql.splitlines())} lines" for sql in (old.sql, new.sql))
    if old.sql and new.sql and _tokens(old.sql) == _tokens(new.sql):
        yield scope.change(Level.COMPATIBLE, before, after, "none: only layout and comments differ")
    else:
        effect = "the next run rebuilds the whole content; until then it is that of the former SQL"
        yield scope.change(Level.BACKFILL, before, after, effect)


def _tokens(sql: str) -> list[tuple[str, str]]:
    import sqlglot  # noqa: PLC0415 (slow to import; few comparisons have other SQL)

    return [(token.token_type.name, token.text) for token in sqlglot.tokenize(sql, dialect="spark")]


def _refresh(scope: Scope, old: Dataset, new: Dataset) -> Iterator[Change]:
    later = "later ones what changed" if new.refresh else "and so do later ones after a change"
    effect = f"none on data: the next run makes the whole table anew, {later}"
    yield scope.change(Level.COMPATIBLE, old.refresh, new.refresh, effect)


def _versions(scope: Scope, old: Dataset, new: Dataset) -> Iterator[Change]:
    before, after = old.versions, new.versions
    if before and after and before.marker != after.marker:
        effect = "what has landed counts by the former rule; files that follow, by the new one"
        yield scope.change(Level.BREAKING, before.marker, after.marker, effect)
    elif before and after:
        effect = "none on rows that exist: the next version that comes is placed by the new order"
        yield scope.change(Level.COMPATIBLE, before.order, after.order, effect)


def _readers(scope: Scope, old: Dataset, new: Dataset) -> Iterator[Change]:
    before, after = ({each.persona: each for each in of.readers} for of in (old, new))
    shown = tuple(map(str, old.readers)), tuple(map(str, new.readers))
    lost = before.keys() - after.keys()
    narrowed = [name for name, reader in after.items() if _reads_less(before.get(name), reader)]
    if lost or narrowed:
        effects = [f"{', '.join(sorted(lost))} can no longer count on reading it"] if lost else []
        effects += [f"{', '.join(sorted(narrowed))} may read less of it"] if narrowed else []
        yield scope.change(Level.BREAKING, *shown, "; ".join(effects))
    else:
        yield scope.change(Level.COMPATIBLE, *shown, "nobody loses access")


def _reads_less(before: Reader | None, after: Reader) -> bool:
    """Whether a persona may lose columns or rows; without a word on it the policy gives all rows."""
    earlier = before or Reader(after.persona)
    if after.rows not in (None, earlier.rows):
        return True
    if after.columns is None:
        return earlier.columns is not None
    return earlier.columns is None or not set(earlier.columns) <= set(after.columns)


def _service(scope: Scope, old: Dataset, new: Dataset) -> Iterator[Change]:
    yield from differences(scope, old.service, new.service, SERVICE)


def _documented(scope: Scope, old: Dataset, new: Dataset) -> Iterator[Change]:
    yield from differences(scope, old.documentation, new.documentation, DOCUMENTATION)


DATASET: Mapping[str, Rule] = {
    "version": lambda *_: (),  # it follows from the changes: see `versions`
    "layer": always(
        Level.BREAKING,
        "an empty table is created in the other layer; the former one stays, and is filled no more",
    ),
    "description": always(Level.COMPATIBLE, "the comment of the table changes"),
    "owner": always(Level.COMPATIBLE, "the property `owner` of the tables changes"),
    "fields": columns,
    "key": key,
    "order_by": order_by,
    "partition": _partition,
    "write": write,
    "ingestion": _ingestion,
    "sql": _sql,
    "inputs": always(Level.COMPATIBLE, "the job may read other tables, and waits for them"),
    "max_rejected_ratio": gate,
    "source": always(Level.COMPATIBLE, "none: the contract lies in another file"),
    "service": _service,
    "rules": table_rules,
    "relationships": always(Level.COMPATIBLE, "none on data: relationships tell people how datasets join"),
    "readers": _readers,
    "part": always(
        Level.BREAKING, "resources would move to another stack, which CloudFormation refuses: names are taken"
    ),
    "documentation": _documented,
    "refresh": _refresh,
    "versions": _versions,
    "engine": always(Level.COMPATIBLE, "none on data: another engine brings in what comes from now on"),
    "volume": always(Level.COMPATIBLE, "none on data: `lake cost` estimates by it"),
}
