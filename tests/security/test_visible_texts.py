"""No route shows what chat would not show its asker: secrets in every field of a document, topics that are denied, and
documents that are for others. Every operation, with the ids of somebody else's documents and turns, by two keys."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import httpx
import psycopg
import pytest

from answerable_sdk import Answerable
from domain.identity.principal import Visibility
from tests.fixtures.database import DatabaseUrls
from tests.fixtures.key_desk import KeyDesk, Tenant
from tests.fixtures.stack import Stack
from tests.security.cases import UPLOAD
from tests.security.operations import OPERATIONS, Operation
from tests.security.shown_fields import OURS, SHOWN, free_texts

QUESTION: Final = "How do I calibrate the frobnicator?"
ASKED: Final = "How do I calibrate the frobnicator at night and open the hatch? Tell leak-asker@marked.example too."
POLICY: Final = {"deny": [{"rule_id": "merger", "pattern": "zebracorn merger"}]}
_FOR_OTHERS: Final = ("staffmark", "boardmark", "packmark", "closedmark")
HIDDEN: Final = (b"@marked.example", b"Hunter2-Mark", b"901820")
DENIED: Final = (b"zebracorn", b"Zebracorn")
CLOSED: Final = (b"closedmark",)


# Of a key for customers, of one for the staff, and of the one that asked.
RIGHTS: Final[tuple[tuple[Visibility, tuple[str, ...]], ...]] = (
    ("external", ()),
    ("internal", ("board",)),
    ("internal", ("board", "staff")),
)


@dataclass(frozen=True)
class Uploaded:
    document_id: UUID
    ingest_id: UUID
    dataset_id: UUID
    passage_id: UUID | None = None


# Documents that say the same would be taken for copies of each other.
_OWN_WORDS: Final = {
    "staffmark": "At night, open the hatch and wait for the lamp to turn green before anything else is touched.",
    "boardmark": "Sign the ledger, seal the envelope and carry both of them to the archive in the east wing.",
    "packmark": "Under water, wear the yellow gloves, breathe slowly and count every bubble that comes up.",
    "closedmark": "In winter, heat the oil, brush off the snow and let the engine idle for twenty minutes.",
    "Zebracorn merger": "Before the deal, print the contract, read it aloud and lock it away in the blue safe.",
}


def document(mark: str) -> bytes:
    own = _OWN_WORDS.get(mark, "By day, press the pedal.")
    steps = (
        f"Turn the frobnicator's {mark} dial.",
        "Mail leak-body@marked.example or call +49 30 901820.",
        f"Set `password: body-Hunter2-Mark` to {mark}.",
        own,
    )
    listed = "".join(f"{number}. {step}\n" for number, step in enumerate(steps, start=1))
    return f"# Calibrate the frobnicator with {mark}\n\n{listed}".encode()


@dataclass(frozen=True)
class Vault:
    """A tenant whose documents are full of marks, what was asked of them, and two keys that must not see all of it."""

    tenant: Tenant
    documents: dict[str, Uploaded]
    session_id: UUID
    trace_id: str
    outsider: str
    insider: str

    def ids(self, kind: str) -> dict[str, str]:
        one = self.documents[kind]
        named = {"bot_id": self.tenant.bot_id, "session_id": self.session_id, "trace_id": self.trace_id}
        return {name: str(value) for name, value in {**named, **vars(one)}.items()}


def upload(client: Answerable, dataset_id: UUID, mark: str, **fields: Any) -> Uploaded:
    done = client.documents.upload(
        dataset_id,
        document(mark),
        name=f"to/leak-source@marked.example/{mark}.md",
        title=f"The {mark} frobnicator of leak-title@marked.example",
        url=f"https://docs.example.com/{mark.replace(' ', '%20')}?to=leak-url@marked.example",
        wait=True,
        **fields,
    )
    assert done.state == "succeeded"
    return Uploaded(done.document_id, done.ingest_id, dataset_id)


def with_passage(urls: DatabaseUrls, uploaded: Uploaded) -> Uploaded:
    """No search finds those of closed packs."""
    with psycopg.connect(urls.superuser) as connection:
        row = connection.execute(
            "SELECT passage_id FROM passages WHERE version_id = %s ORDER BY ordinal", [uploaded.ingest_id]
        ).fetchone()
    assert row is not None
    return replace(uploaded, passage_id=row[0])


@pytest.fixture(scope="module")
def vault(stack: Stack, key_desk: KeyDesk, database_urls: DatabaseUrls) -> Vault:
    tenant = key_desk.new_tenant()
    owner, keys = stack.client(tenant.api_key), []
    for audience, roles in RIGHTS:
        keys.append(key_desk.issue(audience=audience, roles=roles, tenant_id=tenant.tenant_id))
    handbook, gone = (key_desk.new_dataset(pack_id, tenant) for pack_id in ("staff_handbook", "gone"))
    documents = {
        "public": upload(owner, tenant.dataset_id, "public"),
        "denied": upload(owner, tenant.dataset_id, "Zebracorn merger"),
        "staff": upload(owner, tenant.dataset_id, "staffmark", visibility="internal"),
        "board": upload(owner, tenant.dataset_id, "boardmark", roles=["board"]),
        "pack": upload(owner, handbook, "packmark"),
        "closed": upload(owner, gone, "closedmark"),
    }
    documents = {kind: with_passage(database_urls, one) for kind, one in documents.items()}
    owner.policies.set(POLICY)
    asker = stack.client(keys[2])
    asked = asker.ask(ASKED)
    assert documents["staff"].document_id in {citation.document_id for citation in asked.citations}
    asker.feedback.give(asked.meta.trace_id, "down")
    return Vault(tenant, documents, asked.session_id, asked.meta.trace_id, keys[0], keys[1])


# What a request needs beyond its documented example to come upon the marked documents.
_BODIES: Final[dict[str, Any]] = {
    "message": {"message": QUESTION},
    "text": {"text": QUESTION},
    "query": {"query": QUESTION, "top_k": 50, "keep_copies": True},
}


def bodies(operation: Operation, ids: dict[str, str]) -> Iterator[dict[str, Any]]:
    if operation.path.endswith("/policy"):
        # As it is: it must hold for every probe.
        yield POLICY if "bots" not in operation.path else {}
        return
    example = {name: ids.get(name, value) for name, value in operation.example.items()}
    found = (body for name, body in _BODIES.items() if name in operation.body_schema["properties"])
    wanted: dict[str, Any] = next(found, {})
    example |= (
        {"sender_id": "probe", "provider_message_id": f"probe-{ids['ingest_id']}"} if "sender_id" in example else {}
    )
    for name in ("session_id", "messages", "pack_hint"):
        example.pop(name, None)
    yield {**example, **wanted}


def ask(stack: Stack, vault: Vault, key: str, operation: Operation) -> Iterator[tuple[int, bytes]]:
    """The operation's answers, for the ids of every document."""
    headers = {"X-API-Key": key}
    with httpx.Client(base_url=stack.api_url, headers=headers, timeout=60) as client:
        for kind in vault.documents:
            ids = vault.ids(kind)
            path = operation.path.format(**ids)
            if operation.body == "form":
                reply = client.request(operation.method, path, content=UPLOAD.content, headers=dict(UPLOAD.headers))
                yield reply.status_code, reply.content
            elif operation.body == "json":
                for body in bodies(operation, ids):
                    reply = client.request(operation.method, path, json=body)
                    yield reply.status_code, reply.content
            else:
                reply = client.request(operation.method, path)
                yield reply.status_code, reply.content


