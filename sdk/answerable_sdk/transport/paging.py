"""Lists that come page by page."""

from collections.abc import Callable
from typing import Final, Protocol, TypeVar
from uuid import UUID

from answerable_sdk.transport.steps import Batch, Items, Steps

MAX_PAGE: Final = 200
"""The longest page that the server returns."""

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)


class Page(Protocol[Item_co]):
    """``next`` continues the list as ``after``; None: this page is the last."""

    @property
    def items(self) -> tuple[Item_co, ...]: ...
    @property
    def next(self) -> UUID | str | None: ...


def items_of_pages(fetch: Callable[[UUID | str | None], Steps[Page[Item]]]) -> Items[Item]:
    """The items of all pages; ``fetch`` gets a page by its ``after``."""
    after: UUID | str | None = None
    while True:
        page = yield from fetch(after)
        yield Batch(page.items)
        if page.next is None:
            return
        after = page.next
