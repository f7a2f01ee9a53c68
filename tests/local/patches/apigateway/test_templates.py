import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.launcher import EmbeddedAws
from tests.local.patches.apis import api_of, ask, mock


@pytest.mark.parametrize(
    ("name", "template", "text"),
    [
        ("encoded", "$util.base64Encode('Käse')", "S8Okc2U="),
        ("replaced", "#set($a = 'b')$util.base64Encode($a)${a}", "Yg==b"),
        ("holds", "#set($a = 'abc')a#if($a.length() > 2) b #else c #end d", "a b  d"),
        ("holds-not", "#set($a = 'abc')a#if($a.length() > 3) b #else c #end d", "a c  d"),
        ("nested", "#set($a = 'abc')#if($a.contains('b'))#if($a.matches('b'))1#else 2#end#end", " 2"),
        ("skipped", "#set($a = 'b')#if($a.contains('a'))#set($a = 'c')#end$a", "b"),
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
        ("loop", "#foreach($x in $input.path('$'))x#end", "#foreach"),
        ("chain", "#if($input.body)x#elseif($input.body)y#end", "#elseif"),
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


@pytest.mark.parametrize(
    ("name", "template", "problem"),
    [
        ("unended", "#if($input.body)x", "#if without #end"),
        ("unbegun", "x#end", "#end without #if"),
        (
            "twice",
            "#set($context.responseOverride.status = 400)#set($context.responseOverride.status = 413)",
            "overrides status twice",
        ),
    ],
)
def test_api_fails_and_says_why_when_its_template_is_wrong(
    embedded_aws: EmbeddedAws, deploy: Callable[..., Any], name: str, template: str, problem: str
) -> None:
    api = deploy(f"template-{name}", api_of(mock(template)), {"Api": {"Ref": "Api"}})["Api"]
    assert ask(embedded_aws, api, "GET").status == 500
    assert (
        f"the mapping template {'' if name == 'twice' else 'has '}{problem}" in embedded_aws.log.read_text()
    )
