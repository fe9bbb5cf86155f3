"""The table of languages. Our own: Babel reads `ur_Latn` as `ur`.

One more is one line here and one catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from gettext import c2py
from typing import Literal, cast

from dialogs.engine.texts import Language

Keyword = Literal[
    "stop",
    "start",
    "help",
    "check",
    "apply",
    "complain",
    "status",
    "payments",
    "language",
    "menu",
    "yes",
    "no",
]
"""What a word by SMS can ask for; yes and no only answer a question of ours."""


@dataclass(frozen=True, slots=True)
class Row:
    """A language, its gettext plural rule, and the words its speakers send."""

    language: Language
    plurals: str
    """The Plural-Forms header of its catalogue."""
    keywords: Mapping[Keyword, frozenset[str]]
    """In its own script and in ASCII. They are heard from everybody, whatever her language, so that
    none may mean two things.
    """

    @property
    def forms(self) -> int:
        """How many plural forms it has."""
        return int(self.plurals.split("nplurals=")[1].split(";")[0])

    @property
    def plural(self) -> Callable[[int], int]:
        """Which of them a number takes, by the rule as gettext reads it."""
        return c2py(self.plurals.split("plural=", 1)[1].rstrip("; "))


def _words(**words: str) -> Mapping[Keyword, frozenset[str]]:
    return {cast("Keyword", meaning): frozenset(said.split("|")) for meaning, said in words.items()}


ONE_OR_MANY = "nplurals=2; plural=(n != 1);"
"""The plural rule of most languages: one, and any other number."""

LANGUAGES: Mapping[str, Row] = {
    row.language.tag: row
    for row in (
        Row(
            Language(
                "en",
                "English",
                never=("approved", "guaranteed", "congratulations"),
            ),
            ONE_OR_MANY,
            _words(
                stop="stop|stopall|unsubscribe|quit|cancel|revoke|optout|remove",
                start="start|unstop",
                help="help|info",
                check="check|eligible",
                apply="apply|benefit",
                complain="complain|complaint",
                status="status|track",
                payments="pay|payment|payments",
                language="lang|language",
                menu="menu|home",
                yes="yes|y|ok|okay",
                no="no|n",
            ),
        ),
        Row(
            Language(
                "fr",
                "Français",
                fold=True,
                thousands=" ",
                never=("approuvé", "approuvée", "accordé", "accordée", "garanti", "félicitations"),
            ),
            "nplurals=2; plural=(n > 1);",
            _words(
                stop="arret|arreter",
                start="debut|debuter|nonarret",
                help="aide",
                check="verifier|droits",
                apply="demander|demande",
                complain="plainte|plaindre",
                status="suivi|suivre",
                payments="paiement|paiements",
                language="langue",
                menu="accueil",
                yes="oui",
                no="non",
            ),
        ),
        Row(
            Language(
                "ur",
                "اردو",
                direction="rtl",
                alphabet="ucs2",
                latin="ur_Latn",
                never=("منظور", "حقدار", "مستحق", "ضمانت", "گارنٹی", "وعدہ", "مبارک"),
            ),
            ONE_OR_MANY,
            _words(
                stop="بند|بند کریں|روکیں",
                start="شروع|شروع کریں",
                help="مدد",
                check="اہلیت",
                apply="درخواست",
                complain="شکایت",
                status="حال",
                payments="رقم|ادائیگی",
                language="زبان",
                menu="مینو",
                yes="ہاں|جی|جی ہاں",
                no="نہیں",
            ),
        ),
        Row(
            Language(
                "ur_Latn",
                "Roman Urdu",
                never=("manzoor", "manzur", "haqdar", "mustahiq", "zamanat", "wada", "mubarak"),
            ),
            ONE_OR_MANY,
            _words(
                stop="band karo|band karen|band karein|rokein|roko",
                start="shuru|shuru karo|shuru karen|shuru karein",
                help="madad",
                check="jaanch|janch|ahliyat",
                apply="darkhwast|darkhast",
                complain="shikayat|shikayet",
                status="haal|darkhwast ka haal",
                payments="raqam|raqm",
                language="zaban|zabaan",
                yes="haan|han|ji|jee|haan ji|ji haan",
                no="nahi|nahin",
                menu="fehrist",
            ),
        ),
        Row(
            Language(
                "ps",
                "پښتو",
                direction="rtl",
                alphabet="ucs2",
                fallback=("ur",),
                never=("منظور", "حقدار", "مستحق", "ضمانت", "تضمین", "وعده", "ژمنه", "مبارک"),
            ),
            ONE_OR_MANY,
            _words(
                stop="بند کړئ|ودروئ|مه لېږئ|band krai|wadrawai",
                start="پیل|پیل کړئ|pail",
                help="مرسته|مرسته وکړئ|mrasta",
                check="وړتیا|wartya",
                apply="غوښتنه|درخواست|ghokhtana",
                complain="شکایت|shikayat",
                status="حالت|halat",
                payments="پیسې|تادیه",
                language="ژبه|zhaba",
                yes="هو|هوکې|ho",
                no="نه|na",
                menu="مینو|لړلیک",
            ),
        ),
        Row(
            Language(
                "sw",
                "Kiswahili",
                never=("imeidhinishwa", "umeidhinishwa", "umekubaliwa", "tunaahidi", "hongera"),
            ),
            ONE_OR_MANY,
            # No "acha" for stop: in Roman Urdu it is "all right", said at every turn.
            _words(
                stop="simama|simamisha|sitisha",
                start="anza|anzisha",
                help="msaada|usaidizi",
                check="angalia|kagua",
                apply="omba|ombi",
                complain="lalamika|malalamiko|lalamiko",
                status="hali|fuatilia",
                payments="malipo",
                language="lugha",
                yes="ndiyo|ndio|naam",
                no="hapana|la",
                menu="menyu|mwanzo",
            ),
        ),
        Row(
            Language(
                "ar",
                "العربية",
                direction="rtl",
                alphabet="ucs2",
                never=(
                    "مستحق",
                    "مقبول",
                    "موافقة",
                    "مضمون",
                    "نضمن",
                    "نعدك",
                    "نعدكم",
                    "مبروك",
                    "تهانينا",
                ),
            ),
            "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
            "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
            _words(
                stop="إيقاف|أوقف|توقف|إلغاء|إلغاء الاشتراك|iqaf|tawaqquf",
                start="ابدأ|بدء|ibda",
                help="مساعدة|musaada|mosaada",
                check="تحقق|أهلية|tahaqquq",
                apply="طلب|تقديم|talab",
                complain="شكوى|shakwa",
                status="حالة|متابعة|hala",
                payments="دفع|دفعات|مدفوعات",
                language="لغة|اللغة|lugha",
                yes="نعم|أجل|naam",
                no="لا|la",
                menu="قائمة|القائمة|qaima",
            ),
        ),
    )
}
