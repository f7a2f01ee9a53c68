"""Everything of a feature in a project: its folders and modules in every tree, and its sections."""

from pathlib import Path

from config.load import settings_files
from stacks.features.registry import features
from tools.lake.feature.sections import without_section

_TREES = (
    "stacks/features",
    "lambda_src",
    "glue_scripts/jobs",
    "local/features",
    "tools/smoke/sources",
    "tests/features",
)
"""Where a folder, or a module, of the feature's name belongs to it."""

_PATCHES = ("local/patches", "tests/local/patches", "tests/unit/local/patches")
"""Where folders of AWS services lie that only one feature needs of the embedded AWS."""


def paths(root: Path, name: str) -> list[Path]:
    """Return the files and folders of a feature that are there.

    The one by which it is found is the last, so that a deletion that was cut off can be repeated.
    """
    others = {patch for other, feature in features().items() if other != name for patch in feature.patches}
    own = set(features()[name].patches) - others
    candidates = [root / tree / f"{name}{suffix}" for tree in _TREES for suffix in ("", ".py")]
    candidates += [root / tree / patch for tree in _PATCHES for patch in own]
    found = root / "stacks" / "features" / name
    return sorted((path for path in candidates if path.exists()), key=lambda path: (path == found, path))


def settings_without(root: Path, name: str) -> dict[Path, str]:
    """Return the settings, of environments or their base, that have the feature, as they are without it.

    Raises:
        UneditableError: One of them cannot be edited.
    """
    texts = {file: file.read_text(encoding="utf-8") for file in settings_files(root)}
    edited = {file: without_section(text, name) for file, text in texts.items()}
    return {file: text for file, text in edited.items() if text != texts[file]}
