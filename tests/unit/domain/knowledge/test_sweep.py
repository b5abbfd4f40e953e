from uuid import UUID

import pytest

from domain.knowledge.ingest import IngestState
from domain.knowledge.sweep import ArtifactKey, LeftOver, LeftOverKind, SweepReport, VersionStanding, parse_artifact_key

TENANT, VERSION = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (f"{'a' * 64}/source", ArtifactKey(LeftOverKind.SOURCE_ARTIFACT, None)),
        (f"derived/{VERSION}/parsed.json", ArtifactKey(LeftOverKind.DERIVED_ARTIFACT, VERSION)),
        ("derived/no-id/parsed.json", ArtifactKey(LeftOverKind.DERIVED_ARTIFACT, None)),
        ("derived/parsed.json", None),
        ("short/source", None),
        ("archive/2026/january.jsonl", None),
    ],
)
def test_a_key_says_which_artifact_it_names(key: str, expected: ArtifactKey | None) -> None:
    assert parse_artifact_key(TENANT, f"{TENANT}/{key}") == expected


@pytest.mark.parametrize(
    ("state", "deleted", "kept"),
    [
        (IngestState.QUEUED, False, True),
        (IngestState.RUNNING, True, True),
        (IngestState.FAILED, False, True),
        (IngestState.FAILED, True, False),
        (IngestState.SUCCEEDED, False, False),
        (IngestState.SUPERSEDED, False, False),
        (IngestState.CANCELLED, False, False),
    ],
)
def test_intermediate_results_are_kept_for_a_run_and_for_a_retry(state: IngestState, deleted: bool, kept: bool) -> None:
    assert (VersionStanding(state, deleted).left_over_reason is None) is kept


@pytest.mark.parametrize("left_over", [0, 1_500])
def test_a_report_names_the_first_thousand_and_counts_all(left_over: int) -> None:
    one = LeftOver(kind=LeftOverKind.DOCUMENT, id="d", reason="it has no version")
    page = SweepReport(checked={"documents": 2_000}, left_over=(one,) * left_over, found=left_over, removed=1)
    report = SweepReport(checked={"versions": 1}, found=0).adding(page).adding(page)
    assert report.checked == {"versions": 1, "documents": 4_000}
    assert (report.found, report.removed, len(report.left_over)) == (2 * left_over, 2, min(2 * left_over, 1_000))
    assert report.truncated is (left_over > 0)


def test_what_is_looked_at_is_named_in_the_plural() -> None:
    assert [kind.checked_as for kind in LeftOverKind] == [
        "versions",
        "passages",
        "index_rows",
        "documents",
        "source_artifacts",
        "derived_artifacts",
    ]
