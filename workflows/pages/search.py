"""What a support person reads of a search in the Temporal UI."""

from typing import Final

from activities.search.searching import SearchFound
from domain.search.retrieval import RetrievedPassage
from workflows.pages.text import shown

_SHOWN_PASSAGES: Final = 10
_TITLE_CHARACTERS: Final = 80


def found_page(found: SearchFound) -> str:
    """Markdown: how much was found, by which way, what went otherwise than wanted, and the first passages."""
    if not found.admission.admitted:
        return f"**Refused** by the rule `{found.admission.rule_id}`: nothing was searched."
    passages = [_line(place, passage) for place, passage in enumerate(found.passages[:_SHOWN_PASSAGES], start=1)]
    head = (
        f"**{len(found.passages) or 'No'} passages** by a {found.mode} search, confidence {found.confidence:.2f}, "
        f"reranked by {found.rerank.used}."
    )
    warnings = [warning.message for warning in found.told]
    return "\n\n".join(filter(None, (head, " ".join(warnings), "\n".join(passages))))


def _line(place: int, passage: RetrievedPassage) -> str:
    title = shown(passage.title, _TITLE_CHARACTERS)
    return f"{place}. {title}, score {passage.scores.boosted:.2f}: DocumentId `{passage.document_id}`"
