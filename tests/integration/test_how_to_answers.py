"""Parser, chunker, embedder and composer together, on the demonstration pack's own questions."""

import json
from pathlib import Path

import numpy as np
import pytest

from adapters.embedders.sentence_transformers import SentenceTransformersEmbedder
from adapters.parsers.registry import ParserRegistry
from domain.answers.composer import compose
from domain.answers.evidence import PassageExcerpt, SpanCosine
from domain.knowledge.chunking import ChunkOptions, chunk
from domain.knowledge.passage import Passage, Span

PACK = Path(__file__).parents[2] / "packs" / "product_support"
FOUND_PASSAGES = 8
LEAST_SHARE = 0.65
MINIMUM = 0.5


class Corpus:
    """The pack's documents in memory, searched by cosine alone."""

    def __init__(self, embedder: SentenceTransformersEmbedder) -> None:
        self._embedder = embedder
        self._entries: list[tuple[str, str, Passage, Span]] = []
        for path in sorted(PACK.glob("howto*/*.md")):
            document = ParserRegistry().parse(path, "text/markdown", path.name)
            for passage in chunk(document, ChunkOptions()).passages:
                self._entries += [(path.name, document.title or "", passage, span) for span in passage.spans]
        content = embedder.embed_spans_sync([entry[3].text for entry in self._entries])
        self._vectors = np.frombuffer(content, dtype="<f4").reshape(len(self._entries), -1)

    def search(self, question: str) -> tuple[list[str], list[PassageExcerpt]]:
        """Names of documents and excerpts, best first."""
        cosines = self._vectors @ np.array(self._embedder.embed_query_sync(question), dtype=np.float32)
        best: dict[tuple[str, int], int] = {}
        for entry in np.argsort(-cosines):
            name, _, passage, _ = self._entries[entry]
            best.setdefault((name, passage.ordinal), int(entry))
        names, excerpts = [], []
        for number, entry in enumerate(list(best.values())[:FOUND_PASSAGES], start=1):
            name, title, passage, _ = self._entries[entry]
            names.append(name)
            excerpts.append(
                PassageExcerpt(
                    number=number,
                    text=passage.text,
                    title=title,
                    section_heading=passage.section_heading,
                    cosines=tuple(
                        SpanCosine(span.start - passage.start, span.end - passage.start, float(cosine))
                        for (_, _, of, span), cosine in zip(self._entries, cosines, strict=True)
                        if of is passage
                    ),
                )
            )
        return names, excerpts


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(SentenceTransformersEmbedder())


def is_answered(corpus: Corpus, sample: dict[str, str]) -> bool:
    names, excerpts = corpus.search(sample["question"])
    found = compose(sample["question"], excerpts, MINIMUM)
    return (
        bool(found.answered)
        and sample["answer_contains"] in found.markdown
        and sample["document"] in [names[used.number - 1] for used in found.used]
    )


def test_most_sample_questions_are_answered_from_the_right_document(corpus: Corpus) -> None:
    samples = json.loads((PACK / "sample_questions.json").read_text(encoding="utf-8"))
    missed = [sample["question"] for sample in samples if not is_answered(corpus, sample)]
    assert len(missed) <= (1 - LEAST_SHARE) * len(samples), missed


@pytest.mark.parametrize(
    ("question", "document", "fragment"),
    [
        ("How do I rotate an API key?", "rotate-an-api-key.md", "Choose **Rotate key**"),
        ("How do I revoke an API key?", "rotate-an-api-key.md", "**Revoke permanently**"),
        ("How do I verify a webhook signature?", "configure-webhooks.md", "HMAC-SHA256"),
        ("How do I set up the sandbox?", "set-up-the-sandbox.md", "**Create sandbox**"),
    ],
)
def test_the_first_questions_of_a_newcomer_are_answered(
    corpus: Corpus, question: str, document: str, fragment: str
) -> None:
    assert is_answered(corpus, {"question": question, "document": document, "answer_contains": fragment})


@pytest.mark.parametrize("question", ["How do I bake a cake?", "What is the capital of France?"])
def test_questions_about_something_else_are_not_answered(corpus: Corpus, question: str) -> None:
    _, excerpts = corpus.search(question)
    assert not compose(question, excerpts, MINIMUM).answered
