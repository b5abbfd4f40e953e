"""What a pack manifest accepts, and how it refuses the rest."""

from typing import Any

import pytest
from pydantic import ValidationError

from answerable_sdk.packs import Pack, Source


def manifest(**changes: Any) -> dict[str, Any]:
    return {
        "id": "my_pack",
        "display_name": "My pack",
        "description": "Answers questions about my product.",
        "sources": [{"kind": "folder", "path": "howto"}],
        **changes,
    }


def source(**changes: Any) -> dict[str, Any]:
    return {"kind": "folder", "path": "howto", **changes}


def refused_fields(data: dict[str, Any]) -> set[str]:
    with pytest.raises(ValidationError) as refusal:
        Pack.model_validate(data)
    return {".".join(str(part) for part in error["loc"]) for error in refusal.value.errors()}


def test_the_smallest_manifest_needs_an_id_two_texts_and_one_source() -> None:
    pack = Pack.model_validate(manifest())
    assert pack.sources == (Source(kind="folder", path="howto"),)
    assert pack.routing_keywords == ()
    assert pack.sample_questions == ()


def test_documents_are_for_customers_unless_the_source_says_otherwise() -> None:
    assert Source(kind="folder", path="howto").visibility == "external"
    assert Source(kind="folder", path="howto", visibility="internal").visibility == "internal"


def test_a_pack_cannot_be_changed_after_it_was_read() -> None:
    pack = Pack.model_validate(manifest())
    with pytest.raises(ValidationError, match="frozen"):
        setattr(pack, "display_name", "Another name")  # noqa: B010 - mypy refuses the plain assignment too


def test_routing_keywords_are_kept_in_lower_case() -> None:
    pack = Pack.model_validate(manifest(routing_keywords=["API", " Webhook "]))
    assert pack.routing_keywords == ("api", "webhook")


@pytest.mark.parametrize("pack_id", ["", "a", "9lives", "My_pack", "my-pack", "a" * 42, "pack\n"])
def test_an_id_that_is_no_short_lower_case_identifier_is_refused(pack_id: str) -> None:
    assert refused_fields(manifest(id=pack_id)) == {"id"}


@pytest.mark.parametrize("field", ["id", "display_name", "description", "sources"])
def test_a_missing_field_is_named(field: str) -> None:
    data = manifest()
    del data[field]
    assert refused_fields(data) == {field}


@pytest.mark.parametrize("field", ["display_name", "description"])
def test_a_blank_text_is_refused(field: str) -> None:
    assert refused_fields(manifest(**{field: "  "})) == {field}


def test_an_unknown_field_is_refused_in_the_pack_and_in_a_source() -> None:
    data = manifest(colour="blue", sources=[source(recursive=True)])
    assert refused_fields(data) == {"colour", "sources.0.recursive"}


def test_every_wrong_field_is_named_at_once() -> None:
    data = manifest(id="My Pack", display_name="", sources=[source(visibility="secret")])
    assert refused_fields(data) == {"id", "display_name", "sources.0.visibility"}


def test_a_pack_without_sources_is_refused() -> None:
    assert refused_fields(manifest(sources=[])) == {"sources"}


def test_a_source_of_an_unknown_kind_is_refused() -> None:
    assert refused_fields(manifest(sources=[source(kind="ftp")])) == {"sources.0.kind"}


@pytest.mark.parametrize("path", ["", ".", "/etc", "../other_pack", "howto/../../x", "C:howto", "howto\\internal"])
def test_a_source_cannot_point_outside_its_pack(path: str) -> None:
    assert refused_fields(manifest(sources=[source(path=path)])) == {"sources.0.path"}


@pytest.mark.parametrize(("one", "other"), [("howto", "howto"), ("howto", "howto/internal")])
def test_two_sources_cannot_hold_the_same_document(one: str, other: str) -> None:
    data = manifest(sources=[source(path=one), source(path=other, visibility="internal")])
    assert refused_fields(data) == {"sources"}


def test_sources_beside_each_other_are_accepted() -> None:
    data = manifest(sources=[source(path="howto"), source(path="howto_internal")])
    assert len(Pack.model_validate(data).sources) == 2


def test_a_single_text_is_not_taken_for_a_list_of_letters() -> None:
    data = manifest(routing_keywords="webhook", sample_questions="How?")
    assert refused_fields(data) == {"routing_keywords", "sample_questions"}


@pytest.mark.parametrize("keyword", ["api key", "rate-limit", "", "key\nring"])
def test_a_routing_keyword_that_is_not_one_word_is_refused(keyword: str) -> None:
    assert refused_fields(manifest(routing_keywords=[keyword])) == {"routing_keywords.0"}


@pytest.mark.parametrize("field", ["routing_keywords", "sample_questions"])
def test_an_entry_listed_twice_is_refused(field: str) -> None:
    assert refused_fields(manifest(**{field: ["webhook", "webhook"]})) == {field}


@pytest.mark.parametrize(
    "template",
    [
        "https://docs.example/page",
        "https://docs.example/{title}",
        "https://docs.example/{stem}/{}",
        "https://docs.example/{stem}}",
        "https://{stem}.example/{stem}",
        "javascript:{stem}",
        "docs.example/{stem}",
    ],
)
def test_a_url_template_that_makes_no_link_per_document_is_refused(template: str) -> None:
    data = manifest(sources=[source(url_template=template)])
    assert refused_fields(data) == {"sources.0.url_template"}


@pytest.mark.parametrize(
    ("template", "relative_path", "expected"),
    [
        ("https://docs.example/{stem}", "guides/set-up.md", "https://docs.example/set-up"),
        ("https://docs.example/{path}", "guides/set-up.md", "https://docs.example/guides/set-up"),
        ("https://docs.example/{stem}", "a b?.md", "https://docs.example/a%20b%3F"),
        (None, "set-up.md", None),
    ],
)
def test_a_source_gives_the_published_address_of_a_document(
    template: str | None, relative_path: str, expected: str | None
) -> None:
    folder = Source(kind="folder", path="howto", url_template=template)
    assert folder.url_of(relative_path) == expected
