"""Search expressions: every metric of a schema that terms fit.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from local.alarms.metrics import Metric, UnsupportedError

_SEARCH = re.compile(
    r"SEARCH\(\s*'\s*\{(?P<schema>[^}]*)\}(?P<terms>[^']*)'\s*,\s*'(?P<statistic>[^']+)'"
    r"(?:\s*,\s*(?P<period>\d+))?\s*\)"
)
_TERM = re.compile(r'\s*(?P<property>[\w.]+)=(?:"(?P<exact>[^"]*)"|(?P<part>[^\s"]+))\s*')
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


@dataclass(frozen=True)
class Term:
    """What a property of a metric must be, or have as a part of it."""

    property: str
    value: str
    exact: bool

    def fits(self, found: str | None) -> bool:
        """Whether a value is what is asked for; as a part, token by token, however they are joined."""
        if found is None or self.exact:
            return found == self.value
        wanted, there = _tokens(self.value), _tokens(found)
        return any(
            there[start : start + len(wanted)] == wanted for start in range(len(there) - len(wanted) + 1)
        )


@dataclass(frozen=True)
class Search:
    """A search, as far as boards use the language: a schema, and terms with properties, all of which fit."""

    namespace: str
    dimensions: frozenset[str]
    terms: tuple[Term, ...]
    statistic: str
    period: int | None
    """Seconds; None: those of the graph."""

    @classmethod
    def parse(cls, text: str) -> "Search | None":
        """Read a search; None if the text is none.

        Raises:
            UnsupportedError: It is one, and has what is not emulated.
        """
        if not text.startswith("SEARCH("):
            return None
        found = _SEARCH.fullmatch(text)
        if found is None or _TERM.sub("", found["terms"]).strip():
            raise UnsupportedError(f"search {text!r}: it has what is not emulated")
        namespace, *dimensions = (name.strip().strip('"') for name in found["schema"].split(","))
        terms = tuple(
            Term(each["property"], each["part"] or each["exact"], each["part"] is None)
            for each in _TERM.finditer(found["terms"])
        )
        period = int(found["period"]) if found["period"] else None
        return cls(namespace, frozenset(dimensions), terms, found["statistic"], period)

    def matches(self, metric: Metric) -> bool:
        """Whether the search finds a metric."""
        dimensions = dict(metric.dimensions)
        known = {"MetricName": metric.name, "Namespace": metric.namespace, **dimensions}
        return (
            metric.namespace == self.namespace
            and dimensions.keys() == self.dimensions
            and all(term.fits(known.get(term.property)) for term in self.terms)
        )


def labels(metrics: Sequence[Metric]) -> list[str]:
    """Return names that tell metrics of one search apart: values in which they differ, else their name."""
    named = [{"": metric.name, **dict(metric.dimensions)} for metric in metrics]
    differing = [key for key in sorted(set().union(*named)) if len({each.get(key) for each in named}) > 1]
    return [" ".join(each[key] for key in differing) or each[""] for each in named]


def _tokens(text: str) -> list[str]:
    """Split where camel case, numbers and other characters do."""
    return [token.lower() for token in _TOKEN.findall(text)]