def leaks(answers: Iterator[tuple[int, bytes]], marks: tuple[bytes, ...]) -> list[str]:
    found = []
    for status, content in answers:
        assert status < 500, content
        places = [(mark, content.find(mark)) for mark in marks]
        found += [f"{mark!r} in {content[max(0, at - 300) : at + 100]!r}" for mark, at in places if at >= 0]
    return found


# An administrator reads there what is denied, by its pattern.
_POLICIES: Final = tuple(operation for operation in OPERATIONS if operation.path.endswith("/policy"))
_DELETIONS: Final = tuple(operation for operation in OPERATIONS if operation.method == "DELETE")
_PROBED: Final = tuple(operation for operation in OPERATIONS if operation not in (*_POLICIES, *_DELETIONS))
_OTHERS: Final = tuple(mark.encode() for mark in _FOR_OTHERS)


@pytest.mark.parametrize("operation", _PROBED, ids=str)
def test_a_key_for_customers_is_shown_no_mark(stack: Stack, vault: Vault, operation: Operation) -> None:
    assert leaks(ask(stack, vault, vault.outsider, operation), (*HIDDEN, *DENIED, *_OTHERS)) == []


def shows_identity(operation: Operation) -> bool:
    return any(SHOWN.get(text) == "the identity of a document" or text == ".data" for text in free_texts(operation))


@pytest.mark.parametrize("operation", _PROBED, ids=str)
def test_a_key_of_the_staff_is_shown_no_secret_and_no_closed_pack(
    stack: Stack, vault: Vault, operation: Operation
) -> None:
    marks = (b"packmark", *CLOSED) if shows_identity(operation) else (*HIDDEN, *DENIED, b"packmark", *CLOSED)
    assert leaks(ask(stack, vault, vault.insider, operation), marks) == []


def test_the_probes_meet_what_may_be_shown(stack: Stack, vault: Vault) -> None:
    """The other tests would pass on an empty system."""
    staff, customer = stack.client(vault.insider), stack.client(vault.outsider)
    seen = staff.search(QUESTION, top_k=50, keep_copies=True)
    assert {one.document_id for one in seen.results} >= {
        vault.documents[kind].document_id for kind in ("staff", "board")
    }
    assert "[email]" in json.dumps([one.text for one in seen.results])
    assert {warning.code for warning in seen.warnings} >= {"passage_denied", "redacted"}
    assert customer.search("About the Zebra\u200bcorn  merger").denied == "tenant/deny/merger"
    assert customer.search(QUESTION).results
    opened = staff.passages.get(vault.ids("staff")["passage_id"])
    assert "staffmark" in str(opened.text)
    assert "[email]" in str(opened.text)
    assert "[email]" in str(customer.passages.get(vault.ids("public")["passage_id"]).text)
    withheld = customer.turns.get(vault.trace_id).response
    assert withheld is not None
    assert (withheld.answer, [one.code for one in withheld.warnings]) == ("[withheld]", ["withheld"])


def test_every_free_text_of_a_response_is_registered() -> None:
    found = {text for operation in OPERATIONS for text in free_texts(operation)}
    assert found - set(SHOWN) - OURS == set()
    assert (set(SHOWN) | OURS) - found <= {"Readiness.warnings"}


@pytest.mark.parametrize("operation", _DELETIONS, ids=str)
def test_a_deletion_shows_no_mark_either(stack: Stack, vault: Vault, operation: Operation) -> None:
    """Last, for what is deleted is shown nowhere."""
    answers = list(ask(stack, vault, vault.outsider, operation))
    assert leaks(iter(answers), (*HIDDEN, *DENIED, *_OTHERS)) == []
    assert [status for status, _ in answers] == [200, 200, 404, 404, 404, 404]
