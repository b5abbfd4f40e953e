"""A denied text is found in the spellings that POLICY.md promises, and ordinary text is not taken for one."""

import pytest

from domain.policy.deny_list import DenyList, Pattern

WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
ONE_WORD = (
    *("payroll", "PAYROLL", "PayRolls", "PaYrOlL", "payRoll", "#payroll", "@payroll", "my_payroll_2026", "payroll2026"),
    *("pay-roll", "pay_roll", "pay.roll", "pay/roll", "pay roll", "pay+roll", "pay'roll", "(pay)roll", "{{pay}}roll"),
    *("p a y r o l l", "p-a-y-r-o-l-l", "p.a.y.r.o.l.l", "p_a_y_r_o_l_l", "p*a*y*r*o*l*l", '"pay" "roll"'),
    *("pay\nroll", "pay-\nroll", "pay\r\n  roll", "pay\troll", "pay\u00b7roll", "pay\u2022roll", "pay\u2014roll"),
    *("**pay**roll", "pay**roll**", "_pay_roll", "~~pay~~roll", "`pay`roll", "pay||roll||", "pay\\_roll", "pay\\-roll"),
    *("<b>pay</b>roll", "pay<br>roll", "pay<!-- x -->roll", "[pay](x)roll", "[pay][1]roll", "pay\x1b[0mroll"),
    *("pay&#114;oll", "p&#x61;yroll", "pay&shy;roll", "pay%72oll", "%70%61%79%72%6f%6c%6c"),
    *("pay%2572oll", "\\u0070ayroll", "pay\\x72oll"),
    *("pay\u00adroll", "pay\u200broll", "pay\u3164roll", "pay\uffa0roll", "pay\u115froll", "pay\u2800roll"),
    *("pay\u180eroll", "pay\u2062roll", "pay\u202eroll", "pay\u200b\u200c\u200droll", "pay\x00roll"),
    *("p\u0430yr\u043ell", "p\u0430yroll\u2019s", "pa\u0301yroll", "p\u0336a\u0336y\u0336r\u0336o\u0336l\u0336l\u0336"),
    *("payroll".translate(WIDE), "pay-roll".translate(WIDE), "\u24df\u24d0\u24e8\u24e1\u24de\u24db\u24db"),
    *("".join(chr(0x1D5BA + ord(letter) - 97) for letter in "payroll"),),
    *("".join(chr(base + ord(letter) - 97) for letter in "payroll") for base in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)),
    *("\u1d18\u1d00\u028f\u0280\u1d0f\u029f\u029f", "payroII", "payr0ll", "p4yroll", "p@yroll", "payro11"),
)
TWO_WORDS = (
    *("project falcon", "project-falcon", "project_falcon", "projectfalcon", "ProjectFalcon", "project.falcon"),
    *("project/falcon", "project\nfalcon", "project, falcon", "Project: Falcon", "project \u2013 falcon"),
    *("project\u3164falcon", "project\u00a0falcon", "project\u2028falcon", "project%20falcon", "project+falcon"),
    *("project&nbsp;falcon", "**Project** Falcon", "<b>Project</b><i>Falcon</i>", "| project | falcon |"),
    *("pro-ject fal-con", "p r o j e c t f a l c o n", "proj\u00adect falcon", "Pr0ject F4lcon"),
    *("falcon project", "falcon-project", "Falcon (the project)", "the falcon's project", "projects of falcon"),
    *("project called falcon", 'project "Falcon"', "project the falcon"),
)


def denies(pattern: str, text: str, *, is_glob: bool = False) -> bool:
    return DenyList([Pattern("rule", pattern, is_glob)]).first_match(text) is not None


@pytest.mark.parametrize("spelling", ONE_WORD)
def test_a_denied_word_is_found(spelling: str) -> None:
    assert denies("payroll", f"Tell me about {spelling} please")


@pytest.mark.parametrize("spelling", TWO_WORDS)
def test_denied_words_are_found_in_any_order_and_with_anything_between_them(spelling: str) -> None:
    assert denies("project falcon", f"Tell me about {spelling} please")


@pytest.mark.parametrize("spelling", ["project_falcon", "falcon project", "PROJECT-FALCON"])
def test_a_pattern_may_be_spelled_in_other_ways_too(spelling: str) -> None:
    assert denies(spelling, "what is project falcon?")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("pill", "a road up ill-made steps"),
        ("topic", "add to picture"),
        ("therapy", "the rap youth"),
        ("project falcon", "The project ended. Years later and far away from everything somebody saw a falcon."),
        ("net income", "We met in the net, and came late"),
        ("the value", "value of the thing, and not for the valuable"),
        ("c++", "vitamin c and c-sharp"),
        ("what?", "what is it"),
        ("assign", "as signed by us"),
        ("\u0915\u093f\u0924\u093e\u092c", "\u0915\u0924\u092c"),
        ("sch\u00f6n", "das ist s-c-h-o-n da"),
    ],
)
def test_ordinary_text_is_not_taken_for_a_spelling(pattern: str, text: str) -> None:
    assert not denies(pattern, text)


def test_scripts_without_spaces_have_no_beginnings_of_words() -> None:
    assert denies("\u5de5\u8d44\u5355\u636e", "\u8bf7\u7ed9\u6211\u5de5-\u8d44-\u5355 \u636e\u5427")


@pytest.mark.parametrize(
    "text", ["salary-of-the-board", "sal\u00adary of the board", "<i>salary</i> of_board", "sala-ry of board"]
)
def test_a_glob_is_found_through_separators_and_markup(text: str) -> None:
    assert denies("salar* of*board", text, is_glob=True)


def test_decoys_that_are_no_reading_hide_nothing() -> None:
    assert denies("payroll", "xpay roll " * 500 + "pay-roll")


def test_the_first_rule_that_any_of_several_texts_breaks_is_named() -> None:
    denied = DenyList([Pattern("one", "payroll"), Pattern("two", "falcon")])
    assert denied.first_match_in(["Rotate the key", "", "f-a-l-c-o-n"]) == "two"
    assert denied.first_match_in(["Rotate the key", ""]) is None
