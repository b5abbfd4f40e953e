"""How-to answers: the right section, word for word, with citations."""

from pathlib import Path

import pytest

from domain.answers.extractive import HowTo, PassageExcerpt, compose_how_to

KEYS = """# Manage API keys

Keys identify services. Guard them well.

## Rotate a key

During the overlap both secrets work.

### In the console

1. Open **API keys** and select the key.
2. Choose **Rotate**, like this:

   ```sh
   nwr keys rotate
   ```
3. Copy the new secret.
4. Deploy it to every service.
5. Watch the **Last used** column.
6. End the overlap.

## Revoke a key

Revoking is final.

1. Select the key and choose **Revoke**.
2. Type its `name` to confirm,
   exactly as it is shown.
3. Choose **Revoke permanently**.

## Safety

- Never put a secret in a URL.
- Never send a secret by mail.
- Keep secrets in a manager.

## Frequently asked questions

### Who may rotate a key?

Owners and Admins may. A service may too when it holds the scope for it.
"""


def excerpt(text: str, number: int = 1, **changed: object) -> PassageExcerpt:
    values = {"number": number, "text": text, "span_start": 0, "span_end": 0, "score": 0.8, **changed}
    return PassageExcerpt.model_validate(values)


def answer(question: str, *passages: PassageExcerpt) -> HowTo:
    found = compose_how_to(question, passages or [excerpt(KEYS)])
    assert found is not None
    return found


def test_the_section_that_the_question_names_is_chosen_among_several() -> None:
    assert answer("How do I revoke an API key?").markdown == (
        "### How-to\n"
        "1. Select the key and choose **Revoke**. [1]\n"
        "2. Type its `name` to confirm,\n   exactly as it is shown. [1]\n"
        "3. Choose **Revoke permanently**. [1]"
    )


def test_steps_below_the_named_heading_are_found_and_the_first_five_kept() -> None:
    found = answer("How do I rotate an API key?")
    assert found.steps == 5
    assert found.used == (1,)
    assert "2. Choose **Rotate**, like this: [1]\n\n   ```sh\n   nwr keys rotate\n   ```\n3. Copy" in found.markdown
    assert "End the overlap" not in found.markdown


def test_bullets_are_taken_where_there_are_no_steps() -> None:
    assert answer("safety").markdown.splitlines()[1:] == [
        "- Never put a secret in a URL. [1]",
        "- Never send a secret by mail. [1]",
        "- Keep secrets in a manager. [1]",
    ]


def test_a_question_that_is_a_heading_gets_the_whole_answer_below_it_and_no_filling() -> None:
    found = answer("Who may rotate a key?")
    assert found.markdown.splitlines()[1:] == [
        "- Owners and Admins may. A service may too when it holds the scope for it. [1]"
    ]


def test_prose_gives_the_sentences_that_take_up_most_of_the_question_in_their_order() -> None:
    text = (
        "The office is open on weekdays. Parking for visitors is behind the house. "
        "Visitors ask for a parking permit at the desk. The permit lies behind the windscreen. "
        "Bread is baked every morning. A parking permit is valid for one day."
    )
    assert answer("How do visitors get a parking permit?", excerpt(text)).markdown.splitlines()[1:] == [
        "- Parking for visitors is behind the house. [1]",
        "- Visitors ask for a parking permit at the desk. [1]",
        "- A parking permit is valid for one day. [1]",
    ]


def test_a_thin_passage_is_helped_out_by_the_next_with_its_own_marker() -> None:
    first = excerpt("Some words on travel. A visa for Norway is issued by the embassy.", 1)
    second = excerpt("Tea is served in the hall all day. Apply for a Norway visa six weeks ahead.", 2)
    found = answer("How do I get a visa for Norway?", first, second)
    assert found.used in ((1, 2), (2, 1))
    assert "embassy. [1]" in found.markdown
    assert "Apply for a Norway visa six weeks ahead. [2]" in found.markdown
    assert "Tea" not in found.markdown


