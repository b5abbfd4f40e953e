"""Which of a bot's packs are searched."""

from uuid import UUID

from domain.bots.bot import Bot
from domain.knowledge.dataset import Dataset
from domain.packs.pack import PackSummary
from domain.questions.routing import route

TENANT = UUID(int=1)
DATASETS = tuple(
    Dataset(dataset_id=UUID(int=10 + number), tenant_id=TENANT, pack_id=pack, name=pack)
    for number, pack in enumerate(("billing", "support", "support"))
)
PACKS = tuple(
    PackSummary(pack_id=pack, display_name=pack, description=pack, routing_keywords=keywords, digest="d")
    for pack, keywords in (("billing", ("invoice", "Refund")), ("support", ("api",)), ("travel", ("hotel",)))
)


def test_a_hint_decides_alone() -> None:
    chosen = route("refund an invoice", DATASETS, PACKS, "support")
    assert (chosen.pack_ids, chosen.reason) == (("support",), "hint")


def test_a_hint_at_a_pack_that_the_bot_lacks_selects_nothing() -> None:
    assert route("refund", DATASETS, PACKS, "travel").pack_ids == ()


def test_a_keyword_singles_its_pack_out_in_any_case() -> None:
    chosen = route("REFUND, please", DATASETS, PACKS, None)
    assert (chosen.pack_ids, chosen.reason) == (("billing",), "keywords")


def test_a_keyword_is_a_whole_word() -> None:
    assert route("prerefunded apiary", DATASETS, PACKS, None).reason == "all"


def test_a_keyword_of_several_words_counts_where_they_stand_together() -> None:
    packs = (*PACKS[:1], PACKS[1].model_copy(update={"routing_keywords": ("sandbox mode",)}))
    assert route("Enter Sandbox  Mode!", DATASETS, packs, None).pack_ids == ("support",)
    assert route("the mode of the sandbox", DATASETS, packs, None).reason == "all"


def test_when_no_pack_stands_out_all_of_the_bots_are_searched() -> None:
    for message in ("something else", "refund by api", "hotel"):
        chosen = route(message, DATASETS, PACKS, None)
        assert (chosen.pack_ids, chosen.reason) == (("billing", "support"), "all")


def test_a_bot_without_datasets_searches_nothing() -> None:
    assert route("refund", (), PACKS, None).pack_ids == ()


def test_a_bot_names_each_of_its_packs_once() -> None:
    bot = Bot(bot_id=UUID(int=2), tenant_id=TENANT, name="b", version=1, datasets=DATASETS)
    assert bot.pack_ids == ("billing", "support")
