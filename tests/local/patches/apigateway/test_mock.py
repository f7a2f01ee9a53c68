import json
from collections.abc import Callable
from typing import Any

from local.emulator.launcher import EmbeddedAws
from stacks.features.click_api.page_template import page_template
from tests.local.patches.apis import api_of, ask, mock

PAGE = "<p id='a'>Käse: $1, #2, \\$3, ##4 #if(${x}) \\\\#set</p>\n<a href=\"#a\">${D}</a>\n"
POLICY = "default-src 'none'; frame-ancestors 'none'"


def test_page_comes_as_it_was_written(embedded_aws: EmbeddedAws, deploy: Callable[..., Any]) -> None:
    integration = mock(page_template(PAGE), "text/html", **{"Content-Security-Policy": f"'{POLICY}'"})
    api = deploy("mock-page", api_of(integration), {"Api": {"Ref": "Api"}})["Api"]
    answer = ask(embedded_aws, api, "GET")
    assert (answer.status, answer.body.decode()) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html"
    assert answer.headers["content-security-policy"] == POLICY


def test_type_is_that_of_the_header_when_the_response_sets_one(
    embedded_aws: EmbeddedAws, deploy: Callable[..., Any]
) -> None:
    integration = mock("x", "text/html", **{"Content-Type": "'text/html; charset=utf-8'"})
    api = deploy("mock-type", api_of(integration), {"Api": {"Ref": "Api"}})["Api"]
    assert ask(embedded_aws, api, "GET").headers["content-type"] == "text/html; charset=utf-8"


def test_api_fails_when_the_response_would_depend_on_what_the_caller_accepts(
    embedded_aws: EmbeddedAws, deploy: Callable[..., Any]
) -> None:
    integration = mock("x", "text/html")
    integration["IntegrationResponses"][0]["ResponseTemplates"]["text/plain"] = "y"
    api = deploy("mock-choice", api_of(integration), {"Api": {"Ref": "Api"}})["Api"]
    answer = ask(embedded_aws, api, "GET")
    assert (answer.status, json.loads(answer.body)) == (500, {"message": "Internal server error"})
    assert "a choice among ['text/html', 'text/plain']" in embedded_aws.log.read_text()
