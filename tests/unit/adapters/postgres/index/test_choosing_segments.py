"""Which segments are worth merging."""

from adapters.postgres.index.upkeep import MAX_SEGMENTS, Segment, choose_segments

_STAFF, _CUSTOMERS = ("internal", "english-1"), ("external", "english-1")


def segment(number: int, size: int, audience: tuple[str, ...] = _STAFF, dead: int = 0, holds_dead: int = 0) -> Segment:
    return Segment(number, audience, size, dead, holds_dead)


def test_a_few_segments_are_left_alone() -> None:
    assert choose_segments([segment(n, 50) for n in range(MAX_SEGMENTS)]) == []


def test_many_small_ones_become_one_and_a_large_one_stays_out_of_it() -> None:
    small, large = [segment(n, 50) for n in range(MAX_SEGMENTS)], segment(99, 15_000)
    assert sorted(choose_segments([large, *small])) == list(range(MAX_SEGMENTS))


def test_segments_of_different_audiences_are_never_merged() -> None:
    mixed = [segment(n, 50, _STAFF if n % 2 else _CUSTOMERS) for n in range(MAX_SEGMENTS + 2)]
    assert choose_segments(mixed) == []
    more = [segment(100 + n, 50) for n in range(MAX_SEGMENTS)]
    assert {n % 2 for n in choose_segments([*mixed, *more]) if n < 100} == {1}


def test_full_segments_are_left_alone_however_many() -> None:
    assert choose_segments([segment(n, 20_000) for n in range(40)]) == []


def test_what_took_passages_away_is_merged_with_the_segment_that_held_them() -> None:
    full = segment(1, 20_000, holds_dead=6_000)
    takers = [segment(10 + n, 0, dead=1_000) for n in range(6)]
    assert sorted(choose_segments([full, segment(2, 3_000), *takers])) == [1, *range(10, 16)]
    assert choose_segments([full, *takers[:3]]) == []


def test_merging_again_and_again_comes_to_an_end() -> None:
    segments = [segment(n, 50) for n in range(2_000)]
    for number in range(10_000, 20_000):
        chosen = set(choose_segments(segments))
        if not chosen:
            break
        size = sum(one.size for one in segments if one.segment_id in chosen)
        segments = [*(one for one in segments if one.segment_id not in chosen), segment(number, size)]
    assert len(segments) <= MAX_SEGMENTS
    assert sum(one.size for one in segments) == 100_000
