"""The pages that are made from code say what the code says."""

from tools.docs import reference


def test_reference_pages_are_up_to_date() -> None:
    made = {reference.ROOT / path: text for path, text in reference.pages().items()}
    written = {*(reference.ROOT / reference.FOLDER).iterdir(), *made}
    stale = {path.name for path in written if not path.is_file() or path.read_text() != made.get(path)}
    assert stale == set(), "run `python -m tools.docs.reference`, and delete what it does not write"
