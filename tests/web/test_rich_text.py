"""What people write is shown as text, with links that are safe to follow and directions that stay where they are."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from portal.core.text import one_line
from portal.web.templating.rich_text import paragraphs

RLO, RLI, FSI, PDI, LRM, PDF = "\u202e", "\u2067", "\u2068", "\u2069", "\u200e", "\u202c"


def links(text: str) -> list[str]:
    soup = BeautifulSoup(paragraphs(text), "lxml")
    assert soup.get_text() == text
    return [str(link["href"]) for link in soup.select("a")]


def test_typed_text_becomes_paragraphs_and_never_markup() -> None:
    shown = paragraphs("One\nline\r\n\r\n\n<script>")
    assert shown == '<p dir="auto">One<br>line</p><p dir="auto">&lt;script&gt;</p>'


def test_a_link_sends_no_referrer_and_no_opener() -> None:
    shown = paragraphs('See https://a.example/?q="x"&b=1.')
    link = 'href="https://a.example/?q=&#34;x&#34;&amp;b=1" rel="nofollow ugc noopener noreferrer"'
    assert shown == f'<p dir="auto">See <a {link}>https://a.example/?q=&#34;x&#34;&amp;b=1</a>.</p>'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("http://a.example", ["http://a.example"]),
        ("(see HTTPS://A.example/x_(y)).", ["HTTPS://A.example/x_(y)"]),
        ("www.a.com, Www.b.moscow!", ["http://www.a.com", "http://Www.b.moscow"]),
        ("https://президент.рф/путь и www.пример.рф", ["https://президент.рф/путь", "http://www.пример.рф"]),
        ("https://a.example<script>alert(1)</script>", ["https://a.example"]),
        ("a.com, bob@a.com, mailto:bob@a.com, //a.com", []),
        ("javascript:alert(1) JavaScript://a.com/%0aalert(1) java\tscript:alert(1)", []),
        ("data:text/html,x vbscript:x file:///etc/passwd ftp://a.com tg://resolve?domain=x", []),
        ("xhttps://a.com https:/a.com https:a.com https://", []),
    ],
)
def test_only_web_urls_become_links(text: str, found: list[str]) -> None:
    assert links(text) == found


@pytest.mark.parametrize("piece", ["www.", "http://", "(", "a.", "http://a.b/(", "https://a.b/..,", "a@", "www.a.b "])
def test_long_repetitive_text_is_rendered_quickly(piece: str) -> None:
    text = "http://a.b/" + piece * 1000
    assert BeautifulSoup(paragraphs(text), "lxml").get_text() == text.strip()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (f"a{RLI}b", f"a{RLI}b{PDI}"),
        (f"a{PDI}b", "ab"),
        (f"{FSI}a{PDI}{PDI}{RLI}{FSI}b{PDI}", f"{FSI}a{PDI}{RLI}{FSI}b{PDI}{PDI}"),
        (f"a{RLO}b{PDF}", "ab"),
        (f"a{LRM}b", f"a{LRM}b"),
    ],
)
def test_directions_end_where_they_begin(typed: str, shown: str) -> None:
    assert paragraphs(typed) == f'<p dir="auto">{shown}</p>'
    assert paragraphs(f"{typed}\nnext") == f'<p dir="auto">{shown}<br>next</p>'


@pytest.mark.parametrize("mark", [RLO, RLI, PDI, LRM])
def test_a_direction_mark_is_no_part_of_a_url(mark: str) -> None:
    soup = BeautifulSoup(paragraphs(f"{FSI}https://a.example{mark}"), "lxml")
    assert [(link["href"], link.get_text()) for link in soup.select("a")] == [("https://a.example",) * 2]


def test_a_single_line_keeps_no_direction_marks() -> None:
    assert one_line(f" {FSI}Ada{PDI}{RLI} \n{LRM} Lovelace{RLO} ") == "Ada Lovelace"
