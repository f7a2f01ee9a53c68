"""One column of a draft."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from lakehouse.model.fields import Array, Decimal, Map, Scalar, Struct, Type
from lakehouse.model.masking import HASH, REDACT, Masking
from tools.lake.drafts.columns.personal import personal
from tools.lake.drafts.columns.profile import NULL_TOKENS, Profile, profile
from tools.lake.drafts.columns.remarks import epoch_of, remarks
from tools.lake.drafts.columns.scalars import Guess, guess
from tools.lake.drafts.columns.written import written_moment
from tools.lake.drafts.samples.sample import Sample, Shape

_KEYS = {Scalar.STRING, Scalar.INT, Scalar.LONG, Scalar.DATE, Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ}
"""Types of which a key can be; a boolean could be, but tells nothing apart."""

_NOT_ALL = "text, because jobs do not read every value otherwise"

_EXAMPLES = 2
_EXAMPLE_LENGTH = 60


@dataclass(frozen=True)
class Column:
    """What the sample says about a column."""

    name: str
    type: Type
    why: str
    """What speaks for the type."""
    figures: Profile
    nulls: int
    """Records without a value."""
    checks: tuple[str, ...] = ()
    """What a person should look at."""
    personal: str | None = None
    """What personal data it most likely holds."""
    source: str | None = None
    """What the file calls it, if that is another name."""
    written: str | None = None
    """The pattern by which its texts are dates or timestamps; None: as ISO 8601 has them."""

    @property
    def required(self) -> bool:
        """Whether every record of the sample has a value."""
        return not self.nulls

    @property
    def masking(self) -> Masking | None:
        """How its values are kept out of silver; only texts have a hash."""
        if self.personal is None:
            return None
        return HASH if self.type is Scalar.STRING else REDACT

    @property
    def can_be_key(self) -> bool:
        """Whether the lake allows it in a key."""
        return self.required and self.type in _KEYS and self.masking != REDACT

    @property
    def examples(self) -> list[object]:
        """Frequent values of a column that is not personal, as YAML has them."""
        if self.personal or isinstance(self.type, Array | Map | Struct):
            return []
        if self.written is not None:
            return []
        short = [text for text in self.figures.texts if 0 < len(text) <= _EXAMPLE_LENGTH]
        return [_example(text, self.type) for text in short[:_EXAMPLES]]


def columns(sample: Sample, as_text: Collection[str] = ()) -> tuple[list[Column], str | None]:
    """Return the columns of a sample, and the text that stands for null in it.

    Args:
        sample: The sample.
        as_text: Names of columns that are texts, as jobs do not read all of their values otherwise.
    """
    tokens = NULL_TOKENS if sample.format == "csv" else ()
    measured = {name: profile(sample.table, name, tokens) for name in sample.columns}
    guesses = {name: guess(name, figures) for name, figures in measured.items()}
    token = null_token(measured, guesses)
    shapes = {name: sample.shapes.get(name, Shape()) for name in measured}
    shapes |= {name: replace(shapes[name], text=_NOT_ALL) for name in as_text}
    return [_column(sample, name, figures, shapes[name], token) for name, figures in measured.items()], token


def null_token(measured: dict[str, Profile], guesses: dict[str, Guess]) -> str | None:
    """Return the text that most columns need to be null for all their other values to be of one type."""
    votes = [
        next(iter(figures.tokens))
        for name, figures in measured.items()
        if len(figures.tokens) == 1 and figures.values and guesses[name].type is not Scalar.STRING
    ]
    return max(NULL_TOKENS, key=votes.count) if votes else None


def _column(sample: Sample, name: str, figures: Profile, shape: Shape, token: str | None) -> Column:
    found = guess(name, figures, quoted=shape.quoted)
    if shape.text:
        found = Guess(Scalar.STRING, shape.text)
    elif shape.type:
        found = Guess(shape.type, "nested" if sample.format == "json" else "as the file declares it")
    elif found.type is not Scalar.STRING and figures.tokens.keys() - {token}:
        found = Guess(Scalar.STRING, "text, because of words among the values")
    elif written := _written(name, found, figures):
        found = Guess(written[0], f"written as {written[1]}", written[1])
    others = sum(times for text, times in figures.tokens.items() if text != token)
    kind, called = found.type, sample.sources.get(name, name)
    column = Column(name, kind, found.why, figures, nulls=sample.rows - figures.values - others)
    return replace(
        column,
        personal=personal(name, kind, figures),
        checks=(*remarks(name, found, figures, token),),
        source=None if called == name else called,
        written=found.written,
    )


def _written(name: str, found: Guess, figures: Profile) -> tuple[Scalar, str] | None:
    """Return the type and pattern of texts or numbers that are moments, as jobs read them if told how."""
    if found.type is Scalar.STRING:
        return written_moment(figures.texts)
    epoch = epoch_of(name, figures) if found.type in (Scalar.INT, Scalar.LONG) else None
    return (Scalar.TIMESTAMPTZ, epoch) if epoch else None


def _example(text: str, kind: Type) -> object:
    if kind is Scalar.BOOLEAN:
        return text.lower() == "true"
    if kind in (Scalar.INT, Scalar.LONG):
        return int(text)
    return float(text) if isinstance(kind, Decimal) or kind in (Scalar.FLOAT, Scalar.DOUBLE) else text
