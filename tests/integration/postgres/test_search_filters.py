"""Filters narrow a search to what was asked for, alike in both indexes, and nothing that is given becomes SQL."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.ingests import PostgresIngests
from adapters.search.memory_index import MemoryIndex
from domain.knowledge.attributes import AttributeFilter
from domain.search.retrieval import SearchResult
from tests.fixtures.database import TenantHandle
from tests.integration.postgres.samples import MOMENT, filters_of, publication_of, query_of, version_of

LABELS: Mapping[str, Mapping[str, Any]] = {
    "plain.md": {},
    "old.md": {"submitted_at": MOMENT - timedelta(days=30), "tags": ("guide",)},
    "german.md": {"language": "de", "tags": ("guide", "draft"), "attributes": {"year": 2024, "product": "alpha"}},
    "summary.md": {"tier": "summary", "attributes": {"year": 2025, "beta": True, "since": "2025-03-01"}},
    "text.md": {"language": "en", "attributes": {"year": "2025", "beta": False, "since": "2024-12-31"}},
    "half.md": {"attributes": {"year": 2024.5, "quote": "' OR 1=1 --"}},
}
FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({"tags": ("guide",)}, {"old.md", "german.md"}),
    ({"tags": ("guide", "draft")}, {"german.md"}),
    ({"languages": ("de", "en")}, {"german.md", "text.md"}),
    ({"tiers": ("summary",)}, {"summary.md"}),
    ({"updated_from": MOMENT}, set(LABELS) - {"old.md"}),
    ({"updated_before": MOMENT}, {"old.md"}),
    ({"attributes": (AttributeFilter(name="year", any_of=(2025,)),)}, {"summary.md"}),
    ({"attributes": (AttributeFilter(name="year", any_of=("2025", 2024)),)}, {"text.md", "german.md"}),
    ({"attributes": (AttributeFilter(name="year", at_least=2024, at_most=2024.5),)}, {"german.md", "half.md"}),
    ({"attributes": (AttributeFilter(name="beta", any_of=(True,)),)}, {"summary.md"}),
    ({"attributes": (AttributeFilter(name="beta", any_of=(1,)),)}, set()),
    ({"attributes": (AttributeFilter(name="since", at_least="2025-01-01"),)}, {"summary.md"}),
    ({"attributes": (AttributeFilter(name="quote", any_of=("' OR 1=1 --",)),)}, {"half.md"}),
    ({"attributes": (AttributeFilter(name="nothing"),)}, set()),
    ({"pack_ids": ("product_support",)}, set(LABELS)),
    ({"pack_ids": ("billing",)}, set()),
    ({"tags": ("' OR true --",)}, set()),
]


async def filled(tenant: TenantHandle) -> tuple[PostgresPassageIndex, MemoryIndex]:
    stored = PostgresPassageIndex(tenant.database)
    memory = MemoryIndex({tenant.dataset.dataset_id: "product_support"})
    for name, labels in LABELS.items():
        version = version_of(tenant.dataset, name, title="Guide").model_copy(update=dict(labels))
        await PostgresIngests(tenant.database).register(version)
        publication = publication_of(version, f"Rotate the key of {name}.")
        await stored.ingest(publication)
        await memory.ingest(publication)
    return stored, memory


def scores(result: SearchResult) -> dict[str, tuple[float | None, float | None]]:
    return {one.source: (one.scores.dense, one.scores.lexical) for one in result.passages}


async def test_each_filter_finds_what_it_says_and_changes_no_score_of_a_leg(tenant: TenantHandle) -> None:
    stored, memory = await filled(tenant)
    query, plain = query_of("rotate the key"), filters_of(tenant.tenant_id, (tenant.dataset,))
    every = scores(await stored.search(query, plain, 50))
    for given, expected in FILTERS:
        filters = plain.model_copy(update=given)
        one, other = await stored.search(query, filters, 50), await memory.search(query, filters, 50)
        assert set(scores(one)) == set(scores(other)) == expected, given
        assert [p.source for p in one.passages] == [p.source for p in other.passages], given
        for source, found in scores(one).items():
            assert found == pytest.approx(every[source], abs=1e-6), given


async def test_what_is_said_of_a_version_is_read_back_with_its_ingest(tenant: TenantHandle) -> None:
    version = version_of(tenant.dataset).model_copy(update=dict(LABELS["german.md"]))
    ingest = await PostgresIngests(tenant.database).register(version)
    assert ingest.version == version
    other = version.model_copy(update={"tags": ("guide",)})
    assert other.fingerprint != version.fingerprint
