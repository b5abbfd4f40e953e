"""The report: everything that a reader needs to see why an answer was missed, and nothing that a browser would run."""

from pathlib import Path

from eval.golden_report import write_report
from eval.judging import judge
from eval.replies import Unanswered
from eval.scores import score
from tests.unit.eval.golden_samples import TRACE, case, reply

UI = f"http://127.0.0.1:8233/namespaces/default/workflows/turn%2Ftenant%2F{TRACE}"


def page(folder: Path, *verdicts: object) -> str:
    judged = list(verdicts)
    return write_report(folder / "made", score(judged), judged, "a test").read_text(encoding="utf-8")  # type: ignore[arg-type]


def test_a_missed_answer_is_shown_with_what_was_expected_and_how_it_came_about(tmp_path: Path) -> None:
    wrong = judge("howto", case(why="it tries this"), reply(intents=("how_to",), ui_url=UI))
    html = page(tmp_path, wrong, judge("howto", case(id="other-case"), reply()))
    for wanted in (
        "1 of 2 passed",
        "howto / sample-case",
        "How, and how many?",
        "it tries this",
        "how_to, stats",
        "Press Rotate. [1]",
        "https://docs.example/keys",
        "howto/keys.md, score 0.9",
        "shop.errors",
        "reranker_degraded",
        "request_received → response_returned",
        TRACE,
        f'<a href="{UI}">',
    ):
        assert wanted in html
    assert html.index("howto / sample-case") < html.index("What passed") < html.index("howto / other-case")


def test_texts_of_cases_and_answers_are_never_markup(tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>"
    citation = reply().citations[0].model_copy(update={"url": f"javascript:{bad}", "title": bad})
    html = page(tmp_path, judge("howto", case(question=bad), reply(text=bad, citations=(citation,))))
    assert bad not in html
    assert "javascript:" not in html
    assert "&lt;script&gt;" in html


def test_a_question_without_an_answer_says_why(tmp_path: Path) -> None:
    html = page(tmp_path, judge("howto", case(), Unanswered(why="it broke")))
    assert "There was no answer: it broke" in html
