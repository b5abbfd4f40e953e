"""Every relative link of the documentation leads somewhere."""

from tests.architecture.sources import ROOT, paths
from tests.docs.pages import Found, Page, pages, parse

_ELSEWHERE = ("http://", "https://", "mailto:")


def broken(page: Page) -> list[Found]:
    """The relative links of a page whose file or heading is not there."""
    known = {one.path: one for one in pages()} | {page.path: page}
    found = []
    for link in page.links():
        if link.text.startswith(_ELSEWHERE):
            continue
        path, anchor = page.target(link.text)
        is_there = path in paths() or (ROOT / path).is_dir() or path == page.path
        if not is_there or (anchor and (path not in known or anchor not in known[path].anchors())):
            found.append(link)
    return found


def test_every_relative_link_and_anchor_exists() -> None:
    found = [str(link) for page in pages() for link in broken(page)]
    assert not found, "\n" + "\n".join(found)


def test_every_page_of_docs_is_reached_from_its_index() -> None:
    index = next(page for page in pages() if page.path == "docs/README.md")
    reached = {index.target(link.text)[0] for link in index.links()}
    inside = {page.path for page in pages() if page.path.startswith("docs/")} - {index.path}
    assert not inside - reached, "pages that docs/README.md does not link to"


def test_a_broken_link_or_anchor_is_found() -> None:
    text = "# A `real` heading\n[a](#a-real-heading) [b](#none) [c](none.md)\n```\n[d](none.md)\n```\n`[e](none.md)`"
    assert [link.text for link in broken(parse("docs/sample.md", text))] == ["#none", "none.md"]
