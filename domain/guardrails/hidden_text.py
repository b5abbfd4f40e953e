"""What of a text is hidden, as places in it, for texts that do not travel with the decision.

The text of a passage never stands in a history. What a profile hides of it does, by its offsets, so that whoever reads
the text by its id shows it without that.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from domain.base import Value
from domain.guardrails.ports import PiiDetector
from domain.guardrails.redaction import find
from domain.guardrails.redaction_patterns import Finding
from domain.policy.redaction_profile import RedactionProfile

_MAX_ROUNDS: Final = 12
_GIVEN_UP: Final = "withheld"


class HiddenSpan(Value):
    """Characters ``start`` to ``end`` of a text, which show as ``[kind]``."""

    start: int
    end: int
    kind: str


def hidden_spans(text: str, profile: RedactionProfile, detector: PiiDetector | None = None) -> tuple[HiddenSpan, ...]:
    """What ``redaction.redact`` would replace, in order and apart from each other. Without it, nothing is found that
    the profile hides: what is left beside a mark can look like a new finding, and is hidden too.

    A text that shows new findings round after round is hidden as a whole.
    """
    spans: tuple[HiddenSpan, ...] = ()
    for _ in range(_MAX_ROUNDS):
        shown = without(text, spans)
        found = find(shown, profile, detector)
        if not found:
            return spans
        spans = _with([_placed(one, spans) for one in found], spans)
    return (HiddenSpan(start=0, end=len(text), kind=_GIVEN_UP),)


def without(text: str, spans: Iterable[HiddenSpan]) -> str:
    """The text as it is shown."""
    pieces, done = [], 0
    for span in spans:
        pieces += [text[done : span.start], f"[{span.kind}]"]
        done = span.end
    return "".join((*pieces, text[done:]))


def shown_place(start: int, end: int, spans: Sequence[HiddenSpan]) -> tuple[int, int]:
    """Where characters ``start`` to ``end`` of a text are in it as it is shown; a mark that they touch is part of
    it as a whole."""
    return _shown(start, spans, is_end=False), _shown(end, spans, is_end=True)


def _shown(position: int, spans: Sequence[HiddenSpan], *, is_end: bool) -> int:
    shift = 0
    for span in spans:
        mark = len(span.kind) + 2
        if position <= span.start:
            break
        if position < span.end:
            return span.start - shift + (mark if is_end else 0)
        shift += span.end - span.start - mark
    return position - shift


def _placed(finding: Finding, spans: Sequence[HiddenSpan]) -> HiddenSpan:
    """A finding in the shown text, in characters of the whole one; a mark that it touches is taken in with it."""
    start = _original(finding.start, spans, is_end=False)
    end = _original(finding.end, spans, is_end=True)
    return HiddenSpan(start=start, end=end, kind=finding.kind)


def _original(position: int, spans: Sequence[HiddenSpan], *, is_end: bool) -> int:
    shift = 0
    for span in spans:
        mark_start = span.start - shift
        mark_end = mark_start + len(span.kind) + 2
        if position <= mark_start:
            break
        if position < mark_end:
            return span.end if is_end else span.start
        shift += span.end - span.start - (mark_end - mark_start)
    return position + shift


def _with(found: Sequence[HiddenSpan], spans: Sequence[HiddenSpan]) -> tuple[HiddenSpan, ...]:
    kept = [old for old in spans if not any(new.start <= old.start and old.end <= new.end for new in found)]
    return tuple(sorted((*kept, *found), key=lambda span: span.start))
