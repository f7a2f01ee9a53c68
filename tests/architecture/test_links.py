"""Links between pages, and from the code to pages, lead somewhere."""

from pathlib import Path

import pytest

from tests.architecture.links import dead_links, dead_mentions

ROOT = Path(__file__).resolve().parents[2]


def test_every_link_between_files_leads_somewhere() -> None:
    assert dead_links(ROOT) == []


def test_every_page_that_the_code_names_exists() -> None:
    assert dead_mentions(ROOT) == []


@pytest.mark.parametrize(
    "link",
    [
        "gone.md",
        "docs/gone.md",
        "docs/page.md#no-such-heading",
        "#no-such-heading",
        "docs/page.md#in-a-code-block",
        "docs/page.md#twice-2",
        "../outside.md",
        "docs/data.json#anchor",
    ],
)
def test_link_is_dead_when_its_file_or_heading_is_missing(tmp_path: Path, link: str) -> None:
    root = _project(tmp_path, f"# Start\n\nSee [there]({link}).\n")
    assert dead_links(root) == [f"README.md:3: {link}"]


@pytest.mark.parametrize(
    "link",
    [
        "docs/",
        "docs/page.md",
        "#start",
        "docs/page.md#lake-ops-it-says-its-end",
        "docs/page.md#twice",
        "docs/page.md#twice-1",
        "docs/data.json",
        "https://example.com/gone.md#nowhere",
    ],
)
def test_link_lives_when_its_file_and_heading_exist(tmp_path: Path, link: str) -> None:
    assert dead_links(_project(tmp_path, f"# Start\n\nSee [there]({link}).\n")) == []


def test_link_in_code_is_none(tmp_path: Path) -> None:
    root = _project(tmp_path, "# Start\n\n`[a](gone.md)`\n\n```md\n[a](gone.md)\n```\n")
    assert dead_links(root) == []


def test_link_in_a_table_and_an_image_are_links(tmp_path: Path) -> None:
    root = _project(tmp_path, "| a |\n|---|\n| [b](gone.md) |\n\n![c](gone.svg)\n")
    assert dead_links(root) == ["README.md:3: gone.md", "README.md:5: gone.svg"]


def test_mention_in_code_is_dead_when_its_page_or_heading_is_missing(tmp_path: Path) -> None:
    root = _project(tmp_path, "# Start\n")
    (root / "causes.yaml").write_text("page: docs/page.md#twice\n")
    (root / "code.py").write_text('HELP = "see docs/gone.md, or docs/page.md#nowhere"\n')
    assert dead_mentions(root) == ["code.py: docs/gone.md", "code.py: docs/page.md#nowhere"]


def _project(folder: Path, readme: str) -> Path:
    root = folder / "project"
    (root / "docs").mkdir(parents=True)
    (folder / "outside.md").write_text("# Outside\n")
    (root / "README.md").write_text(readme)
    headings = ["# Page", "## `lake-ops`: it says, its end.", "## Twice", "## Twice"]
    page = "\n\n".join([*headings, "```md\n# In a code block\n```\n"])
    (root / "docs" / "page.md").write_text(page)
    (root / "docs" / "data.json").write_text("{}\n")
    return root
