import pytest

from tools.lake.init.editing import UneditableError, with_value, without_value

TEXT = '# Head.\n\nproject: lake # a name\naccount: "111111111111" # placeholder\npeople:\n  account: x\n'


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("project", "lake", TEXT),
        ("project", "acme", TEXT.replace("lake # a name", "acme")),
        ("account", "222222222222", TEXT.replace('"111111111111" # placeholder', '"222222222222"')),
        ("region", "eu-west-1", TEXT.replace("project:", "region: eu-west-1\nproject:", 1)),
        ("owner", "a: b # c", TEXT.replace("project:", 'owner: "a: b # c"\nproject:', 1)),
    ],
)
def test_value_stands_under_its_key_and_all_else_stays(key: str, value: str, expected: str) -> None:
    assert with_value(TEXT, key, value) == expected
    assert with_value(expected, key, value) == expected


def test_value_is_added_to_a_text_without_any() -> None:
    assert with_value("# Head.", "project", "acme") == "project: acme\n# Head."
    assert with_value("# Head.\n", "project", "acme") == "# Head.\nproject: acme\n"


def test_key_is_taken_out_with_its_comment() -> None:
    assert without_value(TEXT, "project") == TEXT.replace("project: lake # a name\n", "")
    assert without_value(TEXT, "region") == TEXT


@pytest.mark.parametrize("text", ["project: >\n  acme\nx: 1\n", "{project: lake}\n"])
def test_value_that_is_not_on_the_line_of_its_key_is_refused(text: str) -> None:
    with pytest.raises(UneditableError, match="`project` whose value is not on its line"):
        with_value(text, "project", "acme")
    with pytest.raises(UneditableError):
        without_value(text, "project")
