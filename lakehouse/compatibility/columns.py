"""Columns and members of nested types.

What a table can follow is what its function does: `lambda_src/iceberg_tables/schema.py`. A name that
changes is one column less and another one more.
"""

from collections.abc import Iterator, Mapping, Sequence

from lakehouse.compatibility.change import Change, Level, Rule, Scope, always, differences, reordered
from lakehouse.compatibility.checks import CHECKS
from lakehouse.model.dataset import Dataset, UnknownFields
from lakehouse.model.fields import (
    CLASSIFICATIONS,
    Array,
    Decimal,
    Field,
    Map,
    Scalar,
    Struct,
    Type,
    every_field,
)
from lakehouse.model.masking import HASH, REDACT, TOKENIZE, Masking

_WIDER = {(Scalar.INT, Scalar.LONG), (Scalar.FLOAT, Scalar.DOUBLE)}
"""Scalars that Iceberg reads as another: https://iceberg.apache.org/spec/#schema-evolution"""


def columns(scope: Scope, old: Dataset, new: Dataset) -> Iterator[Change]:
    """Judge the columns of two versions of a dataset."""
    scope = scope.parent.at("columns")
    yield from _members(scope, old.fields, new.fields)
    before, after = _names(old.fields), _names(new.fields)
    if reordered(before, after):
        effect = "the table keeps the order it has"
        yield scope.at("order").change(Level.COMPATIBLE, before, after, effect)


def _members(scope: Scope, old: Sequence[Field], new: Sequence[Field]) -> Iterator[Change]:
    before, after = ({field.name: field for field in fields} for fields in (old, new))
    for name, field in before.items():
        if name in after:
            yield from differences(scope.at(name), field, after[name], FIELD)
        else:
            yield _removed(scope.at(name), field)
    for name, field in after.items():
        if name not in before:
            yield _added(scope.at(name), field)


def _removed(scope: Scope, field: Field) -> Change:
    is_member = len(scope.path) > len(("columns", field.name))
    effect = "the table keeps it, as optional, with the values it has; new rows read null"
    policy = scope.new.ingestion.unknown_fields if scope.new.ingestion else UnknownFields.IGNORE
    if policy is UnknownFields.REJECT:
        effect += ", and records that still bring it are rejected"
    if policy is UnknownFields.RESCUE and not is_member:
        masked = any(part.masking for part in every_field([field]))
        effect += f", and what records still bring goes into _rescued{' as CLEAR TEXT' * masked}"
    return scope.change(Level.BREAKING, field.type, None, effect)


def _added(scope: Scope, field: Field) -> Change:
    if not field.required:
        kept = scope.new.ingestion and scope.new.ingestion.unknown_fields is UnknownFields.RESCUE
        rescued = "; values that came before stay in _rescued" if kept else ""
        effect = f"the table gains it, and rows that exist read null{rescued}"
        return scope.change(Level.COMPATIBLE, None, field.type, effect, repair=scope.repair)
    # A new redacted column is required of the source alone.
    if not field.stored_required:
        return scope.change(Level.BREAKING, None, field.type, "records without it are rejected")
    return _refusal(scope, None, field.type, "rows that exist have no value for it")


def _refusal(scope: Scope, before: object, after: object, reason: str) -> Change:
    return scope.change(Level.BREAKING, before, after, f"the deployment is refused: {reason}", refused=True)


def _required(scope: Scope, old: Field, new: Field) -> Iterator[Change]:
    if not new.required:
        effect = "records without a value are accepted, and readers must expect null"
        yield scope.change(Level.COMPATIBLE, "required", "optional", effect, repair=scope.replay)
        return
    if new.stored_required and not old.stored_required:
        yield _refusal(scope, "optional", "required", "rows that exist may hold no value")
    else:
        effect = "records without a value are rejected"
        yield scope.change(Level.BREAKING, "optional", "required", effect, repair=scope.repair)


