"""What holds of policies, foldings and redaction whatever is put in."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.guardrails.redaction import find, redact
from domain.policy.access import AccessLevel, filter_allowed_packs
from domain.policy.deny_list import DenyList, Pattern
from domain.policy.in_force import PolicyInForce
from domain.policy.redaction_profile import Kind, RedactionProfile, strictest
from domain.policy.rules import GrantRule, Policy, PolicyVersion
from domain.text.folding import normalise, skeleton
from domain.text.plain import plain

WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
HIDDEN = ("", "\u200b", "\u200d", "\u00ad", "\u2060", "\ufe0f", "\u034f", "\u202e")
PERSONAL = (
    "4111 1111 1111 1111",
    "DE89370400440532013000",
    "jo@example.com",
    "+49 30 1234567",
    "sk-live-abcdefghijklmnop1",
)
TEXTS = st.text(max_size=60) | st.lists(
    st.sampled_from((*PERSONAL, " ", "-", "1", "a", "@", ".", "+", "(", "[card]", "password: ")), max_size=12
).map("".join)


@given(text=TEXTS)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(
    before=st.text(alphabet="xyz .", max_size=10),
    spelled=st.lists(
        st.tuples(st.sampled_from(HIDDEN), st.booleans(), st.booleans()),
        min_size=len("payroll"),
        max_size=len("payroll"),
    ),
)
def test_a_denied_word_is_found_in_every_case_width_and_with_anything_hidden_in_it(
    before: str, spelled: list[tuple[str, bool, bool]]
) -> None:
    letters = [
        (letter.upper() if upper else letter).translate(WIDE if wide else {}) + hidden
        for letter, (hidden, upper, wide) in zip("payroll", spelled, strict=True)
    ]
    assert DenyList([Pattern("rule", "payroll")]).first_match(f"{before} {''.join(letters)}") == "rule"


@settings(max_examples=400)
@given(glob=st.text(alphabet="ab*?", min_size=1, max_size=8), text=st.text(alphabet="ab", max_size=12))
def test_a_glob_matches_as_the_regular_expression_would_that_it_never_becomes(glob: str, text: str) -> None:
    found = DenyList([Pattern("rule", glob, is_glob=True)]).first_match(text)
    signs = {"*": ".*", "?": "."}
    expected = set(glob) - set("*?") and re.search("".join(signs.get(sign, sign) for sign in glob), text)
    assert (found is not None) is bool(expected)


@given(text=TEXTS)
def test_places_in_a_plain_text_lead_back_into_the_original(text: str) -> None:
    folded = plain(text)
    for start in range(len(folded.text)):
        first, last = folded.original(start, start + 1)
        assert 0 <= first < last <= len(text)
    assert len(skeleton(text)) >= 0


@settings(max_examples=500, deadline=None)
@given(
    text=TEXTS,
    profile=st.sampled_from((RedactionProfile(), RedactionProfile(name="strict"), RedactionProfile(name="off"))),
)
def test_redacting_twice_changes_nothing_more_and_nothing_is_left_to_find(text: str, profile: RedactionProfile) -> None:
    once = redact(text, profile).text
    assert redact(once, profile).text == once
    assert find(once, profile) == ()


PROFILES = st.builds(
    RedactionProfile,
    name=st.sampled_from(("standard", "strict", "off")),
    keep=st.lists(st.sampled_from(tuple(Kind)), unique=True, max_size=4).map(tuple),
)


@given(profiles=st.lists(PROFILES, min_size=1, max_size=3))
def test_the_strictest_of_profiles_hides_what_any_of_them_hides_and_no_more(profiles: list[RedactionProfile]) -> None:
    for kind in Kind:
        assert strictest(profiles).hides(kind) is any(profile.hides(kind) for profile in profiles)
    assert strictest(profiles).is_strict is any(profile.is_strict for profile in profiles)


NAMES = ("a", "a.x", "a.y", "b", "b.x")
RULES = st.lists(
    st.builds(
        GrantRule,
        rule_id=st.sampled_from(("r1", "r2")),
        role=st.sampled_from(("*", "staff", "guest")),
        packs=st.lists(st.sampled_from((*NAMES, "*", "a.*", "b.*")), max_size=2).map(tuple),
    ),
    max_size=4,
)
ROLES = st.lists(st.sampled_from(("staff", "guest", "*")), max_size=2)
OPEN = st.frozensets(st.sampled_from(NAMES), max_size=2)


def allowed(
    manifest: list[GrantRule], roles: list[str], levels: list[list[GrantRule]], is_open: frozenset[str]
) -> set[str]:
    named = [AccessLevel(name=f"level{number}", rules=tuple(rules)) for number, rules in enumerate(levels)]
    return set(filter_allowed_packs(manifest, roles, NAMES, named, is_open).allowed)


@settings(max_examples=400)
@given(manifest=RULES, roles=ROLES, levels=st.lists(RULES, max_size=2), is_open=OPEN, dropped=st.integers(0, 8))
def test_taking_a_rule_away_never_allows_more(
    manifest: list[GrantRule], roles: list[str], levels: list[list[GrantRule]], is_open: frozenset[str], dropped: int
) -> None:
    fewer = [
        [rule for place, rule in enumerate(rules) if place + number != dropped] for number, rules in enumerate(levels)
    ]
    assert allowed(manifest, roles, fewer, is_open) <= allowed(manifest, roles, levels, is_open)


@settings(max_examples=400)
@given(manifest=RULES, roles=ROLES, levels=st.lists(RULES, max_size=1), added=RULES, is_open=OPEN)
def test_another_level_never_allows_more_than_the_manifest_and_what_it_leaves_open(
    manifest: list[GrantRule],
    roles: list[str],
    levels: list[list[GrantRule]],
    added: list[GrantRule],
    is_open: frozenset[str],
) -> None:
    before, after = (allowed(manifest, roles, each, is_open) for each in (levels, [*levels, added]))
    assert after - before <= is_open
    assert allowed(manifest, roles, [*levels, added], frozenset()) <= allowed(manifest, roles, levels, frozenset())


COUNTS = st.none() | st.integers(1, 1_000)


@given(tenant=COUNTS, bot=COUNTS, default=st.integers(0, 20))
def test_a_bot_never_lowers_the_threshold_that_it_would_have_without_a_policy(
    tenant: int | None, bot: int | None, default: int
) -> None:
    def threshold(of_bot: int | None) -> int:
        of_tenant, own = (Policy(smallest_count=count) for count in (tenant, of_bot))
        in_force = PolicyInForce(
            PolicyVersion(version=1, sha256=of_tenant.sha256, policy=of_tenant),
            PolicyVersion(version=1, sha256=own.sha256, policy=own),
        )
        return in_force.pin(default).smallest_count

    if tenant is not None:
        assert threshold(bot) >= threshold(None) == tenant
