"""Bodies of the policy routes."""

from datetime import datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StrictInt

from api.edge.schema import EXAMPLE_ID, Line, RequestBody, ResponseBody, Text, example
from domain.answers.answer import AnswerWarning
from domain.policy.deny_list import MAX_PATTERN_CHARACTERS, MAX_PATTERNS
from domain.policy.redaction_profile import Kind
from domain.policy.rules import (
    MAX_GRANTS,
    MAX_NAMES,
    MAX_ROLE_CHARACTERS,
    MAX_THRESHOLD,
    Match,
    Policy,
    PolicyVersion,
    RuleId,
    Screening,
    checked_deny_rules,
    checked_ids,
    checked_names,
    checked_pattern,
)

_POLICY: Final = {
    "deny": [
        {"rule_id": "payroll", "match": "text", "pattern": "payroll"},
        {"rule_id": "board-pay", "match": "glob", "pattern": "salar* of * board"},
    ],
    "access": [
        {"rule_id": "staff", "role": "support", "packs": ["*"], "tools": ["product_support.*"]},
        {"rule_id": "customers", "role": "*", "packs": ["product_support"], "tools": []},
    ],
    "smallest_count": 10,
    "redaction": {"profile": "standard", "keep": ["ip"]},
    "screening": "standard",
}

_Name = Annotated[Line, Field(min_length=1, max_length=120)]


def _never_secrets(kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    if Kind.SECRET in kinds:
        raise ValueError("cannot hold 'secret': keys and passwords are always hidden")
    return kinds


class DenyRuleBody(RequestBody):
    """A topic that nobody may ask about: a text (``match`` "text"), or a glob in which * is any text and ? any one
    character. Both match anywhere in a message and in every spelling."""

    model_config = RequestBody.model_config | example(rule_id="payroll", match="text", pattern="payroll")

    rule_id: RuleId
    match: Match = "text"
    pattern: Annotated[Text, Field(min_length=1, max_length=MAX_PATTERN_CHARACTERS), AfterValidator(checked_pattern)]


class GrantRuleBody(RequestBody):
    """What the holders of ``role`` may use, "*" being everybody. Names are exact, ``x.*`` (what is below x), or "*"."""

    model_config = RequestBody.model_config | example(
        rule_id="staff", role="support", packs=["*"], tools=["product_support.*"]
    )

    rule_id: RuleId
    role: Annotated[Line, Field(min_length=1, max_length=MAX_ROLE_CHARACTERS)]
    packs: Annotated[tuple[_Name, ...], Field(max_length=MAX_NAMES), AfterValidator(checked_names)] = ()
    tools: Annotated[tuple[_Name, ...], Field(max_length=MAX_NAMES), AfterValidator(checked_names)] = ()


class RedactionBody(RequestBody):
    """``profile``: "standard" hides personal data that leads to somebody, "strict" private addresses and random
    identifiers too, "off" nothing but secrets. ``keep`` takes kinds out of it."""

    model_config = RequestBody.model_config | example(profile="standard", keep=["ip"])

    profile: Literal["standard", "strict", "off"] = "standard"
    keep: Annotated[tuple[Kind, ...], Field(max_length=len(Kind)), AfterValidator(_never_secrets)] = ()


class PolicyBody(RequestBody):
    """The whole policy. Omitted fields are left to the level above.

    ``access`` null restricts nothing, and [] lets nobody use any pack or tool; rules for packs do not cover tools,
    which need rules of their own. Counts below ``smallest_count`` are not shown. ``screening`` "strict" treats more
    texts of documents and tools as prompt injection.
    """

    model_config = RequestBody.model_config | example(**_POLICY)

    deny: Annotated[tuple[DenyRuleBody, ...], Field(max_length=MAX_PATTERNS), AfterValidator(checked_deny_rules)] = ()
    access: Annotated[tuple[GrantRuleBody, ...], Field(max_length=MAX_GRANTS), AfterValidator(checked_ids)] | None = (
        None
    )
    smallest_count: Annotated[StrictInt, Field(ge=1, le=MAX_THRESHOLD)] | None = None
    redaction: RedactionBody | None = None
    screening: Screening | None = None

    def as_policy(self) -> Policy:
        profile = {"name": self.redaction.profile, "keep": self.redaction.keep} if self.redaction else None
        return Policy.model_validate({**self.model_dump(), "redaction": profile})

    @classmethod
    def of(cls, policy: Policy) -> Self:
        profile = policy.redaction and {"profile": policy.redaction.name, "keep": policy.redaction.keep}
        return cls.model_validate({**policy.model_dump(), "redaction": profile})


class PolicyVersionBody(ResponseBody):
    """A version of a policy; 0 means that none was set. ``bot_id`` null: the tenant's. ``warnings`` point out what may
    be a mistake."""

    model_config = example(
        bot_id=str(EXAMPLE_ID),
        version=3,
        set_by="0f3c1f8a9b2c",
        set_at="2025-01-31T09:30:00Z",
        policy=_POLICY,
        warnings=[{"code": "pack_unknown", "message": "access.0.packs: no pack 'travel' is installed."}],
    )

    bot_id: UUID | None
    version: int
    set_by: str | None
    set_at: datetime | None
    policy: PolicyBody
    warnings: tuple[AnswerWarning, ...]

    @classmethod
    def of(cls, bot_id: UUID | None, stored: PolicyVersion, warnings: tuple[AnswerWarning, ...]) -> Self:
        return cls(
            bot_id=bot_id,
            policy=PolicyBody.of(stored.policy),
            warnings=warnings,
            **stored.model_dump(include={"version", "set_by", "set_at"}),
        )
