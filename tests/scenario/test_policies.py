"""A tenant's administrator sets policies on a running system, and the next turn goes by them [T3, T4, Q2]."""

import threading

import pytest

from answerable_sdk import Answerable, BotNotFoundError, DatasetNotFoundError, InvalidRequestError
from domain.identity.principal import KeyScope
from tests.fixtures.key_desk import KeyDesk, Tenant
from tests.fixtures.stack import Stack

GUIDE = b"# Close a shop\n\n1. Mail desk@example.com from 10.20.30.40.\n2. Press **Close** in the shop's settings.\n"
QUESTION = "How do I close a shop?"


@pytest.fixture(scope="module")
def tenant(stack: Stack, key_desk: KeyDesk) -> Tenant:
    made = key_desk.new_tenant()
    stack.client(made.api_key).documents.upload(made.dataset_id, GUIDE, name="close.md", wait=True)
    return made


@pytest.fixture
def admin(stack: Stack, tenant: Tenant) -> Answerable:
    """Without a policy, whatever the test before has set."""
    client = stack.client(tenant.api_key)
    client.policies.set({})
    client.policies.set({}, tenant.bot_id)
    return client


def test_what_only_staff_may_use_is_denied_to_a_customer_and_the_audit_says_by_which_rule(
    stack: Stack, key_desk: KeyDesk, tenant: Tenant, admin: Answerable
) -> None:
    grant = {"rule_id": "staff-only", "role": "staff", "packs": ["product_support"], "tools": ["*"]}
    version = admin.policies.set({"access": [grant]}).version
    keys = {
        role: key_desk.issue(scopes=(KeyScope.CHAT,), roles=(role,), tenant_id=tenant.tenant_id)
        for role in ("staff", "customer")
    }
    answers = {role: stack.client(key).ask(QUESTION) for role, key in keys.items()}
    assert "Press **Close**" in answers["staff"].answer
    assert answers["customer"].citations == ()
    assert "Close" not in answers["customer"].answer
    for role, rules in (("staff", "tenant/access/staff-only"), ("customer", "tenant/default_deny")):
        events = {event.kind: event.data for event in admin.audit.get(answers[role].meta.trace_id).events}
        selected = events["packs_selected"]
        assert rules in selected["decided"]["access"]["product_support"]
        assert selected["versions"]["tenant_policy"] == str(version)
    assert stack.client(keys["customer"]).packs.list() == ()
    assert stack.client(keys["customer"]).search(QUESTION).results == ()
    with pytest.raises(DatasetNotFoundError):
        stack.client(keys["customer"]).search(QUESTION, dataset_ids=[tenant.dataset_id])


def test_a_change_holds_for_the_next_turn_and_what_a_turn_went_by_can_be_read_later(
    tenant: Tenant, admin: Answerable
) -> None:
    assert admin.ask(QUESTION).citations
    denied = admin.policies.set(
        {"deny": [{"rule_id": "closing", "match": "glob", "pattern": "clos* shop"}]}, tenant.bot_id
    )
    answer = admin.ask("H\u043ew do I CL\u200bOSE a shop?")
    assert "rule bot/deny/closing" in answer.warnings[0].message
    admin.policies.set({}, tenant.bot_id)
    assert admin.ask(QUESTION).citations
    (event,) = [one.data for one in admin.audit.get(answer.meta.trace_id).events if one.kind == "denied"]
    version = int(event["versions"]["bot_policy"])
    assert version == denied.version
    assert admin.policies.get(tenant.bot_id, version=version).policy["deny"][0]["pattern"] == "clos* shop"


def test_what_tenant_and_bot_hide_is_hidden(tenant: Tenant, admin: Answerable) -> None:
    assert "Mail [email] from 10.20.30.40" in admin.ask(QUESTION).answer
    admin.policies.set({"redaction": {"profile": "standard", "keep": ["email"]}})
    assert "Mail desk@example.com from 10.20.30.40" in admin.ask(QUESTION).answer
    admin.policies.set({"redaction": {"profile": "strict", "keep": ["email"]}}, tenant.bot_id)
    assert "Mail desk@example.com from [ip]" in admin.ask(QUESTION).answer
    admin.policies.set({"redaction": {"profile": "strict"}}, tenant.bot_id)
    assert "Mail [email] from [ip]" in admin.ask(QUESTION).answer


def test_many_who_set_a_policy_at_once_make_one_version_each(stack: Stack, tenant: Tenant, admin: Answerable) -> None:
    before = admin.policies.get().version
    setting = [
        threading.Thread(target=stack.client(tenant.api_key).policies.set, args=({"smallest_count": count},))
        for count in range(100, 108)
    ]
    for one in setting:
        one.start()
    for one in setting:
        one.join()
    assert admin.policies.get().version == before + len(setting)
    said = {
        admin.policies.get(version=before + number).policy["smallest_count"] for number in range(1, len(setting) + 1)
    }
    assert said == set(range(100, 108))


def test_another_tenants_bot_and_a_bad_policy_are_refused(stack: Stack, stranger: Tenant, admin: Answerable) -> None:
    with pytest.raises(BotNotFoundError):
        admin.policies.set({"deny": []}, stranger.bot_id)
    with pytest.raises(InvalidRequestError) as refused:
        admin.policies.set({"redaction": {"profile": "off", "keep": ["secret"]}})
    assert refused.value.details["errors"][0]["field"] == "redaction.keep"
    assert stack.client(stranger.api_key).policies.get().version == 0
