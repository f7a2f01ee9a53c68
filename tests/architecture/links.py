"""The links of Markdown files that lead nowhere.

Headings get the anchors that GitHub gives them. Links to other sites are not followed.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

_SOURCES = frozenset({".py", ".yaml", ".toml"})
_PAGE = re.compile(r"(?<![\w/.-])docs/[\w/.-]+\.md(?:#[\w-]+)?")
_HIDDEN = frozenset({".github"})
_FOREIGN = frozenset({"node_modules", "cdk.out", "__pycache__"})


def dead_links(root: Path) -> list[str]:
    """Return `file:line: target` of each link below a folder whose file or anchor does not exist."""
    found = []
    for page in _files(root, {".md"}):
        for line, target in _links(page):
            address = urlsplit(target)
            if address.scheme or address.netloc:
                continue
            path = (page.parent / unquote(address.path)).resolve() if address.path else page
            if not _leads_somewhere(root, path, address.fragment):
                found.append(f"{page.relative_to(root)}:{line}: {target}")
    return found


def dead_mentions(root: Path) -> list[str]:
    """Return `file: page` of each page below `docs/` that source code names and that does not exist."""
    found = []
    for source in _files(root, _SOURCES):
        if source.is_relative_to(root / "tests"):  # a test that reads a page fails without it
            continue
        for mention in _PAGE.findall(source.read_text(encoding="utf-8")):
            path, _, anchor = mention.partition("#")
            if not _leads_somewhere(root, root / path, anchor):
                found.append(f"{source.relative_to(root)}: {mention}")
    return found


def _files(folder: Path, suffixes: set[str] | frozenset[str]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name in _FOREIGN:
            continue
        if path.is_dir() and (not path.name.startswith(".") or path.name in _HIDDEN):
            yield from _files(path, suffixes)
        elif path.suffix in suffixes:
            yield path


def _leads_somewhere(root: Path, path: Path, anchor: str) -> bool:
    if not path.is_relative_to(root) or not path.exists():
        return False
    return not anchor or (path.suffix == ".md" and anchor in _anchors(path))


def _links(page: Path) -> Iterator[tuple[int, str]]:
    for block in _tokens(page):
        for token in block.children or []:
            target = token.attrs.get("href") or token.attrs.get("src")
            if target:
                yield (block.map or [0])[0] + 1, str(target)


def _anchors(page: Path) -> set[str]:
    tokens = _tokens(page)
    headings = [text for opening, text in pairwise(tokens) if opening.type == "heading_open"]
    seen: Counter[str] = Counter()
    anchors = set()
    for heading in headings:
        words = "".join(token.content for token in heading.children or [])
        anchor = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        anchors.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return anchors


def _tokens(page: Path) -> list[Token]:
    return MarkdownIt("gfm-like", {"linkify": False}).parse(page.read_text(encoding="utf-8"))
