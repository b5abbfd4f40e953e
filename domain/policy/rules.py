"""What a tenant, or one of its bots, has decided: the document that administrators write and that turns go by.

Each level may only take away from what the one above it leaves; see ``domain.policy.in_force`` for how they combine.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal, Protocol, TypeVar

from pydantic import AfterValidator, Field, StrictInt, StringConstraints, ValidationInfo

from domain.base import Value, sha256_of
from domain.policy.deny_list import MAX_GLOBS, MAX_PATTERN_CHARACTERS, MAX_PATTERNS, says_something
from domain.policy.redaction_profile import RedactionProfile
from domain.text.folding import normalise

MAX_GRANTS: Final = 200
MAX_NAMES: Final = 100
MAX_ROLE_CHARACTERS: Final = 60
MAX_THRESHOLD: Final = 1_000

RULE_ID: Final = r"^[a-z0-9][a-z0-9_.-]{0,63}$"
RuleId = Annotated[str, StringConstraints(pattern=RULE_ID)]
"""Given by who writes the policy, so that a history still names the rule after others came before it."""


def checked_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Raises ValueError for another wildcard than those two."""
    for name in names:
        if name != "*" and (not name or "*" in name.removesuffix(".*")):
            raise ValueError(f"'{name}' is neither an exact name, nor 'x.*', nor '*'")
    return names


Names = Annotated[tuple[str, ...], AfterValidator(checked_names)]
"""Exact names, ``x.*`` for everything below x, ``*`` for everything."""


Match = Literal["text", "glob"]


def checked_pattern(pattern: str, info: ValidationInfo) -> str:
    """Raises ValueError for a pattern that nothing, or everything, would match. ``match`` stands before it."""
    if info.data.get("match") == "glob" and not says_something(pattern):
        raise ValueError("is a glob of wildcards alone, which would match every message")
    if not normalise(pattern):
        raise ValueError("has nothing in it that shows")
    return pattern


class Identified(Protocol):
    @property
    def rule_id(self) -> str: ...


class Matching(Identified, Protocol):
    @property
    def match(self) -> Match: ...


Rules = TypeVar("Rules", bound=Sequence[Identified])
DenyRules = TypeVar("DenyRules", bound=Sequence[Matching])


def checked_ids(rules: Rules) -> Rules:
    """Raises ValueError when two rules have one id."""
    ids = Counter(rule.rule_id for rule in rules)
    if repeated := [rule_id for rule_id, times in ids.items() if times > 1]:
        raise ValueError(f"gives the rule_id '{repeated[0]}' to more than one rule")
    return rules


def checked_deny_rules(rules: DenyRules) -> DenyRules:
    """Raises ValueError when two rules have one id, or too many are globs."""
    if sum(rule.match == "glob" for rule in rules) > MAX_GLOBS:
        raise ValueError(f"has more than {MAX_GLOBS} globs")
    return checked_ids(rules)


class Screening(StrEnum):
    """How eagerly texts of documents and tools are taken for orders to the assistant.

    There is no "off": such texts are never obeyed, but they are not to be quoted either.
    """

    STANDARD = "standard"
    STRICT = "strict"
    """Also what is else suspicious in messages only: claiming authority, asking for passwords. The other way round,
    messages by the rules for documents, was measured: no attack more, and 7% of harmless messages."""


class DenyRule(Value):
    """A topic that may not be asked about: a text to be found in a message, or a glob (``*`` any text, ``?`` any one
    character) to be found in it. Both are compared in every spelling."""

    rule_id: RuleId
    match: Match = "text"
    pattern: Annotated[str, Field(max_length=MAX_PATTERN_CHARACTERS), AfterValidator(checked_pattern)]


class GrantRule(Value):
    """What the holders of a role may use; the role ``*`` is everybody, without a role too. Names are exact, ``x.*`` or
    ``*``. Policies hold such rules, and manifests are read as such, whose ids (``pack/x``) no policy can give."""

    rule_id: str = Field(min_length=1)
    role: str = Field(min_length=1)
    packs: Names = ()
    tools: Names = ()


def checked_grant(grant: GrantRule) -> GrantRule:
    """Raises ValueError for an id that no policy may give, or a rule that is longer than policies are."""
    if not re.fullmatch(RULE_ID, grant.rule_id):
        raise ValueError(f"has a rule_id that does not match {RULE_ID}")
    if len(grant.role) > MAX_ROLE_CHARACTERS or max(len(grant.packs), len(grant.tools)) > MAX_NAMES:
        raise ValueError(f"has a role above {MAX_ROLE_CHARACTERS} characters or more than {MAX_NAMES} names")
    return grant


Grants = Annotated[
    tuple[Annotated[GrantRule, AfterValidator(checked_grant)], ...],
    Field(max_length=MAX_GRANTS),
    AfterValidator(checked_ids),
]


class Policy(Value):
    """None leaves a decision to the level above. ``access`` () lets nobody use anything."""

    deny: Annotated[tuple[DenyRule, ...], Field(max_length=MAX_PATTERNS), AfterValidator(checked_deny_rules)] = ()
    access: Grants | None = None
    smallest_count: Annotated[StrictInt, Field(ge=1, le=MAX_THRESHOLD)] | None = None
    redaction: RedactionProfile | None = None
    screening: Screening | None = None

    @property
    def sha256(self) -> str:
        """Hex, over the document as it is stored: two policies that say the same have the same."""
        return sha256_of(json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False))


class PolicyVersion(Value):
    """A policy as it stands, or stood: 1 is the first that was set. ``sha256`` is the policy's."""

    version: int
    sha256: str
    policy: Policy
    set_by: str | None = None
    set_at: datetime | None = None


UNSET: Final = PolicyVersion(version=0, sha256=Policy().sha256, policy=Policy())
"""Nothing was ever set."""
