"""Which kinds of findings a bot hides."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Literal

from domain.base import Value


class Kind(StrEnum):
    """What can be hidden; a finding of it becomes ``[kind]``."""

    SECRET = "secret"  # noqa: S105 - the name of a kind
    EMAIL = "email"
    IBAN = "iban"
    CARD = "card"
    NATIONAL_ID = "national_id"
    PHONE = "phone"
    IP = "ip"
    LONG_ID = "long_id"


class RedactionProfile(Value):
    """``standard`` hides every kind, and of IP addresses and identifiers what leads to somebody; ``strict`` hides all
    addresses and identifiers, private and random ones too; ``off`` hides nothing but secrets. ``keep`` takes kinds out
    of it; a secret is never kept.
    """

    name: Literal["standard", "strict", "off"] = "standard"
    keep: tuple[Kind, ...] = ()

    def hides(self, kind: Kind) -> bool:
        if kind is Kind.SECRET:
            return True
        return self.name != "off" and kind not in self.keep

    @property
    def is_strict(self) -> bool:
        return self.name == "strict"


STANDARD: Final = RedactionProfile()


def strictest(profiles: Sequence[RedactionProfile]) -> RedactionProfile:
    """The profile that hides what any of them hides; the standard one of none."""
    if not profiles:
        return STANDARD
    if all(profile.name == "off" for profile in profiles):
        return RedactionProfile(name="off")
    kept = tuple(kind for kind in Kind if not any(profile.hides(kind) for profile in profiles))
    return RedactionProfile(name="strict" if any(profile.is_strict for profile in profiles) else "standard", keep=kept)
