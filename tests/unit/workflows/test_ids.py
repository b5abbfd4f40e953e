"""Workflow ids, built and read."""

from uuid import UUID

import pytest

from workflows.ids import ingest_workflow_id, parse_ingest_workflow_id, parse_turn_workflow_id, turn_workflow_id

TENANT, DOCUMENT = UUID(int=1), UUID(int=2)


def test_a_turns_id_is_read_back() -> None:
    workflow_id = turn_workflow_id(TENANT, "0" * 32)
    assert workflow_id == f"turn/{TENANT}/{'0' * 32}"
    assert parse_turn_workflow_id(workflow_id) == (TENANT, "0" * 32)


def test_an_ingests_id_is_read_back() -> None:
    assert parse_ingest_workflow_id(ingest_workflow_id(TENANT, DOCUMENT)) == (TENANT, DOCUMENT)


@pytest.mark.parametrize("other", ["", "turn", f"turn/{TENANT}", "turn/no-uuid/x", f"ingest/{TENANT}/{DOCUMENT}"])
def test_any_other_id_is_no_turn(other: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_turn_workflow_id(other)


@pytest.mark.parametrize("other", ["", "ingest", f"ingest/{TENANT}/x", f"turn/{TENANT}/{DOCUMENT}"])
def test_any_other_id_is_no_ingest(other: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_ingest_workflow_id(other)