def _masking(scope: Scope, old: Field, new: Field) -> Iterator[Change]:
    if new.stored_required and not old.stored_required:
        reason = "rows that exist hold null, where the contract now demands a value"
        yield _refusal(scope, old.masking, new.masking, reason)
        return
    effect = f"{_kept_form(scope, old)}; new rows are {_form(new.masking)}"
    is_key = scope.path == ("columns", new.name, "masking") and new.name in scope.new.key
    if is_key:
        effect += ", so new versions of a record have another key and do not replace it"
    level = Level.BREAKING if is_key else Level.BACKFILL
    yield scope.change(level, old.masking, new.masking, effect, repair=scope.repair)


_FORMS = {None: "in clear text", HASH: "hashed", REDACT: "null", TOKENIZE: "tokens"}


def _form(masking: Masking | None) -> str:
    return _FORMS.get(masking) or f"masked by {masking}"


def _kept_form(scope: Scope, old: Field) -> str:
    if old.masking:
        return f"rows written before stay {_form(old.masking)} {scope.until}"
    return f"CLEAR TEXT STAYS in rows written before {scope.until}, and in snapshots until those expire"


def _classification(scope: Scope, old: Field, new: Field) -> Iterator[Change]:
    levels = old.classification, new.classification
    if CLASSIFICATIONS.index(new.classification) > CLASSIFICATIONS.index(old.classification):
        effect = f"readers who may not see {new.classification} data lose it, rows that exist included"
        yield scope.change(Level.BREAKING, *levels, effect)
    else:
        effect = f"whoever may see {new.classification} data can read it, rows that exist included"
        yield scope.change(Level.COMPATIBLE, *levels, effect)


def _type(scope: Scope, old: Field, new: Field) -> Iterator[Change]:
    yield from _types(scope.parent, old.type, new.type)


def _types(scope: Scope, old: Type, new: Type) -> Iterator[Change]:
    match old, new:
        case Struct(before), Struct(after):
            yield from _members(scope, before, after)
            if reordered(_names(before), _names(after)):
                effect = "the table keeps the order it has"
                yield scope.at("order").change(Level.COMPATIBLE, _names(before), _names(after), effect)
        case Array(before), Array(after):
            yield from _types(scope.at("element"), before, after)
        case Map(key, before), Map(other_key, after):
            if key != other_key:
                yield _retyped(scope.at("key"), key, other_key)
            yield from _types(scope.at("value"), before, after)
        case _ if old != new:
            yield _retyped(scope, old, new)


def _retyped(scope: Scope, old: Type, new: Type) -> Change:
    scope = scope.at("type")
    if _widens(old, new):
        rounded = ", with the seven digits they were stored with" if new is Scalar.DOUBLE else ""
        effect = f"only metadata changes: rows that exist are read as the wider type{rounded}"
        return scope.change(Level.COMPATIBLE, old, new, effect, repair=scope.replay)
    reason = "Iceberg cannot read values of the one type as the other; add a column under another name"
    if _widens(new, old):
        reason += "; where a contract that is rolled back had it before, the table keeps the wider one"
    return _refusal(scope, old, new, reason)


def _widens(old: Type, new: Type) -> bool:
    if isinstance(old, Decimal) and isinstance(new, Decimal):
        return new.scale == old.scale and new.precision > old.precision
    return (old, new) in _WIDER


def _names(fields: Sequence[Field]) -> tuple[str, ...]:
    return tuple(field.name for field in fields)


def _checks(scope: Scope, old: Field, new: Field) -> Iterator[Change]:
    yield from differences(scope, old.checks, new.checks, CHECKS)


FIELD: Mapping[str, Rule] = {
    "type": _type,
    "required": _required,
    "description": always(Level.COMPATIBLE, "the comment of the column changes"),
    "classification": _classification,
    "masking": _masking,
    "checks": _checks,
    "examples": always(Level.COMPATIBLE, "none: it is documentation"),
    "physical_name": always(
        Level.BREAKING, "records that call it as before, bronze among them, have no value for it"
    ),
    "source_format": always(
        Level.BREAKING, "records that write it as before, bronze among them, are quarantined"
    ),
    "not_personal": always(Level.COMPATIBLE, "runs tell of such values, or do not, from the next one on"),
    "subject": always(Level.COMPATIBLE, "`lake-ops erase` looks there from now on, in all that bronze has"),
    "declassified": always(Level.COMPATIBLE, "none: it says why values bear a weaker classification"),
}
