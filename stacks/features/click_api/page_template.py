"""The HTML page of an API, as API Gateway shows it without a server: a mapping template and its headers."""

import base64
import hashlib
from html.parser import HTMLParser

_ESCAPES = str.maketrans({"$": "${D}", "#": "${H}", "\\": "${B}"})
_DEFINITIONS = "#set($D = '$')#set($H = '#')#set($B = '\\')"


def page_template(html: str) -> str:
    """Return a template of the Velocity language that renders as exactly this page.

    The characters that the language reads as its own come from variables.
    https://velocity.apache.org/engine/1.7/user-guide.html
    """
    return _DEFINITIONS + html.translate(_ESCAPES)


def security_policy(html: str) -> str:
    """Return a Content-Security-Policy under which the page's own scripts and styles run, and no others.

    They must stand in `script` and `style` elements; the page may talk to its own origin alone.
    https://www.w3.org/TR/CSP3/
    """
    parser = _Inline()
    parser.feed(html)
    parser.close()
    return "; ".join(
        [
            "default-src 'none'",
            _sources("script-src", parser.texts["script"]),
            _sources("style-src", parser.texts["style"]),
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )


def _sources(directive: str, texts: list[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(
        [directive, *(f"'sha256-{digest}'" for digest in digests)] if texts else [directive, "'none'"]
    )


class _Inline(HTMLParser):
    """Collects what stands in `script` and `style` elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.texts:
            self._inside = tag
            self.texts[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[self._inside][-1] += data