def test_overlapping_passages_are_not_quoted_twice() -> None:
    text = "## Ship a parcel\n\n1. Weigh the parcel.\n2. Print the label."
    found = answer("How do I ship a parcel?", excerpt(text, 1), excerpt("Intro words.\n\n" + text, 2))
    assert (found.markdown.count("Weigh"), found.used) == (1, (1,))


def test_the_passage_that_fits_is_taken_even_when_another_stands_first() -> None:
    other = "# Webhooks\n\n1. Add an endpoint.\n2. Copy the secret.\n3. Send a test."
    found = answer("How do I revoke an API key?", excerpt(other, 1), excerpt(KEYS, 2))
    assert found.used == (2,)
    assert "[1]" in found.markdown
    assert "[2]" not in found.markdown


def test_the_best_span_decides_between_sections_that_fit_alike() -> None:
    text = "## Start the pump\n\n1. Turn A.\n2. Turn B.\n3. Turn C.\n\n"
    text += "## Start the pump\n\n1. Push A.\n2. Push B.\n3. Push C."
    second = text.rindex("## Start")
    found = answer("How do I start the pump?", excerpt(text, span_start=second, span_end=second + 30, similarity=0.6))
    assert "Push A" in found.markdown


def test_title_and_heading_path_give_meaning_to_a_passage_from_the_middle() -> None:
    text = "1. Open the page.\n2. Choose **Rotate**.\n3. Confirm it."
    assert compose_how_to("How do I renew a passport?", [excerpt(text)]) is None
    found = answer("How do I renew a passport?", excerpt(text, title="Passports", section_heading="Passports > Renew"))
    assert found.steps == 3


def test_a_likely_span_is_quoted_even_without_a_common_word() -> None:
    text = "## Swap credentials\n\n1. Ask for new ones.\n2. Install them.\n3. Drop the old."
    close = excerpt(text, span_end=len(text), similarity=0.7)
    assert answer("How do I renew passwords?", close).steps == 3
    assert compose_how_to("How do I renew passwords?", [excerpt(text, span_end=len(text), similarity=0.3)]) is None


def test_a_section_that_shares_a_third_of_the_question_answers_it_only_where_the_meaning_is_near() -> None:
    text = "## Change the plan\n\n1. Choose a plan.\n2. Check the preview.\n3. Confirm it."
    question = "How do I change my postal address?"
    assert compose_how_to(question, [excerpt(text, span_end=len(text), similarity=0.3)]) is None
    assert answer(question, excerpt(text, span_end=len(text), similarity=0.5)).steps == 3


@pytest.mark.parametrize("question", ["How do I bake bread?", "", "How do I?", "What is the capital of France?"])
def test_nothing_relevant_gives_no_answer(question: str) -> None:
    assert compose_how_to(question, [excerpt(KEYS)]) is None


def test_no_passages_give_no_answer() -> None:
    assert compose_how_to("How do I revoke a key?", []) is None


def test_the_same_question_gives_the_same_answer() -> None:
    assert answer("rotate key") == answer("rotate key")


def test_a_definition_is_preferred_where_one_is_asked_for() -> None:
    text = "## Reset\n\nThe sandbox clock goes back.\n\n## About\n\nThe sandbox is a separate copy of the system."
    assert "separate copy" in answer("What is the sandbox?", excerpt(text)).markdown.splitlines()[1]


def test_every_quoted_line_of_the_demonstration_documents_stands_in_its_document() -> None:
    folder = Path(__file__).parents[4] / "packs" / "product_support" / "howto"
    for document in sorted(folder.glob("*.md")):
        text = document.read_text(encoding="utf-8")
        heading = next(line for line in text.splitlines() if line.startswith("## ")).removeprefix("## ")
        found = answer(f"How do I {heading}?", excerpt(text))
        for line in found.markdown.split("\n")[1:]:
            quoted = line.removesuffix(" [1]").lstrip("-0123456789. ")
            assert " ".join(quoted.split()) in " ".join(text.split())
