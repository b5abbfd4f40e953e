"""Which parser reads which document."""

import pytest

from adapters.parsers.registry import ParserRegistry
from domain.errors import UnsupportedFormatError


@pytest.mark.parametrize(
    ("media_type", "name", "parsed_as"),
    [
        ("text/markdown", "x", "text/markdown"),
        ("Text/Markdown; charset=utf-8", "x.txt", "text/markdown"),
        ("text/plain", "README.md", "text/markdown"),
        ("text/plain", "notes", "text/plain"),
        ("", "a/b/NOTES.TXT", "text/plain"),
        ("application/octet-stream", "guide.markdown", "text/markdown"),
    ],
)
def test_the_media_type_decides_and_the_file_name_where_it_is_vague(media_type: str, name: str, parsed_as: str) -> None:
    registry = ParserRegistry()
    assert registry.supports(media_type, name)
    assert registry.parse(b"# Words", media_type, name).media_type == parsed_as


@pytest.mark.parametrize(
    ("media_type", "name"), [("application/pdf", "x.md"), ("", "x.pdf"), ("application/octet-stream", "x"), ("", "")]
)
def test_other_formats_are_refused_with_what_is_supported(media_type: str, name: str) -> None:
    registry = ParserRegistry()
    assert not registry.supports(media_type, name)
    with pytest.raises(UnsupportedFormatError, match=r"Markdown .* plain text"):
        registry.parse(b"# Words", media_type, name)
