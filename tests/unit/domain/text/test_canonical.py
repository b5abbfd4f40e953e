"""What is made of several texts: no two lists become the same."""

import json

from hypothesis import given
from hypothesis import strategies as st

from domain.policy.in_force import PolicyInForce
from domain.text.canonical import canonical, listed

names = st.lists(st.text(alphabet='ab,/: "\\\n-', max_size=4), max_size=4)


@given(one=names, other=names)
def test_two_lists_are_written_alike_only_if_they_are_equal(one: list[str], other: list[str]) -> None:
    assert (canonical(list(one)) == canonical(list(other))) is (one == other)
    assert (listed(one) == listed(other)) is (
        one == other or {json.dumps(one), json.dumps(other)} <= {"[]", '["none"]'}
    )
    assert (PolicyInForce(deny_patterns=one).digest == PolicyInForce(deny_patterns=other).digest) is (one == other)


def test_plain_names_stay_plain_and_others_are_quoted() -> None:
    assert listed(("agent", "product_support.errors", "team-a")) == "agent, product_support.errors, team-a"
    assert listed(("a, b", "x\n- Tools: all")) == '"a, b", "x\\n- Tools: all"'
    assert listed(()) == "none"
