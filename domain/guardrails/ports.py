"""What redaction needs from outside."""

from collections.abc import Sequence
from typing import Protocol

from domain.guardrails.redaction_patterns import Finding


class PiiDetector(Protocol):
    """Finds personal data that needs more than a pattern. Pure: the same text gives the same findings."""

    @property
    def version(self) -> str: ...

    def find(self, text: str) -> Sequence[Finding]:
        """Findings in ``text``, whose digits, dashes and spaces are plain; they may overlap each other."""
        ...
