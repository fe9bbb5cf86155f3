"""Two facts only a household knows: what the registry asks before it tells, and whether the answers
are right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sandbox.database import Row
from sandbox.households import VILLAGES, age_on
from sandbox.questions import Label, Question

ASKED = 2
YOUNGEST: Label = {
    "en": "In which year was your youngest child born?",
    "fr": "En quelle année est né votre plus jeune enfant ?",
    "ur": "سب سے چھوٹا بچہ کس سال پیدا ہوا؟",
    "sw": "Mtoto wako mdogo alizaliwa mwaka gani?",
    "ps": "ستاسو کشر ماشوم په کوم کال زېږېدلی؟",
    "ar": "في أي سنة ولد أصغر أطفالك؟",
    "ur_Latn": "Sab se chhota bacha kis saal paida hua?",
}
PEOPLE: Label = {
    "en": "How many people live in your house?",
    "fr": "Combien de personnes vivent chez vous ?",
    "ur": "گھر میں کتنے لوگ رہتے ہیں؟",
    "sw": "Watu wangapi wanaishi nyumbani?",
    "ps": "په کور کې څو کسان اوسېږي؟",
    "ar": "كم شخصا يعيش في بيتك؟",
    "ur_Latn": "Ghar mein kitne log rehte hain?",
}
VILLAGE: Label = {
    "en": "Which is your village?",
    "fr": "Quel est votre village ?",
    "ur": "آپ کا گاؤں کون سا ہے؟",
    "sw": "Kijiji chako ni kipi?",
    "ps": "ستاسو کلی کوم دی؟",
    "ar": "ما هي قريتك؟",
    "ur_Latn": "Aap ka gaon kaun sa hai?",
}


def asked(household: Row, members: Sequence[Row], today: date) -> list[tuple[Question, str]]:
    """At most two questions with their right answers.

    A birth on 1 January is what registries write when nobody knew the day: it is never asked.
    """
    found: list[tuple[Question, str]] = []
    youngest = max(date.fromisoformat(row["born"]) for row in members)
    if age_on(youngest, today) < 18 and (youngest.month, youngest.day) != (1, 1):
        years = Question("youngest", YOUNGEST, "number", today.year - 30, today.year)
        found.append((years, str(youngest.year)))
    found.append((Question("people", PEOPLE, "number", 1, 30), str(len(members))))
    if household["village"]:
        villages = Question("village", VILLAGE, "choice", choices=tuple(VILLAGES.items()))
        found.append((villages, household["village"]))
    return found[:ASKED]


def proved(facts: Sequence[tuple[Question, str]], answers: Mapping[str, str]) -> bool:
    """Whether every fact was asked for and every answer is right; one fact alone proves nothing."""
    right = {question.id: answer for question, answer in facts}
    return len(right) == ASKED and right == dict(answers)
