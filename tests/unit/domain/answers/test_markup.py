"""Answers do nothing when they are rendered, by a renderer that lets HTML through and checks no links itself."""

from html.parser import HTMLParser
from itertools import product
from typing import Final

import pytest
from markdown_it import MarkdownIt

from domain.answers.markup import inert, inert_label, safe_url

FENCE: Final = "`" * 3
LIVE: Final = "<img src=x onerror=alert(1)>"
ATTACKS: Final = (
    *("<script>alert(1)</script>", "<ScRiPt src=//evil.example/x.js></sCrIpT>", "<script\n>alert(1)</script>"),
    *("<img src=https://evil.example/x.png>", LIVE, "<img/src=x/onerror=alert(1)>", "<svg onload=alert(1)>"),
    *("<svg><script>alert(1)</script></svg>", "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>"),
    *("<iframe src=javascript:alert(1)>", "<iframe srcdoc='&lt;script&gt;'>", "<object data=x>", "<embed src=x>"),
    *("<a href=javascript:alert(1)>x</a>", "<a href='jav&#x09;ascript:alert(1)'>x</a>", "<form action=//evil><input>"),
    *("<style>@import url(//evil)</style>", "<link rel=stylesheet href=//evil>", "<base href=//evil/>"),
    *("<meta http-equiv=refresh content=0;url=//evil>", "<video src=//evil>", "<b onmouseover=alert(1)>x</b>"),
    *("<!-- --><img src=x onerror=alert(1)>", "<!--><img src=x onerror=alert(1)>", "<?php <img src=x>"),
    *("<![CDATA[<img src=x onerror=alert(1)>]]>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>"),
    *("<details open ontoggle=alert(1)>", "<<script>alert(1)//<</script>", "<x\x00y onclick=alert(1)>z</x>"),
    *("<\x00script>alert(1)</script>", "<s\x1b[0mcript>alert(1)</script>", "</p><script>alert(1)</script>"),
    *(
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](  javascript:alert(1))",
        "[x](\njavascript:alert(1))",
    ),
    *("[x](<javascript:alert(1)>)", "[x](java&#115;cript:alert(1))", "[x](java&Tab;script:alert(1))"),
    *("[x](javascript&colon;alert(1))", "[x](&#x6A;avascript:alert(1))", "[x](\\javascript:alert(1))"),
    *("[x](\x01javascript:alert(1))", "[x](vbscript:msgbox(1))", "[x](data:text/html,<script>alert(1)</script>)"),
    *("[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](file:///etc/passwd)", "[x](//evil.example)", "[x](blob:x)"),
    *("[x][1]\n\n[1]: javascript:alert(1)", "[x][1]\n\n[1]:\njavascript:alert(1)", "[x]\n\n[x]: <javascript:alert(1)>"),
    *(
        "[x]\n\n[x]: java&#115;cript:alert(1)",
        "[a\nb]\n\n[a\nb]: javascript:alert(1)",
        "> [x]\n\n> [x]: javascript:alert(1)",
    ),
    *("- [x]\n\n  [x]: data:text/html,x", "[^1]\n\n[^1]: <javascript:alert(1)>", "[x]: j\\avascript:alert(1)\n\n[x]"),
    *("<javascript:alert(1)>", "<data:text/html,x>", "<https://x/onclick=alert(1)>", "<vbscript:x>"),
    *(
        "![x](https://evil.example/x.png)",
        "![x](data:image/svg+xml,<svg onload=alert(1)>)",
        "![x][1]\n\n[1]: https://evil",
    ),
    *(
        "[![x](https://evil.example/x.png)](https://ok.example)",
        "![a[b](c)](https://evil)",
        "![x]\n\n[x]: https://evil",
    ),
    *("!\\[x](javascript:alert(1))", "\\![x](https://evil)", "![](https://evil)", "![`x`](https://evil)"),
    *(f"{FENCE}\n{LIVE}", f"~~~\n{LIVE}", f"- {FENCE}\n  {FENCE}\n{LIVE}\n{FENCE}", f"- {FENCE}\n{FENCE}\n{LIVE}"),
    *(
        f"> {FENCE}\n{LIVE}\n{FENCE}\n{LIVE}",
        f"1. {FENCE}\n{LIVE}\n   {FENCE}\n{LIVE}",
        f"para\n    {FENCE}\n\n    {LIVE}\n    {FENCE}",
    ),
    *(f"{FENCE}`x`\n{LIVE}\n{FENCE}", f"{FENCE}\n~~~\n{FENCE}\n{LIVE}\n~~~", f"~~~ `\n~~~~ x\n{LIVE}\n~~~\n{LIVE}"),
    *(f"[^1]: {FENCE}\n{LIVE}\n{FENCE}", f"[^1]: ~~~\n{LIVE}\n~~~", f"\t{FENCE}\n{LIVE}\n\t{FENCE}\n{LIVE}"),
    *(f"[a]: https://x '\n{FENCE}\n'\n{LIVE}\n{FENCE}", f"- a\n\n      {FENCE}\n      {LIVE}\n      {FENCE}"),
    *(
        f"a ` b\nc `{LIVE}` d",
        f"| `a | {LIVE} ` |\n|---|---|\n| `b | {LIVE} ` |",
        f"| a |\n|---|\n| `x | y` `{LIVE}` |",
    ),
    *(f"\\`{LIVE}\\`", f"`` ` {LIVE}", f"\\\\`{LIVE}", f"``{LIVE}`", f"`a\n\n{LIVE}`", f"` `` {LIVE} ` ``"),
    *("a\u2028<script>alert(1)</script>", "a\r<script>alert(1)</script>", "a\u0085[x](javascript:alert(1))"),
)
CODE: Final = (
    f"{FENCE}html\n<div onclick='x'>\n  <b>a</b>\n</div>\n{FENCE}",
    f"~~~\n{FENCE}\n<div>\n{FENCE}\n~~~",
    f"1. Do it:\n\n   {FENCE}xml\n   <a href='x'>\n     <b/>\n   </a>\n   {FENCE}\n2. Then that",
    f"> {FENCE}\n> <div>\n> {FENCE}",
    "Use `<div>` and `` `<b>` `` or `[x](y)`",
    f"{FENCE}\n![x](y) [a]: b\n{FENCE}",
)
REMOTE: Final = ("script", "img", "iframe", "svg", "object", "embed", "link", "style", "base", "form", "video", "meta")


