from pathlib import Path

import pytest

from config.document import dotted, read
from config.faults import InvalidInputError


def written(root: Path, text: str) -> Path:
    path = root / "file.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(root: Path, text: str) -> str:
    with pytest.raises(InvalidInputError) as caught:
        read(written(root, text), root)
    return str(caught.value)


def test_read_returns_json_values_when_the_file_is_well_formed(tmp_path: Path) -> None:
    document = read(written(tmp_path, "day: 2026-01-31\nlist: [1, 2.5, null, true]\n"), tmp_path)
    assert document.where == "file.yaml"
    assert document.data == {"day": "2026-01-31", "list": [1, 2.5, None, True]}


def test_read_names_the_line_when_the_yaml_is_malformed(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a: 1\nb: [1\nc: 2\n").startswith("file.yaml:3: document: got ")


def test_read_refuses_each_repeated_key_when_a_mapping_has_it_twice(tmp_path: Path) -> None:
    message = refusal(tmp_path, "a: 1\nb:\n  - {x: 1, x: 2}\na: 3\n")
    assert "file.yaml:3: b[0].x: got 'x'; allowed: each key once in a mapping" in message
    assert "file.yaml:4: a: got 'a'" in message


@pytest.mark.parametrize(
    ("text", "got"),
    [("- 1\n", "got 'list'"), ("", "got 'NoneType'"), ("a: 1\n---\nb: 2\n", "expected a single")],
)
def test_read_refuses_the_document_when_it_is_not_one_mapping(tmp_path: Path, text: str, got: str) -> None:
    assert got in refusal(tmp_path, text) or "another document" in refusal(tmp_path, text)


@pytest.mark.parametrize("text", ["a: !!binary aGk=\n", "a: !!python/object:os.system {}\n", "a: !!int x\n"])
def test_read_refuses_a_value_when_its_tag_is_beyond_json(tmp_path: Path, text: str) -> None:
    assert "allowed: one YAML document in UTF-8" in refusal(tmp_path, text)


def test_read_refuses_the_file_when_it_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(b"a: \xff\n")
    with pytest.raises(InvalidInputError, match=r"file\.yaml: document: got .*utf-8"):
        read(path, tmp_path)


def test_line_returns_the_nearest_parent_when_the_value_is_missing(tmp_path: Path) -> None:
    document = read(written(tmp_path, "a: 1\nb:\n  - x: 1\n  - y: 2\n"), tmp_path)
    assert [document.line(path) for path in [("b",), ("b", 1, "y"), ("b", 1, "z"), ("b", 7), ("c",), ()]] == [
        2,
        4,
        4,
        2,
        1,
        1,
    ]


def test_dotted_writes_positions_in_brackets_when_the_path_has_lists() -> None:
    assert dotted(("schema", 0, "properties", 3, "name")) == "schema[0].properties[3].name"
    assert dotted(()) == "document"


def test_place_is_told_with_the_names_of_list_entries(tmp_path: Path) -> None:
    text = "schema:\n  - name: orders\n    properties: [{name: id}, {name: amount, tags: [a, b]}]\n"
    document = read(written(tmp_path, text), tmp_path)
    fault = document.fault(("schema", 0, "properties", 1, "tags", 1), "b", "c", "d")
    assert fault.named == "schema[orders].properties[amount].tags[1]"
    assert fault.path == "schema[0].properties[1].tags[1]"
    assert document.fault(("schema", 7, "name"), "b", "c", "d").named == "schema[7].name"
