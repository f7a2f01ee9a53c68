import base64
import hashlib
import re

from hypothesis import given
from hypothesis import strategies as st

from stacks.features.click_api.page_template import page_template, security_policy

VARIABLES = {"${D}": "$", "${H}": "#", "${B}": "\\"}


def digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@given(st.text(st.sampled_from("$#\\{}DHB[]!ax\n'\"")))
def test_template_holds_nothing_but_text_and_its_own_variables(html: str) -> None:
    definitions = "#set($D = '$')#set($H = '#')#set($B = '\\')"
    template = page_template(html)
    assert template.startswith(definitions)
    body = template.removeprefix(definitions)
    assert not re.search(r"[#\\]|\$(?!\{[DHB]\})", body)
    assert re.sub(r"\$\{[DHB]\}", lambda found: VARIABLES[found[0]], body) == html


def test_policy_allows_the_scripts_and_styles_of_the_page_and_no_others() -> None:
    script, style = "if (1 < 2 && x) y('</p>&amp;');\n", "a > b { content: '<'; }"
    policy = security_policy(f"<style>{style}</style><p>x</p><script>{script}</script><script>2</script>")
    parts = dict(part.split(" ", 1) for part in policy.split("; "))
    assert parts["script-src"] == f"'sha256-{digest(script)}' 'sha256-{digest('2')}'"
    assert parts["style-src"] == f"'sha256-{digest(style)}'"
    assert parts["connect-src"] == "'self'"
    assert "unsafe" not in policy
    closed = {"default-src", "base-uri", "form-action", "frame-ancestors"}
    assert {name for name, sources in parts.items() if sources == "'none'"} == closed


def test_policy_allows_no_script_when_the_page_has_none() -> None:
    assert "script-src 'none'; style-src 'none'" in security_policy("<p>Hello</p>")
