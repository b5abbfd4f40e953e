"""Terms with their definitions and summaries with their details: a question is kept together with its answer."""


class NamedText:
    """The lines of a name and of what is said of it, which become one paragraph."""

    def __init__(self) -> None:
        self.is_name = False
        self._lines: list[str] = []
        self._is_answered = False

    @property
    def takes_words(self) -> bool:
        return self.is_name or bool(self._lines)

    @property
    def is_complete(self) -> bool:
        """Whether the next name begins another paragraph; several terms may have one definition."""
        return self._is_answered

    def add(self, words: str) -> None:
        """In bold what is named, so that readers of the text can tell it from what is said of it."""
        self._lines.append(f"**{' '.join(words.split())}**" if self.is_name else words)
        self._is_answered = not self.is_name

    def taken(self) -> str:
        """The paragraph; then there is none."""
        lines, self._lines, self._is_answered = self._lines, [], False
        return "\n".join(lines)
