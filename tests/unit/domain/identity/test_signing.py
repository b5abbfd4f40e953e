"""Signatures of what may start work."""

from typing import Any

import pytest

from domain.base import Value
from domain.identity.errors import ForgedRequestError
from domain.identity.signing import Claim, SigningKeys, content_sha256

KEYS = SigningKeys("the key of today, long enough to be one")
LATER = SigningKeys("the key of tomorrow, which replaces it", "the key of today, long enough to be one")
AFTERWARDS = SigningKeys("the key of tomorrow, which replaces it")


def claim(**changes: Any) -> Claim:
    given = {"kind": "start", "name": "ChatTurn", "workflow_id": "turn/a", "content_sha256": content_sha256(["x"])}
    return Claim.model_validate({**given, **changes})


def test_what_was_signed_is_accepted() -> None:
    KEYS.require(KEYS.sign(claim()), "turn/a", "ChatTurn")


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "update"},
        {"name": "Search"},
        {"workflow_id": "turn/b"},
        {"content_sha256": content_sha256(["y"])},
        {"signature": ""},
        {"signature": "0" * 64},
        {"signature": "\ud800 no hexadecimal"},
    ],
)
def test_nothing_of_it_can_be_changed(changes: dict[str, Any]) -> None:
    forged = KEYS.sign(claim()).model_copy(update=changes)
    with pytest.raises(ForgedRequestError):
        KEYS.require(forged, forged.workflow_id, forged.name)


@pytest.mark.parametrize(("workflow_id", "name"), [("turn/b", "ChatTurn"), ("turn/a", "Other"), (None, "ChatTurn")])
def test_it_serves_no_other_workflow(workflow_id: str | None, name: str) -> None:
    with pytest.raises(ForgedRequestError):
        KEYS.require(KEYS.sign(claim()), workflow_id, name)


def test_no_claim_at_all_is_refused() -> None:
    with pytest.raises(ForgedRequestError):
        KEYS.require(None, "turn/a", "ChatTurn")


def test_parts_do_not_run_into_each_other() -> None:
    assert (
        KEYS.sign(claim(name="ab", workflow_id="c")).signature != KEYS.sign(claim(name="a", workflow_id="bc")).signature
    )


def test_a_key_that_was_replaced_is_accepted_as_long_as_it_is_named() -> None:
    signed = KEYS.sign(claim())
    LATER.require(signed, "turn/a", "ChatTurn")
    with pytest.raises(ForgedRequestError):
        AFTERWARDS.require(signed, "turn/a", "ChatTurn")
    AFTERWARDS.require(LATER.sign(claim()), "turn/a", "ChatTurn")


@pytest.mark.parametrize(
    ("workflow_id", "accepted"),
    [
        ("turn/a-2026-12-01T00:30:00Z", True),
        ("turn/a-2026-12-01", False),
        ("turn/ab-2026-12-01T00:30:00Z", False),
        ("turn/a/b-2026-12-01T00:30:00Z", False),
        ("x-2026-12-01T00:30:00Z", False),
    ],
)
def test_what_a_schedule_starts_has_a_time_behind_its_id(workflow_id: str, accepted: bool) -> None:
    signed = KEYS.sign(claim())
    if accepted:
        KEYS.require(signed, workflow_id, "ChatTurn")
    else:
        with pytest.raises(ForgedRequestError):
            KEYS.require(signed, workflow_id, "ChatTurn")


def test_a_field_that_is_not_used_changes_no_signature() -> None:
    class Old(Value):
        text: str

    class New(Value):
        text: str
        later: int = 0

    assert content_sha256([Old(text="a")]) == content_sha256([New(text="a")])
    assert content_sha256([Old(text="a")]) != content_sha256([New(text="a", later=1)])
