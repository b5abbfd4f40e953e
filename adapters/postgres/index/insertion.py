"""What a publication writes into the index: its passages, one segment of postings, and its spans."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb

from adapters.postgres.database import Connection
from adapters.postgres.index.postings import array_text, postings_of, term_vectors
from adapters.postgres.index.publication_rows import PASSAGES_AT_ONCE, Columns, IndexRows, batches, made_in_a_thread
from adapters.search.text_analysis import VERSION as ANALYSER
from domain.knowledge.version import DocumentVersion

_TERMS_AT_ONCE: Final = 2_000


async def put_in(connection: Connection, version: DocumentVersion, generation_id: UUID, rows: IndexRows) -> None:
    """Add a version's passages to a generation. The caller holds the document's lock and took out what it replaces."""
    key: dict[str, object] = {"tenant_id": version.tenant_id, "generation_id": generation_id}
    lengths = [counted.total() for counted in rows.frequencies]
    slots, mean = await _take_numbers(connection, key, lengths)
    await _put_passages(connection, version, key, rows, slots)
    await _put_segment(connection, version, key, rows, slots, mean)
    await _put_spans(connection, key, rows)


async def _take_numbers(
    connection: Connection, key: dict[str, object], lengths: Sequence[int]
) -> tuple[list[int], float]:
    """Numbers for a segment (the first) and its passages, and the mean length of a passage with these added."""
    cursor = await connection.execute(
        """
        SELECT ARRAY(SELECT nextval('index_slots') FROM generate_series(0, %(added)s)) AS numbers,
               coalesce(sum(passages), 0) AS passages, coalesce(sum(tokens), 0) AS tokens
        FROM index_segments WHERE tenant_id = %(tenant_id)s AND generation_id = %(generation_id)s
        """,
        {**key, "added": len(lengths)},
    )
    row = await cursor.fetchone()
    assert row is not None, "an aggregate always has a row"  # noqa: S101
    mean = (int(row["tokens"]) + sum(lengths)) / max(1, int(row["passages"]) + len(lengths))
    return row["numbers"], max(1.0, mean)


async def _put_passages(
    connection: Connection, version: DocumentVersion, key: dict[str, object], rows: IndexRows, slots: list[int]
) -> None:
    shared = {
        **key,
        **version.model_dump(
            include={"dataset_id", "document_id", "version_id", "visibility", "tier", "language", "submitted_at"}
        ),
        "roles": sorted(set(version.roles)),
        "tags": list(version.tags),
        "attributes": Jsonb(version.attributes),
        "analyser": ANALYSER,
    }
    async for columns in made_in_a_thread(_passage_columns(rows, slots[1:])):
        await connection.execute(
            """
            INSERT INTO index_passages (tenant_id, generation_id, dataset_id, document_id, version_id, visibility,
                roles, tags, tier, language, attributes, updated_at, analyser, passage_id, token_count, slot, words,
                terms, more_terms)
            SELECT %(tenant_id)s, %(generation_id)s, %(dataset_id)s, %(document_id)s, %(version_id)s, %(visibility)s,
                %(roles)s::text[], %(tags)s::text[], %(tier)s, %(language)s, %(attributes)s, %(submitted_at)s,
                %(analyser)s, passage_id, token_count, slot, ARRAY(SELECT jsonb_array_elements_text(words)),
                (terms ->> 0)::sparsevec,
                nullif(ARRAY(SELECT more::sparsevec FROM jsonb_array_elements_text(terms - 0) AS more), '{}')
            FROM unnest(%(passage_ids)s::uuid[], %(token_counts)s::int[], %(slots)s::bigint[], %(words)s::jsonb[],
                %(terms)s::jsonb[]) AS given(passage_id, token_count, slot, words, terms)
            """,
            {**shared, **columns},
        )


def _passage_columns(rows: IndexRows, slots: Sequence[int]) -> Iterator[Columns]:
    made = (
        (passage_id, counted.total(), slot, Jsonb(list(counted)), Jsonb(term_vectors(counted)))
        for passage_id, counted, slot in zip(rows.passage_ids, rows.frequencies, slots, strict=True)
    )
    return batches(made, ("passage_ids", "token_counts", "slots", "words", "terms"), PASSAGES_AT_ONCE)


async def _put_segment(
    connection: Connection,
    version: DocumentVersion,
    key: dict[str, object],
    rows: IndexRows,
    slots: list[int],
    mean: float,
) -> None:
    await connection.execute(
        """
        INSERT INTO index_segments (tenant_id, generation_id, segment_id, visibility, roles, analyser, passages, tokens,
                                    slots, dead)
        VALUES (%(tenant_id)s, %(generation_id)s, %(segment_id)s, %(visibility)s, %(roles)s, %(analyser)s,
                %(passages)s, %(tokens)s, %(slots)s::bigint[], '{}')
        """,
        {
            **key,
            "segment_id": slots[0],
            "visibility": version.visibility,
            "roles": sorted(set(version.roles)),
            "analyser": ANALYSER,
            "passages": len(rows.passages),
            "tokens": sum(counted.total() for counted in rows.frequencies),
            "slots": slots[1:],
        },
    )
    async for columns in made_in_a_thread(_posting_columns(rows, slots[1:], mean)):
        await connection.execute(
            """
            INSERT INTO index_postings (tenant_id, generation_id, segment_id, term, holders, postings)
            SELECT %(tenant_id)s, %(generation_id)s, %(segment_id)s, term, cardinality(postings), postings
            FROM (SELECT term, postings::bigint[] FROM unnest(%(terms)s::text[], %(postings)s::text[])
                  AS packed(term, postings)) AS given
            """,
            {**key, "segment_id": slots[0], **columns},
        )


def _posting_columns(rows: IndexRows, slots: Sequence[int], mean: float) -> Iterator[Columns]:
    # A generator, so that all of it is worked out with the first batch, in that batch's thread.
    found = postings_of(slots, rows.frequencies, mean)
    terms = ((term, array_text(numbers)) for term, numbers in found.items())
    yield from batches(terms, ("terms", "postings"), _TERMS_AT_ONCE)


async def _put_spans(connection: Connection, key: dict[str, object], rows: IndexRows) -> None:
    async for columns in made_in_a_thread(rows.span_columns()):
        await connection.execute(
            """
            INSERT INTO spans (tenant_id, generation_id, passage_id, ordinal, start_offset, end_offset, embedding)
            SELECT %(tenant_id)s, %(generation_id)s, passage_id, ordinal, start, finish, vector::halfvec
            FROM unnest(%(passage_ids)s::uuid[], %(ordinals)s::int[], %(starts)s::int[], %(ends)s::int[],
                        %(vectors)s::text[]) AS span(passage_id, ordinal, start, finish, vector)
            """,
            {**key, **columns},
        )
