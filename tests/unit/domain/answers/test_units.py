"""Reading passages into units that can be quoted, each with what it is about."""

import pytest

from domain.answers.units import MAX_UNITS, Unit, read_sections


def units(text: str) -> list[Unit]:
    return [unit for section in read_sections(text) for unit in section.units]


def test_a_row_has_the_headers_of_its_cells_and_the_sentence_before_its_table() -> None:
    (only,) = units("What a seat costs:\n\n| Plan | Price |\n|---|---|\n| Team | 12 euros |")
    assert only.lead == "What a seat costs:"
    assert [(cell.header, cell.text) for cell in only.cells] == [("Plan", "Team"), ("Price", "12 euros")]


@pytest.mark.parametrize("first", ["", "Shift"])
def test_a_header_of_two_rows_is_one(first: str) -> None:
    (row,) = units(f"| Shift | Pay | Pay |\n|---|---|---|\n| {first} | Weekday | Sunday |\n| Night | 22.00 | 31.50 |")
    assert [cell.header for cell in row.cells][1:] == ["Pay Weekday", "Pay Sunday"]


@pytest.mark.parametrize(
    "text",
    [
        "### Can I cancel?\nYes, until noon of the day before.",
        "**Can I cancel?**\nYes, until noon of the day before.",
        "Q: Can I cancel?\nA: Yes, until noon of the day before.",
        "Frage: Can I cancel?\nAntwort: Yes, until noon of the day before.",
    ],
    ids=["heading", "bold", "Q and A", "German"],
)
def test_a_question_is_the_heading_of_its_answer(text: str) -> None:
    (section,) = [one for one in read_sections(text) if one.units]
    assert section.headings[-1] == "Can I cancel?"
    assert [unit.text for unit in section.units] == ["Yes, until noon of the day before."]


def test_a_question_within_a_paragraph_leads_the_sentences_after_it() -> None:
    (answer,) = units("Can I bring my dog to the office? Only on Fridays, and on a lead.")
    assert (answer.text, answer.lead) == ("Only on Fridays, and on a lead.", "Can I bring my dog to the office?")


def test_code_has_the_sentence_that_says_what_it_is_for() -> None:
    *_, code = units("Install the package of your system.\n\n```\napt install ring\n```")
    assert (code.kind, code.lead) == ("code", "Install the package of your system.")
    assert code.text == "```\napt install ring\n```"


def test_items_of_a_list_have_its_lead_and_one_group() -> None:
    items = units("You need:\n\n- a passport\n- a photo\n\n1. Go there.\n2. Pay.")
    assert [(item.kind, item.lead) for item in items[:2]] == [("bullet", "You need:")] * 2
    assert [item.kind for item in items[2:]] == ["step", "step"]
    assert len({item.group for item in items}) == 2


def test_offsets_point_into_the_passage() -> None:
    text = "## Keys\n\nA key  opens\nthe door. It is made of steel.\n\n1. Turn it.\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    for unit in units(text):
        assert " ".join(text[unit.start : unit.end].split()) == " ".join(unit.text.split())


def test_what_is_read_of_a_passage_is_bounded() -> None:
    assert len(units("- a\n" * 3_000)) == MAX_UNITS
