import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator import EmbeddedAws
from tests.local.patches.apis import api_of, ask, mock


@pytest.mark.parametrize(
    ("name", "template", "text"),
    [
        ("encoded", "$util.base64Encode('Käse')", "S8Okc2U="),
        ("replaced", "#set($a = 'b')$util.base64Encode($a)${a}", "Yg==b"),
        ("lines", "#set($a = 'x')$util.base64Encode($input.body.replaceAll('[\\r\\n]+', ' '))", ""),
    ],
)
def test_template_is_rendered(
    embedded_aws: EmbeddedAws, deploy: Callable[..., Any], name: str, template: str, text: str
) -> None:
    api = deploy(f"template-{name}", api_of(mock(template)), {"Api": {"Ref": "Api"}})["Api"]
    answer = ask(embedded_aws, api, "GET")
    assert (answer.status, answer.body.decode()) == (200, text)


@pytest.mark.parametrize(
    ("name", "template", "named"),
    [
        ("condition", "#if($input.body)x#end", "#if"),
        ("function", "$util.escapeJavaScript('x')", "$util.escapeJavaScript('x')"),
        ("context", "$context.identity.sourceIp", "$context.identity.sourceIp"),
        ("variable", "${nobody}", "${nobody}"),
        ("method", "$input.body.toUpperCase()", "$input.body.toUpperCase()"),
        ("inner", "$util.base64Encode($inptu.body)", "$inptu.body"),
    ],
)
def test_api_fails_and_says_why_when_its_template_asks_for_what_is_not_emulated(
    embedded_aws: EmbeddedAws, deploy: Callable[..., Any], name: str, template: str, named: str
) -> None:
    api = deploy(f"template-{name}", api_of(mock(template)), {"Api": {"Ref": "Api"}})["Api"]
    answer = ask(embedded_aws, api, "GET")
    assert (answer.status, json.loads(answer.body)) == (500, {"message": "Internal server error"})
    assert f"{named}, which is not emulated" in embedded_aws.log.read_text()
