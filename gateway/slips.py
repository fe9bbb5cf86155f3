"""How many slips of the finger lie between two words (Damerau-Levenshtein, optimal alignment)."""

from __future__ import annotations


def distance(one: str, other: str) -> int:
    """Letters left out, put in, changed, or swapped with their neighbour, to come from one to other.

    No letter is touched twice. Time and memory grow with the product of the lengths: for words.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, wanted in enumerate(other, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                least = min(least, last[j - 2] + 1)
            row.append(least)
    return row[-1]
