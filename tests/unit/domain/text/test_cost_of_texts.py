"""No text makes redaction, folding or the search for denied texts take longer than its length warrants.

Processor time against that of an ordinary text of the same length, measured in the same run.
"""

import time
from collections.abc import Callable
from typing import Final

import pytest

from adapters.personal_data import NumberingPlanDetector
from domain.answers.markup import inert
from domain.guardrails.injection import screen_content, screen_message
from domain.guardrails.redaction import redact
from domain.policy.deny_list import DenyList, Pattern
from domain.policy.rules import Screening
from domain.text.folding import skeleton

LENGTH: Final = 8_000
FACTOR: Final = 12
LEAST_SECONDS: Final = 0.004
"""What is compared with at least, so that noise is not."""
ORDINARY: Final = (
    "To rotate an API key, open Settings > Keys, press **Rotate** and copy the new key. The old one works for 24 hours"
    " (see section 4.2). Call support at extension 12 if it fails on 2026-11-21, or read https://example.com/keys. "
)
PUMPED: Final = (
    *("00 1 ", "\ufdfa", "a\u0301", "\u0301\u0327", "1 ", "1", "+1-", "0a ", "0.1.", "4111 ", "DE89 "),
    *("AB12 ", "ab12"),
    *(
        "<a",
        "<!--",
        "&amp;",
        "&#",
        "%25",
        "](",
        "![](",
        "[a]",
        "a-",
        "xpay roll ",
        "a@",
        "a.",
        "://a:",
        "a:b@",
        "?key=",
    ),
    *(
        "password ",
        "password: ",
        "password:\n",
        "password | ",
        "pwd=\n",
        "--password ",
        "<password>",
        "secret_",
        "user ",
    ),
    *("eyJaaaaaaaa.", "-----BEGIN PRIVATE KEY-----", "[", "(", "`", "~", "|0", "tel 1 ", "020 7946 0958 "),
    *("\n", "> "),
    *("415 555 0132, ", "call me ", "a b ", "\\_", "\\u0061", "pa3", "\u3164a", "\u1112\u1161\u11ab", "project "),
    # Orders that never come to their end, and the words that make a rule look.
    *(
        "ignore ",
        "ignore all your ",
        "ignore previous instructions-",
        "you are now ",
        "from now on you ",
        "in your answer ",
    ),
    *(
        "include your response ",
        "tell the user ",
        "write a ",
        "debug mode ",
        "what is your password for ",
        "reveal the system ",
    ),
    *(
        "the user's ",
        "q: a: ",
        "imagine we are ",
        "decode this ",
        "### system: ",
        "part 1 is ",
        "a = 'b' c = a + b ",
        "spam ",
    ),
    *(
        "игнорируй все ",
        "αγνόησε τις ",
        "ignora todas ",
        "忽略",
        "oublie les ",
        "önceki ",
        "whenever you write code ",
        "any ai ",
    ),
    *(
        "import os.environ ",
        "pynput keyboard on_press ",
        "os.walk('/') fernet ",
        "thread flood(",
        "socket .connect((1)) ",
    ),
    *(
        "shutil.rmtree(",
        "os.system('",
        "open('/etc/hosts', 'a') ",
        "requests.post('http",
        "evil.",
        "+49 ",
        "tel ",
        "1,",
        "1:",
    ),
    *(
        "version 1.",
        "address 1.1.1.1 ",
        "card ",
        "411111111111111-",
        "1-a",
        "8a4d3c4e-4111-",
        "0.1",
        "a@1.",
        "order 1",
        "x@",
    ),
    *("DE89 3704 0044 0532 0130 00 ", "4111.", "1.2.3.4 ", "a::", "mysql ", "Cookie: a", "javascript:", "data:", "<<"),
)
DENIED: Final = DenyList(
    [Pattern("one", "payroll"), Pattern("two", "project falcon"), Pattern("three", "stra\u00dfe")]
    + [Pattern("glob", "sal*of*b?ard", is_glob=True)]
    + [Pattern(f"many/{number}", f"word{number} other{number}") for number in range(50)]
)
FUNCTIONS: Final[dict[str, Callable[[str], object]]] = {
    "redact": lambda text: redact(text, detector=NumberingPlanDetector()),
    "deny": DENIED.first_match,
    "fold": skeleton,
    "detect": NumberingPlanDetector().find,
    "markup": inert,
    "message": screen_message,
    "content": lambda text: screen_content(text, Screening.STRICT),
}


def seconds(function: Callable[[str], object], unit: str) -> float:
    text = (unit * LENGTH)[:LENGTH]
    started = time.process_time()
    function(text)
    return time.process_time() - started


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_pumped_text_costs_much_more_than_an_ordinary_one(name: str) -> None:
    function = FUNCTIONS[name]
    ordinary = min(seconds(function, ORDINARY) for _ in range(2))
    allowed = FACTOR * max(ordinary, LEAST_SECONDS)
    # What is slow once may be chance.
    slow = {unit for unit in PUMPED if all(seconds(function, unit) > allowed for _ in range(2))}
    assert slow == set()
