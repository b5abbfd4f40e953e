"""Technical texts are full of numbers and signs that are nobody's: they stay readable, and numbers of people do not."""

from typing import Final

import pytest

from adapters.personal_data import NumberingPlanDetector
from domain.guardrails.redaction import redact
from domain.policy.redaction_profile import RedactionProfile

DETECTOR: Final = NumberingPlanDetector()
STRICT: Final = RedactionProfile(name="strict")

# Cards of test plans, in parts, so that no scanner takes them for real.
CARD: Final = "4111 1111 " + "1111 1111"


def shown(text: str) -> str:
    return redact(text, detector=DETECTOR).text


@pytest.mark.parametrize(
    "text",
    [
        # Packages, actions, units, files, remotes
        "npm install x@4.17.21",
        "npm i left-pad@1.3.0-next.alpha and x@^2.0.1-rc.beta",
        "uses: actions/x@v4.1.0 or actions/checkout@v4.1.0-beta.foo",
        "systemctl status getty@tty1.service",
        "icon@2x.png, logo@3x.webp",
        "git clone git@github.com:org/repo.git",
        "pip install git+ssh://git@github.com/org/repo",
        # Counts, sizes, ranges, times
        "Call the API 100000 times",
        "Call 1000000 times, then reach 2500000 requests",
        "We saw 150 000 requests and 1 500 000 rows",
        "Text of 4155550132 bytes",
        "Tue Dec 1 10:00:00 2026 +0200",
        "at 12:21:16 +0100, offset +00000000",
        "The default is in the range 0000..0777 (0..511)",
        "Content-Range: bytes 0-100/3860266",
        "release 0.4.0-20140602",
        "updated: home (markdown) ([3407109](https://x.example/commit/3407109325cf))",
        "the call has been removed. (merge 7063693 js/rebase later)",
        "log20311 log2 0.9999999999 -> -1.44, amount 0.2682364644",
        "Franklin Street, Boston, MA 02110-1301, USA",
        "<Buffer 00 00 00 00 00> and <Buffer 01 02 03 04 05>",
        "irc.libera.chat:+6697/pypa",
        "a phone costs 1500000 points",
        # Versions and sections
        "Java 17.0.8.0",
        "Upgrade V8 to 3.6.6.24",
        "Upgraded to 4.6.85.25 from 4.5.103.35",
        "RFC 7540 8.1.2.4, section 24.1.1.3, (section 4.2.2.13)",
        '"version": "1.0.40.0"',
        "pip install foo==1.2.9.4 or foo@7.3.0.2",
        "This was fixed in 1.5.4.1.",
        "Server: Cleversafe/3.14.9.53",
        "yours: 1.42.0.6, latest: 1.42.0.7",
        "Software/Microsoft/Office/[14.0/15.0/16.0]",
        "git send-email in 1.5.4.3 was broken, `2606:4700:4700::1111` is a resolver",
        "--next-token 9f4d9f69-275a-41fe-b58e-2b837bd9ba48",
        "The password is SHA-256 hashed.",
        "basic HTTP/1.1 client",
        '"NextToken": "eyJOZXh0VG9rZW4iOiBudWxsLCAiYm90bw=="',
        '"encryptionKey": "arn:aws:kms:us-west-2:111122223333:alias/aws/s3"',
        "def foo(): pass\n@staticmethod",
        # Names in code and documentation's own addresses
        "std::add::beef, arn:aws:apigateway:us-west-2::/apis/a1b2c3d4, fe::",
        "resolver.setServers(['8.8.8.8']); 203.0.113.7 and 2001:db8::1",
        "app.set('trust proxy', '123.123.123.123'), instance 5.6.7.8:5670",
        "the block 14.0.0.0/24",
        # Random ids, decimals, byte counts, books
        "pod 8a4d3c4e-4111-1111-1111-111111111111",
        "id 11111111-4111-1111-1111-111111111111",
        "Score: 0.9990532994270325, y 3.576349403292201634e-01",
        "0.0288649599558 0.0352792061476 0.0352526366714",
        "sha 4111111111111111a0b1c2d3e4f5a6b7",
        "787252 247004 node",
        "4398046511104 bytes are 4 TiB",
        '"heapTotal": 4111111111111111, "firesInMsFromNow": 94403548320796',
        "used_bytes 4111111111111111",
        "ISBN 9780306406157 and 978-0-306-40615-7",
        "2**128 is 340282366920938463463374607431768211456",
        "Available: 361769115648, at 1395066363000",
        "20261201103000, 1700000000000, 1700000000000000000",
        "backport 895949419186, cherry-pick 813066946968",
        "123456789012 and 111122223333 stand in examples",
        # What was asked for
        "Invoice number: 12345678",
        "Invoice no. 900012345678, order 900012345678901, ticket #20261234",
        "Policy 2012-10-17",
    ],
)
def test_what_is_nobodys_stays_readable(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tel:415-555-2671", "Tel:[phone]"),
        ("Tel.:4155552671", "Tel.:[phone]"),
        ("phone=4155552671", "phone=[phone]"),
        ('{"DeskPhoneNumber":"4155552671"}', '{"DeskPhoneNumber":"[phone]"}'),
        ("user_phone: 4155552671", "user_phone: [phone]"),
        ("Smith,415-555-2671,NY", "Smith,[phone],NY"),
        ("a,415-555-2671-Fax", "a,[phone]-Fax"),
        ("085 175 7641-Office,3660170548-Fax", "[phone]-Office,[phone]-Fax"),
        ("<td>415-555-2671</td>", "<td>[phone]</td>"),
        ("tel:+14155552671", "tel:[phone]"),
        ("toll-free at (800) 952-5210, TDD (800) 326-2297", "toll-free at [phone], TDD [phone]"),
        ("call me at 4155552671", "call me at [phone]"),
        ("Call our office on 020 7946 0958.", "Call our office on [phone]."),
        ("appelez le 01 23 45 67 89", "appelez le [phone]"),
        ("Jo <jo@build.example.com>", "Jo <[email]>"),
        ("ssh jo@4.build.example.com", "ssh [email]"),
        ("Logged in from 5.9.10.11", "Logged in from [ip]"),
        ("client 17.5.7.8 closed", "client [ip] closed"),
        ("the version of the server 91.12.13.14", "the version of the server [ip]"),
        ("peer 2a02:8109:9e40:1c4::17", "peer [ip]"),
        (f"7,{CARD},x", "7,[card],x"),
        ("Maestro 503802053770 is charged", "Maestro [card] is charged"),
        ("customer number 4512349876 has two contracts", "customer number [long_id] has two contracts"),
        ("AWS account 149977607591", "AWS account [long_id]"),
    ],
)
def test_what_is_somebodys_is_hidden(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_a_strict_profile_hides_numbers_of_matters_too() -> None:
    assert redact("Invoice number: 12345678", STRICT, DETECTOR).text == "Invoice number: [long_id]"
    assert redact("order 900012345678901", STRICT, DETECTOR).text == "order [long_id]"
    assert redact("10.1.2.3 and 14.0.0.0/24", STRICT, DETECTOR).text == "[ip] and [ip]"
