"""What goes wrong for whoever typed a command: one sentence, never a traceback."""

from __future__ import annotations


class Trouble(Exception):
    """A command cannot go on. The message is one sentence for people; `status` is the exit
    status.
    """

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status
