"""What is hidden from text that leaves the platform, and what is left alone."""

import random

import pytest

from domain.guardrails.redaction import PREVIEW_CHARACTERS, redact, redacted_preview, redacted_start

# Invented values with valid check digits. Secrets are put together here, so that no scanner takes them for real.
CARD = "4111 1111 1111 1111"
IBAN = "DE89 3704 0044 0532 0130 00"
SECRETS = (
    "ans_" + "0123456789abcdef" * 2 + "_0123456789ab_" + "A-b_" * 10 + "xyz",
    "sk" + "_live_" + "a1B2c3D4e5F6g7H8",
    "ghp" + "_" + "a1B2c3D4e5F6g7H8i9J0k",
    "github" + "_pat_" + "a1B2c3D4e5F6g7H8i9J0k",
    "xox" + "b-" + "1234567890-abcdef",
    "AKIA" + "ABCDEFGHIJKLMNOP",
    "AIza" + "a" * 35,
    "eyJ" + "hbGciOiJIUzI1" + ".eyJ" + "zdWIiOiIxMjM0" + ".c2lnbmF0dXJlIQ",
    "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END " + "RSA PRIVATE KEY-----",
    "-----BEGIN " + "PRIVATE KEY-----\nMIIE, and then the text was cut",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_hidden_whole(secret: str) -> None:
    assert redact(f"The key is {secret}").text == "The key is [secret]"


@pytest.mark.parametrize("user", ["app", ""])
def test_a_password_in_an_address_is_hidden_and_its_host_is_not(user: str) -> None:
    address = f"redis://{user}:{'hunter' + '2'}@cache.example.com:6379/0"
    assert redact(f"Connect to {address}.").text == "Connect to redis://[secret]@cache.example.com:6379/0."


@pytest.mark.parametrize("address", ["jo@example.com", "Jo.Doe+tag@mail.example.co.uk", "a_b%c@x-y.example"])
def test_an_email_address_is_hidden(address: str) -> None:
    assert redact(f"Write to <{address}>.").text == "Write to <[email]>."


@pytest.mark.parametrize(
    "card", [CARD, "4111111111111111", "4111-1111-1111-1111", "3782 822463 10005", "6011 1111 1111 1117"]
)
def test_a_card_number_with_a_valid_check_digit_is_hidden(card: str) -> None:
    assert redact(f"Card {card}, please.").text == "Card [card], please."


@pytest.mark.parametrize("after", [" 12/28", " 123", " 12 28", " 2028"])
def test_numbers_behind_a_card_number_do_not_shield_it(after: str) -> None:
    assert redact(CARD + after).text == "[card]" + after


@pytest.mark.parametrize("before", ["12 ", "2027 "])
def test_numbers_before_a_card_number_do_not_shield_it(before: str) -> None:
    assert redact(before + CARD).text == before + "[card]"


@pytest.mark.parametrize("number", ["4111 1111 1111 1112", "1700000000000", "2026-11-21 10:15:00", "123 456"])
def test_a_number_that_is_no_card_is_left_alone(number: str) -> None:
    assert redact(number).text == number


@pytest.mark.parametrize("iban", [IBAN, IBAN.replace(" ", ""), "GB82WEST12345698765432", "NO93 8601 1117 947"])
def test_an_iban_with_valid_check_digits_is_hidden(iban: str) -> None:
    assert redact(f"Pay to {iban}.").text == "Pay to [iban]."


@pytest.mark.parametrize("after", [" OK", " I PAID IT", " A B", " BIC COBADEFF"])
def test_capitals_behind_an_iban_do_not_shield_it(after: str) -> None:
    assert redact(IBAN + after).text == "[iban]" + after


def test_an_iban_with_wrong_check_digits_is_left_alone() -> None:
    text = "DE00 3704 0044 0532 0130 00"
    assert redact(text).counts.get("iban") is None


@pytest.mark.parametrize("phone", ["+49 30 1234567", "+1 (555) 123-4567", "+44 20 7946 0958", "+491701234567"])
def test_an_international_phone_number_is_hidden(phone: str) -> None:
    assert redact(f"Call {phone} today.").text == "Call [phone] today."


@pytest.mark.parametrize(
    "harmless",
    [
        "",
        "Rotate the key every 90 days, then restart 3 workers.",
        "Version 2.14.3 of 2026-11-21 listens on port 8080.",
        "Set X-API-Key and call https://docs.example.com/a/b?c=1.",
        "Open http://127.0.0.1:8080/users/@me, or http://localhost:8080.",
        "user@localhost",
        "1 + 2 = 3",
    ],
)
def test_ordinary_text_is_left_as_it_is(harmless: str) -> None:
    assert redact(harmless).text == harmless
    assert redact(harmless).counts == {}


def test_findings_are_counted_by_kind() -> None:
    found = redact(f"a@example.com, b@example.com and {CARD}")
    assert found.counts == {"email": 2, "card": 1}


@pytest.mark.parametrize("seed", range(20))
def test_redacting_twice_changes_nothing_more(seed: int) -> None:
    chance = random.Random(seed)
    pieces = [*SECRETS, CARD, IBAN, "a@example.com", "+49 30 1234567", "steps 1 to 3", "OK", "12/28"]
    once = redact("  ".join(chance.choices(pieces, k=12))).text
    assert redact(once).text == once
    assert not any(secret in once for secret in SECRETS)


def test_a_preview_is_one_line_of_bounded_length() -> None:
    preview = redacted_preview("word\n\t" * 200)
    assert "\n" not in preview
    assert len(preview) <= PREVIEW_CHARACTERS
    assert preview.endswith("…")


def test_a_preview_of_a_short_text_is_the_text() -> None:
    assert redacted_preview("How do I\nrotate a key?", 80) == "How do I rotate a key?"


@pytest.mark.parametrize("padding", range(30, 60))
def test_cutting_a_preview_never_uncovers_part_of_a_secret(padding: int) -> None:
    preview = redacted_preview("x" * padding + " a.longer.name@example.com", 60)
    assert "longer" not in preview


@pytest.mark.parametrize("padding", range(1_900, 2_010, 7))
def test_a_long_text_is_cut_before_a_secret_and_not_within_it(padding: int) -> None:
    text = f"{'x ' * (padding // 2)}{SECRETS[0]} {CARD} {'y' * 5_000}"
    shown = redacted_start(text, 2_000)
    assert len(shown) <= 2_000 + len("[secret] [card]…")
    for hidden in (SECRETS[0], CARD):
        assert hidden[:8] not in shown


@pytest.mark.parametrize("times", [2, 5, 9, 40, 400])
def test_numbers_without_anything_between_them_are_all_hidden(times: int) -> None:
    shown = redact("+49 30 1234567" * times).text
    assert "1234567" not in shown
    assert redact(shown).text == shown
