"""The local reranker on token vectors that are made by hand: each word has a direction of its own."""

import asyncio
import zlib
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import numpy as np
import pytest

from adapters.embedders.tokens import TokenReading, weighted_similarities
from adapters.rerankers.local import LocalReranker
from domain.search.errors import RerankerUnavailableError
from domain.search.reranking import RerankCandidate, RerankFault
from tests.fixtures.passages import found_passage

SIZE = 64


def vector(word: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    made = np.random.default_rng(zlib.crc32(word.casefold().encode())).normal(size=SIZE).astype(np.float32)
    return made / np.linalg.norm(made)


def reading(text: str) -> TokenReading:
    words = text.split() or ["nothing"]
    rows = np.stack([vector(word) for word in words])
    whole = rows.sum(axis=0)
    return TokenReading(
        tokens=rows.astype(np.float16),
        weights=np.array([float(len(word)) for word in words], np.float32),
        whole=whole / np.linalg.norm(whole),
    )


class WordReader:
    """Remembers what it read; each reading of passages waits for ``gate``."""

    model = "words"

    def __init__(self) -> None:
        self.read: list[str] = []
        self.arrived: asyncio.Queue[str] = asyncio.Queue()
        self.gate = asyncio.Event()
        self.gate.set()

    async def read_tokens(self, texts: Sequence[str]) -> list[TokenReading]:
        await self.gate.wait()
        self.read += texts
        for text in texts:
            self.arrived.put_nowait(text)
        return [reading(text) for text in texts]


def candidate(number: int, text: str, fused: float = 0.5) -> RerankCandidate:
    identity = UUID(int=number)
    passage = found_passage(
        passage_id=identity, document_id=identity, text_sha256=str(number), title="", end=len(text), fused=fused
    )
    return RerankCandidate(passage, text)


def unhurried(reader: WordReader) -> LocalReranker:
    """A reranker without a bound of time, so that scores do not depend on how busy the machine is."""
    return LocalReranker(reader, seconds=None)


async def scores_in_the_end(reranker: LocalReranker, candidates: Sequence[RerankCandidate]) -> tuple[float, ...]:
    """Asked until the time suffices, which on a busy machine it may not at first."""
    while True:
        with suppress(RerankerUnavailableError):
            return await reranker.rerank(QUESTION, candidates)


QUESTION = "rotate signing secret"
NEAR, FAR = "please rotate the signing secret now", "invoices list every monthly delivery with its price"


async def test_of_passages_that_were_ranked_alike_the_nearer_one_wins() -> None:
    scores = await unhurried(WordReader()).rerank(QUESTION, [candidate(1, FAR), candidate(2, NEAR)])
    assert 0 < scores[0] < scores[1] < 1


async def test_the_fused_score_counts_too() -> None:
    same = [candidate(1, NEAR, 0.5), candidate(2, NEAR, 0.9)]
    scores = await unhurried(WordReader()).rerank(QUESTION, same)
    assert scores[0] < scores[1]


async def test_one_candidate_or_none_is_no_error() -> None:
    reranker = unhurried(WordReader())
    assert await reranker.rerank(QUESTION, []) == ()
    assert await reranker.rerank(QUESTION, [candidate(1, NEAR)]) == (0.5,)


@pytest.mark.parametrize("question", ["", "?", "rotate"])
async def test_a_question_of_few_words_is_no_error(question: str) -> None:
    scores = await unhurried(WordReader()).rerank(question, [candidate(1, FAR), candidate(2, "")])
    assert all(0 < score < 1 for score in scores)


async def test_a_passage_is_read_once() -> None:
    reader = WordReader()
    reranker = unhurried(reader)
    for _ in range(3):
        await reranker.rerank(QUESTION, [candidate(1, NEAR)])
    assert [text.strip() for text in reader.read].count(NEAR) == 1


async def test_when_the_time_is_up_it_says_so_and_keeps_what_it_read() -> None:
    reader = WordReader()
    reader.gate.clear()
    reranker = LocalReranker(reader, seconds=0.05)
    with pytest.raises(RerankerUnavailableError) as caught:
        await reranker.rerank(QUESTION, [candidate(1, NEAR)])
    assert caught.value.fault is RerankFault.TIMEOUT
    reader.gate.set()
    assert len(await scores_in_the_end(reranker, [candidate(1, NEAR)])) == 1
    await reranker.close()


async def test_what_the_time_was_too_short_for_is_read_afterwards() -> None:
    reader = WordReader()
    reader.gate.clear()
    reranker = LocalReranker(reader, seconds=0.05)
    several = [candidate(1, NEAR), candidate(2, FAR)]
    with pytest.raises(RerankerUnavailableError):
        await reranker.rerank(QUESTION, several)
    reader.gate.set()
    for _ in several:
        await reader.arrived.get()
    await scores_in_the_end(reranker, several)
    assert sorted(text.strip() for text in reader.read if text != QUESTION) == sorted([NEAR, FAR])
    await reranker.close()


async def test_closing_ends_the_reading() -> None:
    reader = WordReader()
    reader.gate.clear()
    reranker = LocalReranker(reader, seconds=0.01)
    with pytest.raises(RerankerUnavailableError):
        await reranker.rerank(QUESTION, [candidate(1, NEAR)])
    await reranker.close()
    reader.gate.set()
    await asyncio.sleep(0)
    assert reader.read == []


async def test_long_passages_are_read_in_pieces_below_their_title() -> None:
    reader = WordReader()
    long = candidate(1, " ".join(f"word{number}." for number in range(600)))
    titled = RerankCandidate(long.passage.model_copy(update={"title": "Guide", "section_heading": "Keys"}), long.text)
    await unhurried(reader).rerank(QUESTION, [titled])
    pieces = reader.read[1:]
    assert len(pieces) > 3
    assert all(piece.startswith("Guide\nKeys\n") and len(piece) < 1000 for piece in pieces)


def test_rare_words_of_the_question_weigh_more() -> None:
    asked = TokenReading(
        np.stack([vector("the"), vector("quark")]).astype(np.float16), np.array([1.0, 9.0], np.float32), vector("q")
    )
    texts = [reading(word).tokens for word in ("quark", "the")]
    rare, common = weighted_similarities(asked, texts)
    assert rare > 0.85 > common


def test_texts_of_any_length_are_compared_together() -> None:
    texts = ["secret", "please rotate the signing secret", ""]
    tokens = [reading(text).tokens if text else np.zeros((0, SIZE), np.float16) for text in texts]
    together = weighted_similarities(reading(QUESTION), tokens)
    alone = [float(weighted_similarities(reading(QUESTION), [one])[0]) for one in tokens]
    assert together == pytest.approx(alone, abs=1e-3)
    assert together[1] == pytest.approx(1.0, abs=1e-2)
    assert together[2] == 0.0
