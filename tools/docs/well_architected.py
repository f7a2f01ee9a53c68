"""The checklist of the Data Analytics Lens, from the practices in `well_architected.yaml`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

LENS = "https://docs.aws.amazon.com/wellarchitected/latest/analytics-lens"
_FILE = Path(__file__).with_name("well_architected.yaml")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Practice(_Strict):
    """One best practice of the lens: what is done about it and where, or what is missing, or both."""

    id: Annotated[str, Field(pattern=r"^\d+\.\d+$")]
    title: str
    how: str = ""
    evidence: tuple[str, ...] = ()
    """Files and folders of the project, each alone or as `file::text`, which the file holds."""
    gap: str = ""

    @model_validator(mode="after")
    def _is_honest(self) -> Self:
        if bool(self.how) != bool(self.evidence):
            raise ValueError(
                f"practice {self.id}: `how` and `evidence` go together, as none is believed alone"
            )
        if not (self.how or self.gap):
            raise ValueError(f"practice {self.id}: neither evidence nor an admitted gap")
        return self


class Principle(_Strict):
    """One design principle of the lens."""

    principle: int
    about: str
    pillar: str
    practices: Annotated[tuple[Practice, ...], Field(min_length=1)]


def principles() -> tuple[Principle, ...]:
    """Return all of the lens.

    Raises:
        pydantic.ValidationError: A practice has neither evidence nor a gap, or what is unknown.
    """
    read = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return TypeAdapter(tuple[Principle, ...]).validate_python(read)


def page() -> str:
    """Return the page."""
    practices = [each for principle in principles() for each in principle.practices]
    whole = sum(not each.gap for each in practices)
    partly = sum(bool(each.gap and each.how) for each in practices)
    lines = [
        "# Well-Architected: Data Analytics Lens",
        "",
        f"What [the lens]({LENS}/analytics-lens.html) asks for, and which files do it: of {len(practices)} "
        f"best practices {whole} are done, {partly} in part, {len(practices) - whole - partly} not. A test "
        "finds each file, and what is named in it. Practices are AWS's; whether the files are enough is our "
        "own judgement, which nobody has reviewed. To change it, edit `tools/docs/well_architected.yaml`.",
        "",
        *(line for principle in principles() for line in _section(principle)),
    ]
    return "\n".join(lines)


def _section(principle: Principle) -> Iterator[str]:
    address = f"{LENS}/design-principle-{principle.principle}.html"
    yield f"## [{principle.principle}]({address}) {principle.about} ({principle.pillar.lower()})"
    yield ""
    yield "| | best practice | what is done, and where |"
    yield "|---|---|---|"
    for each in principle.practices:
        mark = "✗" if not each.how else "◐" if each.gap else "✓"
        yield f"| {mark} | **{each.id}** {each.title} | {_done(each)} |"
    yield ""


def _done(practice: Practice) -> str:
    parts = [f"{practice.how.strip()}<br>{', '.join(map(_link, practice.evidence))}"] if practice.how else []
    return "<br>".join([*parts, *([f"*Gap:* {practice.gap.strip()}"] if practice.gap else [])])


def _link(evidence: str) -> str:
    file, _, named = evidence.partition("::")
    return f"[`{named or Path(file).name}`](../../{file})"
