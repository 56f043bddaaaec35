"""What a driver did that its part's datasheet forbids or leaves open."""

from __future__ import annotations


class Misuse(list[str]):
    """Sentences, each kept once however often it happens."""

    def tell(self, sentence: str) -> None:
        """Write down a misuse, unless it is known already."""
        if sentence not in self:
            self.append(sentence)

    def tell_if(self, wrong: bool, sentence: str) -> None:
        """The same where something is ``wrong``."""
        if wrong:
            self.tell(sentence)
