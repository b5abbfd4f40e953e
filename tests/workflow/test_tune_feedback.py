"""What was said of answers changes the order of passages, by a version that can be taken back, on both servers."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from activities.feedback.tuning import TuningActivities
from adapters.postgres.feedback import PostgresFeedback
from domain.audit.envelope import AuditKind
from domain.errors import DatabaseUnavailableError, NotFoundError
from domain.feedback.feedback import Feedback, Rating
from tests.fixtures.step_control import unavailable
from tests.fixtures.workflow_environment import Workbench
from tests.workflow.documents import KEYS, ROTATE


async def judged_answer(workbench: Workbench, rating: Rating) -> UUID:
    """Ask, judge the answer, and return the document that it cites."""
    turn = await (await workbench.ask(ROTATE)).result()
    feedback = Feedback(
        tenant_id=workbench.tenant.tenant_id,
        turn_id=turn.turn_id,
        principal_id="0123456789ab",
        rating=rating,
        given_at=datetime.now(UTC),
    )
    await PostgresFeedback(workbench.tenant.database).give(feedback, workbench.request("x").principal)
    return turn.answer.citations[0].document_id


async def test_a_bad_word_lowers_the_document_and_going_back_forgets_it(workbench: Workbench) -> None:
    await workbench.learn("keys.md", KEYS)
    document_id = await judged_answer(workbench, Rating.DOWN)
    store, tenant_id = PostgresFeedback(workbench.tenant.database), workbench.tenant.tenant_id
    tuning = await (await workbench.tune()).result()
    assert [(one.document_id, one.boost < 1) for one in tuning.boosts] == [(document_id, True)]
    assert set(await store.active_boosts(tenant_id)) == {document_id}
    await workbench.tune(activate=0)
    assert await store.active_boosts(tenant_id) == {}


async def test_a_run_that_is_repeated_makes_one_version(workbench: Workbench) -> None:
    workbench.control.fail(TuningActivities.learn_from_feedback, unavailable(DatabaseUnavailableError), times=1)
    await workbench.tune()
    versions = await PostgresFeedback(workbench.tenant.database).versions(workbench.tenant.tenant_id, 5)
    assert [one.version for one in versions] == [1]


async def test_an_unknown_version_is_an_error_of_its_own(workbench: Workbench) -> None:
    with pytest.raises(NotFoundError):
        await workbench.tune(activate=7)


async def test_the_history_says_who_changed_what(workbench: Workbench) -> None:
    handle = await workbench.tune()
    (changed,) = [one for one in await workbench.audit(handle) if one.kind is AuditKind.BOOSTS_CHANGED]
    assert changed.data["given"] == {"requested_by": "0123456789ab", "feedback": 0}
