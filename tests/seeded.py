"""A small service, sound as it stands, from which tests make broken ones: one fault each, in a
copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from dialogs.engine.book import Book
from dialogs.engine.fit import PROFILES
from dialogs.engine.kinds import Choices, Chosen, Number, Reference, Words
from dialogs.engine.proof import Report, every_text, prove
from dialogs.engine.screens import (
    Action,
    Ask,
    Dialog,
    End,
    Inform,
    Languages,
    Lookup,
    Menu,
    Option,
    Pick,
    Query,
    Screen,
    Submit,
    go,
)
from dialogs.engine.texts import Entry, Language, Speech, _, _n
from tests.citizen import ENGLISH


@dataclass(frozen=True, slots=True)
class FindWells(Query):
    """The wells near a village."""

    outcomes = MappingProxyType({"found": {"wells": Choices(most=3, width=12)}, "none": {}})


@dataclass(frozen=True, slots=True)
class ReportWell(Action):
    """A well that gives no water. `since` says for how many days, where she was asked."""

    well: str
    words: str
    since: int | None = None

    outcomes = MappingProxyType({"stored": {"reference": Reference(), "days": Number(1, 30)}})


WELCOME = Dialog(
    "welcome",
    language=Languages(_("Choose your language"), to="notice"),
    notice=Inform(
        _("We keep your number to answer you."), seen=_("Continue"), version=1, to=go("home")
    ),
)
HOME = Dialog(
    "home",
    menu=Menu(
        _("Water line"),
        report=Option(_("Report a dry well"), to=go("wells")),
        hours=Option(_("Opening hours"), to="hours"),
    ),
    hours=End(_("We are here from 8 to 5.")),
)
WELLS = Dialog(
    "wells",
    find=Lookup(FindWells, found="well", none="nowhere", unavailable="nowhere"),
    well=Pick(_("Which well?"), of="wells", to="how"),
    how=Menu(
        _("How is {well}?"),
        dry=Option(_("Dry"), to="since"),
        dirty=Option(_("Dirty"), to="words"),
    ),
    since=Ask(
        _("For how many days?"), Number(1, 60), again=_("Type a number from 1 to 60."), to="words"
    ),
    words=Ask(
        _("Tell us more."),
        Words(least=2, most=160, shown=12),
        again=_("Please write something."),
        to="confirm",
    ),
    confirm=Menu(
        _("You wrote: {words}"),
        send=Option(_("Send"), to="lodge"),
        rewrite=Option(_("Write again"), to="words"),
    ),
    lodge=Submit(ReportWell, stored="lodged"),
    lodged=Menu(
        _n(
            "{reference}: we come in {days} day.", "{reference}: we come in {days} days.", by="days"
        ),
        more=Option(_("Another well"), to=go("wells")),
        same=Option(_("Something else there"), to="how"),
    ),
    nowhere=End(_("We know no well near you.")),
)
DIALOGS = (WELCOME, HOME, WELLS)

FRENCH = Language("fr", "Francais", fold=True)
SAID: Mapping[str, tuple[str, ...]] = {
    "nav.back": ("Retour",),
    "nav.more": ("Suite",),
    "nav.home": ("Accueil",),
    "nav.again": ("Tapez un numéro.",),
    "welcome.language": ("Choisissez la langue",),
    "welcome.notice": ("Nous gardons votre numéro pour vous répondre.",),
    "welcome.notice.seen": ("Continuer",),
    "home.menu": ("Ligne de l'eau",),
    "home.menu.report": ("Signaler un puits",),
    "home.menu.hours": ("Horaires",),
    "home.hours": ("Ouvert de 8 à 17 h.",),
    "wells.well": ("Quel puits ?",),
    "wells.how": ("Comment est {well} ?",),
    "wells.how.dry": ("À sec",),
    "wells.how.dirty": ("Sale",),
    "wells.since": ("Depuis combien de jours ?",),
    "wells.since.again": ("Tapez un nombre de 1 à 60.",),
    "wells.words": ("Dites-nous plus.",),
    "wells.words.again": ("Écrivez quelques mots.",),
    "wells.confirm": ("Vous : {words}",),
    "wells.confirm.send": ("Envoyer",),
    "wells.confirm.rewrite": ("Réécrire",),
    "wells.lodged": ("{reference} : dans {days} jour.", "{reference} : dans {days} jours."),
    "wells.lodged.more": ("Un autre puits",),
    "wells.lodged.same": ("Autre chose là-bas",),
    "wells.nowhere": ("Aucun puits connu.",),
}


def book(*changed: Dialog) -> Book:
    """The small service, with some of its dialogs replaced by others of the same name."""
    by_name = {dialog.name: dialog for dialog in (*DIALOGS, *changed)}
    return Book(by_name.values())


def wells(**changed: Screen) -> Dialog:
    """The dialog about wells, with some screens replaced or added."""
    return Dialog(
        "wells",
        takes=WELLS.takes,
        may_take=None,
        resumes=False,
        **{**WELLS.screens, **changed},
    )


def without(dialog: Dialog, *names: str) -> Dialog:
    """A dialog without some of its screens."""
    return Dialog(
        dialog.name,
        takes=dialog.takes,
        may_take=None,
        resumes=False,
        **{n: s for n, s in dialog.screens.items() if n not in names},
    )


def french(of: Book | None = None, **changed: Entry | tuple[str, ...] | None) -> Speech:
    """The French of a book, with entries replaced (a tuple), or taken out (None); `__` in a name
    stands for a dot.
    """
    english = {
        address: text.forms for address, (text, _hint) in every_text(of or book(), {}).items()
    }
    entries = {
        address: Entry(english[address], said)
        for address, said in SAID.items()
        if address in english
    }
    for name, entry in changed.items():
        address = name.replace("__", ".")
        if entry is None:
            del entries[address]
        else:
            entries[address] = entry if isinstance(entry, Entry) else Entry(english[address], entry)
    return Speech(FRENCH, entries, lambda number: int(number > 1))


def fuzzy(entry: Entry) -> Entry:
    """The same entry, waiting for its translator."""
    return replace(entry, fuzzy=True)


def proof(of: Book | None = None, *others: Speech) -> Report:
    """What the proof says of a book in English and other languages, on every carrier."""
    return prove(of or book(), [ENGLISH, *others], list(PROFILES.values()), {})


WELL = Chosen(12)
"""A well, as the list names it."""
