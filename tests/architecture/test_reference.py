"""The pages below `docs/reference/` say what the code says."""

from tools.docs import reference


def test_reference_pages_are_up_to_date() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in reference.FOLDER.iterdir()}
    stale = {name for name, text in reference.pages().items() if written.pop(name, None) != text}
    assert stale == set(), "run `python -m tools.docs.reference`"
    assert written == {}, "pages that nothing makes"
