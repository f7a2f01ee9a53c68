"""A section goes into an environment's text and out of it, and every other line stays."""

import pytest

from tools.lake.feature.sections import UneditableError, with_section, without_section

EXAMPLE = "# What it is for.\npump:\n  litres: 3 # a day\n"
ADDED = "  # What it is for.\n  pump:\n    litres: 3 # a day\n"
OTHER = "  hose:\n    metres: 5\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\n", f"a: 1\nfeatures:\n{ADDED}"),
        ("a: 1", f"a: 1\nfeatures:\n{ADDED}"),
        ("a: 1\n\nfeatures: {}\n", f"a: 1\n\nfeatures:\n{ADDED}"),
        ("features: {} # none yet\nz: 1\n", f"features:\n{ADDED}z: 1\n"),
        (f"features:\n{OTHER}\nz: 1\n", f"features:\n{OTHER}{ADDED}\nz: 1\n"),
        (f"features:\n{OTHER}", f"features:\n{OTHER}{ADDED}"),
    ],
)
def test_section_is_added_behind_the_others(before: str, after: str) -> None:
    assert with_section(before, EXAMPLE) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"a: 1\nfeatures:\n{OTHER}\nz: 1\n", "a: 1\nfeatures: {}\n\nz: 1\n"),
        (f"features:\n  # ours\n  pump: {{}}\n{OTHER}", "features:\n  # ours\n  pump: {}\n"),
        (f"features:\n{OTHER}  pump:\n    litres: 3\n", "features:\n  pump:\n    litres: 3\n"),
    ],
)  # fmt: skip
def test_section_is_taken_out_and_the_others_stay(before: str, after: str) -> None:
    assert without_section(before, "hose") == after


def test_text_is_as_it_was_when_a_section_has_come_and_gone() -> None:
    text = f"a: 1 # one\nfeatures:\n{OTHER}\nz: 1\n"
    gone = without_section(with_section(text, "pump:\n  litres: 3\n"), "pump")
    assert gone == text


@pytest.mark.parametrize(
    "text",
    ["features: { hose: { metres: 5 } }\n", "features:\n    hose:\n        metres: 5\n"],
    ids=["inline", "indented by four"],
)
def test_text_is_refused_when_it_could_be_spoiled(text: str) -> None:
    with pytest.raises(UneditableError, match="`features`"):
        without_section(text, "hose")
