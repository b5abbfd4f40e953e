"""Redaction of personal data and secrets in text that leaves the platform.

Patterns are deliberately strict where a false alarm would maim an answer (cards carry a Luhn check, IBANs their
mod-97 check) and eager where a miss would leak a secret. ``redact`` alone costs microseconds for a line and is what
logs, previews and the Temporal UI use; answers and tool results add what a detector found.
"""

from collections.abc import Sequence
from typing import Final

from domain.base import Value
from domain.guardrails.ports import PiiDetector
from domain.guardrails.redaction_patterns import Finding, find_by_pattern
from domain.policy.redaction_profile import STANDARD, Kind, RedactionProfile
from domain.text.plain import plain

VERSION: Final = "redaction-6"
PREVIEW_CHARACTERS: Final = 160
LOGGED_CHARACTERS: Final = 8_000
_LONGEST_LOOKED_AT: Final = 2_000
_MARGIN: Final = 1_000
# What is left beside a mark can look like a new finding. Rows of numbers without anything between them go on and on.
_MOST_ROUNDS: Final = 12
_GIVEN_UP: Final = "[withheld]"
_RANK: Final = {kind: rank for rank, kind in enumerate(Kind)}.get


class Redaction(Value):
    """Redacted text, and how often each kind was found."""

    text: str
    counts: dict[str, int]


def redact(text: str, profile: RedactionProfile = STANDARD, detector: PiiDetector | None = None) -> Redaction:
    """Replace every finding that the profile hides by ``[kind]``. Redacting twice changes nothing more.

    A text that shows new findings round after round is withheld as a whole: nobody writes one.
    """
    counts: dict[str, int] = {}
    for _ in range(_MOST_ROUNDS):
        findings = find(text, profile, detector)
        if not findings:
            return Redaction(text=text, counts=counts)
        for finding in findings:
            counts[finding.kind] = counts.get(finding.kind, 0) + 1
        text = _replaced(text, findings)
    return Redaction(text=_GIVEN_UP if find(text, profile, detector) else text, counts=counts)


def find(text: str, profile: RedactionProfile = STANDARD, detector: PiiDetector | None = None) -> tuple[Finding, ...]:
    """What the profile hides, in order and apart from each other, in characters of ``text``."""
    folded = plain(text)
    found = find_by_pattern(folded.text, strict=profile.is_strict)
    if detector is not None:
        found.extend(detector.find(folded.text))
    placed = [
        finding.model_copy(update=dict(zip(("start", "end"), folded.original(finding.start, finding.end), strict=True)))
        for finding in found
        if profile.hides(finding.kind)
    ]
    return _apart(placed)


def redacted_start(text: str, length: int, profile: RedactionProfile = STANDARD) -> str:
    """The first ``length`` characters of the text, redacted. What comes long after them is not looked at, so that a
    text of any length costs no more than a short one."""
    if len(text) <= length:
        return redact(text, profile).text
    cut = length
    for finding in find(text[: length + _MARGIN], profile):
        if finding.start < cut < finding.end:
            # Half of a secret would look like none.
            cut = finding.start
    return redact(text[:cut], profile).text.rstrip() + "…"


def redacted_preview(text: str, length: int = PREVIEW_CHARACTERS, profile: RedactionProfile = STANDARD) -> str:
    """The first ``length`` characters of the redacted text on one line, for lists, logs and audits."""
    flat = " ".join(redacted_start(text, _LONGEST_LOOKED_AT, profile).split())
    return flat if len(flat) <= length else flat[: length - 1].rstrip() + "…"


def _apart(findings: list[Finding]) -> tuple[Finding, ...]:
    """Findings that overlap become one, of the kind that matters most: nothing of either shows."""
    merged: list[Finding] = []
    for finding in sorted(findings, key=lambda each: (each.start, -each.end)):
        last = merged[-1] if merged else None
        if last is None or finding.start >= last.end:
            merged.append(finding)
            continue
        kind = min(last.kind, finding.kind, key=lambda each: _RANK(each) or 0)
        merged[-1] = Finding(kind=kind, start=last.start, end=max(last.end, finding.end))
    return tuple(merged)


def _replaced(text: str, findings: Sequence[Finding]) -> str:
    pieces, done = [], 0
    for finding in findings:
        pieces += [text[done : finding.start], f"[{finding.kind}]"]
        done = finding.end
    return "".join((*pieces, text[done:]))
