"""One column of a draft."""

from dataclasses import dataclass, replace

from lakehouse.model.fields import Array, Decimal, Map, Masking, Scalar, Struct, Type
from tools.lake.drafts.columns.personal import personal
from tools.lake.drafts.columns.profile import NULL_TOKENS, Profile, profile
from tools.lake.drafts.columns.remarks import remarks
from tools.lake.drafts.columns.scalars import Guess, guess
from tools.lake.drafts.samples.sample import Sample, Shape

_KEYS = {Scalar.STRING, Scalar.INT, Scalar.LONG, Scalar.DATE, Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ}
"""Types of which a key can be; a boolean could be, but tells nothing apart."""

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

    @property
    def required(self) -> bool:
        """Whether every record of the sample has a value."""
        return not self.nulls

    @property
    def masking(self) -> Masking | None:
        """How its values are kept out of silver; only texts have a hash."""
        if self.personal is None:
            return None
        return Masking.HASH if self.type is Scalar.STRING else Masking.REDACT

    @property
    def can_be_key(self) -> bool:
        """Whether the lake allows it in a key."""
        return self.required and self.type in _KEYS and self.masking is not Masking.REDACT

    @property
    def examples(self) -> list[object]:
        """Frequent values of a column that is not personal, as YAML has them."""
        if self.personal or isinstance(self.type, Array | Map | Struct):
            return []
        short = [text for text in self.figures.texts if 0 < len(text) <= _EXAMPLE_LENGTH]
        return [_example(text, self.type) for text in short[:_EXAMPLES]]


def columns(sample: Sample) -> tuple[list[Column], str | None]:
    """Return the columns of a sample, and the text that stands for null in it."""
    tokens = NULL_TOKENS if sample.format == "csv" else ()
    measured = {name: profile(sample.table, name, tokens) for name in sample.columns}
    guesses = {name: guess(name, figures) for name, figures in measured.items()}
    token = null_token(measured, guesses)
    return [
        _column(sample, name, measured[name], sample.shapes.get(name, Shape()), token) for name in measured
    ], token


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
    if shape.type:
        found = Guess(shape.type, "nested" if sample.format == "json" else "as the file declares it")
    elif shape.mixed:
        found = Guess(Scalar.STRING, "JSON values of several kinds, as their text")
    elif found.type is not Scalar.STRING and figures.tokens.keys() - {token}:
        found = Guess(Scalar.STRING, "text, because of words among the values")
    others = sum(times for text, times in figures.tokens.items() if text != token)
    kind = found.type
    column = Column(name, kind, found.why, figures, nulls=sample.rows - figures.values - others)
    what = personal(name, kind, figures)
    return replace(column, personal=what, checks=(*remarks(name, kind, figures, token),))


def _example(text: str, kind: Type) -> object:
    if kind is Scalar.BOOLEAN:
        return text.lower() == "true"
    if kind in (Scalar.INT, Scalar.LONG):
        return int(text)
    return float(text) if isinstance(kind, Decimal) or kind in (Scalar.FLOAT, Scalar.DOUBLE) else text
