"""Secrets, cards, IBANs and addresses in every notation that people write them in, and texts that hold none.

The file holds [what must not be left, text]. Values are invented and put together here, so that no scanner takes them
for real.
"""

import json
from pathlib import Path
from typing import Final

import pytest

from adapters.personal_data import NumberingPlanDetector
from domain.guardrails.redaction import redact
from domain.text.plain import plain

DETECTOR: Final = NumberingPlanDetector()
FILE: Final = Path(__file__).with_name("redaction_spellings.jsonl")
OWN: Final = "ans_" + "0123456789abcdef" * 2 + "_0123456789ab_" + "A1b2" * 8
STRIPE: Final = "sk" + "_live_" + "a1B2c3D4e5F6g7H8"
LETTERS: Final = "a1B2c3D4e5F6g7H8i9J0k"
VALUES: Final = {
    "<<own>>": OWN,
    "<<own-escaped>>": OWN.replace("_", "\\_"),
    "<<key>>": STRIPE,
    "<<key-escaped>>": STRIPE.replace("_", "\\_"),
    "<<jwt>>": "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0In0.",
    "<<pem>>": "-----BEGIN ",
    "<<plain>>": "hunter" + "2x9",
    "<<signs>>": "Tr0ub4" + "dor&3",
    "<<aws>>": "AKIA" + "ABCDEFGHIJKLMNOP",
    "<<aws-secret>>": "wJalrXUtnFEMI" + "/K7MDENG/bPxRfiCYzzzzzzKEY",
    "<<github>>": "ghp" + "_" + LETTERS,
    "<<gitlab>>": "glpat" + "-" + LETTERS,
    "<<groq>>": "gsk" + "_" + LETTERS,
    "<<slack>>": "xox" + "b-" + "1234567890-abcdefabcdef",
    "<<hook>>": "hooks.slack.com/services/" + "T0000/B0000/abcdefabcdef",
}


def filled(text: str) -> str:
    for name, value in VALUES.items():
        text = text.replace(name, value)
    return text


CASES: Final = [tuple(map(filled, json.loads(line))) for line in FILE.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("left", "text"), CASES)
def test_nothing_of_it_is_left(left: str, text: str) -> None:
    assert left in plain(text).text
    assert left not in plain(redact(text, detector=DETECTOR).text).text


@pytest.mark.parametrize(
    "text",
    [
        "Password: at least 12 characters",
        "**Password:** required, 12 to 64 characters",
        "| Password | string | required |",
        "| password | The password of the user |",
        "Password\n\nChoose one of at least twelve characters.",
        "<password>string</password>",
        '{"password": "string", "token": "uuid"}',
        "password: $PASSWORD",
        "--password PASSWORD",
        "tool --password <password>",
        "password: ${DB_PASSWORD}",
        "The token is refreshed every 15 minutes.",
        "Tokens: 512 per request, 4096 in all",
        "secret: see section 4.2",
        "Das Passwort ist falsch.",
        "Le mot de passe est obligatoire.",
        "npm install left-pad@1.3.0 and rollup\\@2.79.1",
        "azure-keyvault-secrets>=4.8.0; extra == 'x'",
        "docker run -p 8080:80 nginx",
        "Years: 2019 | 2020 | 2021 | 2022",
        "2019\n2020\n2021\n2022",
        "| 4111 | 1111 | 1111 | 1112 |",
        "is 10 words and 20 more words of text, in 25 lines",
        "build: add vs2019 to vcbuild.bat",
        "Cookies are small files; a cookie: what is it?",
        "Authorization: Basic is the simplest scheme",
        "PIN: four digits",
    ],
)
def test_what_only_speaks_of_secrets_stays_readable(text: str) -> None:
    assert redact(text, detector=DETECTOR).text == text
