"""The identity of turns, conversations and requests."""

from uuid import UUID

import pytest

from domain.conversations.conversation import conversation_id_for
from domain.conversations.turn import fingerprint, turn_id_for

TENANT, OTHER_TENANT, BOT = UUID(int=1), UUID(int=2), UUID(int=3)


def test_a_repeated_key_names_the_same_turn() -> None:
    assert turn_id_for(TENANT, "ada", BOT, "k") == turn_id_for(TENANT, "ada", BOT, "k")


def test_a_turn_id_is_32_hex_characters_without_client_text() -> None:
    turn_id = turn_id_for(TENANT, "ada", BOT, "my-secret-key")
    assert len(turn_id) == 32
    assert int(turn_id, 16)


@pytest.mark.parametrize(
    "other",
    [
        (OTHER_TENANT, "ada", BOT, "k"),
        (TENANT, "bob", BOT, "k"),
        (TENANT, "ada", UUID(int=4), "k"),
        (TENANT, "ada", BOT, "K"),
        (TENANT, "ada", BOT, "k "),
    ],
)
def test_another_tenant_asker_bot_or_key_is_another_turn(other: tuple[UUID, str, UUID, str]) -> None:
    assert turn_id_for(*other) != turn_id_for(TENANT, "ada", BOT, "k")


def test_moving_characters_between_asker_and_key_is_another_turn() -> None:
    bot = str(BOT)
    assert turn_id_for(TENANT, "a", BOT, f"{bot}b") != turn_id_for(TENANT, f"a{bot}", BOT, "b")


def test_the_conversation_that_a_turn_opens_is_the_same_at_every_repetition() -> None:
    assert conversation_id_for(TENANT, "t") == conversation_id_for(TENANT, "t")
    assert conversation_id_for(TENANT, "t") != conversation_id_for(OTHER_TENANT, "t")
    assert conversation_id_for(TENANT, "t") != conversation_id_for(TENANT, "u")


def test_a_fingerprint_does_not_depend_on_the_order_of_fields() -> None:
    assert fingerprint({"a": 1, "b": {"c": 2, "d": 3}}) == fingerprint({"b": {"d": 3, "c": 2}, "a": 1})


@pytest.mark.parametrize(
    "other", [{"message": "a "}, {"message": "A"}, {"message": ["a"]}, {"message": None}, {}, {"message": "a", "x": 1}]
)
def test_another_request_has_another_fingerprint(other: dict[str, object]) -> None:
    assert fingerprint(other) != fingerprint({"message": "a"})  # type: ignore[arg-type]


def test_text_that_is_no_valid_unicode_still_has_a_fingerprint() -> None:
    assert len(fingerprint({"message": "\ud800"})) == 64