class Rendered(HTMLParser):
    """What a browser would find in the page."""

    def __init__(self, markdown: str, flavour: str = "commonmark") -> None:
        super().__init__(convert_charrefs=True)
        renderer = MarkdownIt(flavour, {"html": True}).enable(["table", "strikethrough"])
        renderer.validateLink = lambda url: True  # type: ignore[method-assign]  # the answer has to be safe by itself
        self.html: str = renderer.render(markdown)
        self.live: list[str] = []
        self.code: list[str] = []
        self.links: list[str] = []
        self._in_code = False
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "code":
            self._in_code = True
            self.code.append("")
        if tag in REMOTE or any(name.startswith("on") for name, _ in attrs):
            self.live.append(tag)
        for name, value in attrs:
            if name not in {"href", "class", "start", "style"}:
                self.live.append(name)
            if name == "href":
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_code = self._in_code and tag != "code"

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self.code[-1] += data

    def handle_comment(self, data: str) -> None:
        self.live.append(f"comment {data}")


def is_harmless(markdown: str) -> bool:
    page = Rendered(markdown)
    return not page.live and all(link.startswith(("http://", "https://", "mailto:")) for link in page.links)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_an_answer_is_live(attack: str) -> None:
    assert is_harmless(inert(attack))
    assert is_harmless(inert(f"Do this:\n\n1. first\n2. {attack}\n\nthen `that`"))


def test_the_renderer_of_these_tests_would_have_let_most_of_them_through() -> None:
    assert sum(not is_harmless(attack) for attack in ATTACKS) > len(ATTACKS) * 0.7


@pytest.mark.parametrize(("first", "second"), list(product(ATTACKS[::3], (*CODE, *ATTACKS[-26::5]))))
def test_nothing_is_live_beside_code_or_another_attack(first: str, second: str) -> None:
    assert is_harmless(inert(f"{first}\n{second}\n{first}"))


@pytest.mark.parametrize("text", CODE)
def test_code_is_shown_letter_for_letter(text: str) -> None:
    assert Rendered(inert(text)).code == Rendered(text).code


@pytest.mark.parametrize("text", [*ATTACKS, *CODE])
def test_making_an_answer_inert_twice_changes_nothing_more(text: str) -> None:
    assert inert(inert(text)) == inert(text)


@pytest.mark.parametrize(
    "text",
    [
        "### How-to\n1. Open **Settings** [1]\n2. Press `Rotate` if a < b && c > d [2]",
        "[docs](https://docs.example.com/a?b=c#d) and [mail](mailto:x@example.com)",
        f"1. Run:\n\n   {FENCE}sh\n   nwr rotate\n   {FENCE}\n2. Wait",
        "Write to [email]: they answer. 5 <6, <- and <3",
        "| a | b |\n|---|---|\n| `x` | 1 |",
        "[x]: https://example.com\n\n[x]",
    ],
)
def test_an_ordinary_answer_is_left_as_it_is(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize(
    "text", ["a\x1b[31mred\x1b[0m", "a\x1b]0;title\x07red", "a\x9b31mred", "a\u202ered", "a\x08\x7fred"]
)
def test_nothing_steers_a_terminal_or_turns_a_text(text: str) -> None:
    assert inert(text) == "ared"
    assert inert_label(text) == "ared"


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_title_is_harmless_as_text_as_markdown_and_as_html(attack: str) -> None:
    label = inert_label(attack)
    assert "\n" not in label
    assert "<" not in label
    assert is_harmless(label)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
        ("mailto:x@example.com", "mailto:x@example.com"),
        ("https://example.com/a\"onclick='x", "https://example.com/a%22onclick=%27x"),
        ("https://example.com/a(b)", "https://example.com/a%28b%29"),
        ("javascript:alert(1)", None),
        ("java\tscript:alert(1)", None),
        (" \x01javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//evil.example", None),
        ("file:///etc/passwd", None),
        (None, None),
    ],
)
def test_an_address_leads_to_a_page_or_to_a_mail(url: str | None, expected: str | None) -> None:
    assert safe_url(url) == expected
