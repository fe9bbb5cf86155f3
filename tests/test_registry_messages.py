"""Every message we send, held against our own schemas of the standard, and how it is delivered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from registry_client import connecting
from registry_client.configuration import Configured, Parties, Paths, RegistrySettings, Signature
from registry_client.dci.client import MOST_PAGES, Call, DciClient
from registry_client.dci.courier import PAUSES
from registry_client.dci.messages import Writer
from registry_client.dci.queries import (
    ByIdentifier,
    Comparison,
    Consent,
    Expression,
    Joined,
    Kinds,
    Operator,
    Page,
    Predicate,
    Purpose,
    Query,
    Search,
    Sort,
    Subscription,
)
from registry_client.dci.values import (
    Beneficiary,
    Benefit,
    Enrolment,
    Identifier,
    Kind,
    Status,
)
from registry_client.port import NotSupported, Refused, RegistryError, Unavailable
from tests.counterpart import Counterpart, Got, Say, counterpart
from tests.dci_schemas import SCHEMAS

HER_ID = "1730100000012"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LINE = "https://line.example.org/dci/sr"
PEOPLE = Kinds("ns:org:RegistryType:Social", "SRPerson", "Member")
IBR = Kinds("ns:org:RegistryType:IBR", "Beneficiary", "Member")
HER = ByIdentifier("UIN", HER_ID)
YOUNG = Comparison("birth_date", Operator.AT_LEAST, "2020-01-01")
NEAR = Comparison("district", Operator.ONE_OF, ("north", "south"))
CALL = Call(timeout=5, trace="ATUid_1")
BENEFIT = Benefit(Kind.CASH, date(2026, 1, 5), "25000.00", "KES", quantity="1")
ENROLMENT = Enrolment(
    "OLD", "Old age", Status.ACTIVE, date(2025, 2, 2), date(2025, 3, 3), (BENEFIT,)
)
BENEFICIARY = Beneficiary((Identifier("UIN", HER_ID), Identifier("", "7")), (ENROLMENT,))
WAITING = Beneficiary(
    (Identifier("UIN", HER_ID),), (ENROLMENT, Enrolment("WORK", status=Status.EXITED))
)


@dataclass(slots=True)
class Stamp:
    """Signs with a count, and remembers what it saw."""

    seen: list[tuple[Any, Any]] = field(default_factory=list)

    def sign(self, header: Mapping[str, Any], message: Mapping[str, Any] | list[Any]) -> str:
        """One more."""
        self.seen.append((header, message))
        return f"signature {len(self.seen)}"


@dataclass(slots=True)
class Purse:
    """Tokens, one after the other; the last for good."""

    tokens: list[str]
    thrown: list[str] = field(default_factory=list)

    def bearer(self, timeout: float) -> str:
        """The one that holds."""
        assert timeout > 0
        return self.tokens[0]

    def refused(self, token: str) -> None:
        """On to the next."""
        self.thrown.append(token)
        self.tokens = self.tokens[1:] or self.tokens


def client(url: str, *, rests: list[float] | None = None, **options: Any) -> DciClient:
    """A client of a registry at `url`, at a fixed time, with counted ids."""
    ids = count(1)
    handed = {name: options.pop(name) for name in ("shown", "signing") if name in options}
    one = RegistrySettings.model_validate(
        {"name": "sr", "url": url, "callback_url": LINE, "parties": Parties(receiver="sr")}
        | options
    )
    named: dict[str, Any] = {"now": lambda: NOW, "new_id": lambda: f"m{next(ids)}"}
    resting = (rests if rests is not None else []).append
    courier = connecting.courier(Configured(one), rest=resting, **named, **handed)
    return connecting.client(one, courier, **named)


def envelope(got: Got, **fields: Any) -> Say:
    """A success that answers `got` with these fields."""
    message = {"transaction_id": got.json["message"]["transaction_id"], "correlation_id": "c1"}
    return Say(json.dumps({"header": {"status": "succ"}, "message": message | fields}).encode())


def page(got: Got, many: int, total: int | None) -> Say:
    """One page of a search: so many records of so many."""
    asked = got.json["message"]["search_request"][0]
    found = {
        "reference_id": asked["reference_id"],
        "status": "succ",
        "data": {"reg_records": [{"identifier": f"P-{number}"} for number in range(many)]},
    }
    if total is not None:
        sent = asked["search_criteria"].get("pagination", {})
        found["pagination"] = sent | {"total_count": total}
    return envelope(got, search_response=[found])


ACK = Say(b'{"message": {"ack_status": "ACK", "timestamp": "x", "correlation_id": "c9"}}')


def search(query: Query, kinds: Kinds = PEOPLE, **more: Any) -> Search:
    """A search for this."""
    return Search(query, kinds, **more)


def subscription(query: Query) -> Subscription:
    """A subscription to registrations, for a year."""
    kinds = Kinds("ns:org:RegistryType:Social", "SRPerson")
    return Subscription("REGISTER", query, kinds, NOW, NOW + timedelta(days=365))


EXPRESSION = Expression("Group", {"$and": [{"group_size": {"$lt": 5}}]})
PREDICATES = (Predicate(YOUNG), Predicate(YOUNG, Joined.AND, NEAR))
CONSENT = Consent("2026-3", NOW - timedelta(days=2))

Ask = Callable[[DciClient], object]
MESSAGES: list[tuple[str, Ask]] = [
    ("sync_search", lambda it: it.search(search(HER), CALL)),
    ("sync_search", lambda it: it.search(search(HER, IBR, page=Page(5, 2)), CALL)),
    (
        "sync_search",
        lambda it: it.search(
            search(EXPRESSION, sort=(Sort("birth_date", descending=True), Sort("id"))), CALL
        ),
    ),
    ("sync_search", lambda it: it.search(search(PREDICATES, consent=CONSENT), CALL)),
    ("search", lambda it: it.search_later([search(HER), search(PREDICATES, IBR)], CALL)),
    ("subscribe", lambda it: it.subscribe([subscription(HER)], CALL)),
    (
        "subscribe",
        lambda it: it.subscribe([subscription(EXPRESSION), subscription(PREDICATES)], CALL),
    ),
    ("unsubscribe", lambda it: it.unsubscribe(["SUB-1", "SUB-2"], CALL)),
    ("sync_txn_status", lambda it: it.txn_status("search", "transaction_id", "t-1", CALL)),
    ("sync_txn_status", lambda it: it.txn_status("subscribe", "correlation_id", "c-1", CALL)),
    ("txn_status", lambda it: it.txn_status_later("search", "reference_id_list", ["r"], CALL)),
    ("enrolled", lambda it: it.enrolled(HER_ID, "OLD", CALL)),
    ("enrolled", lambda it: it.enrolled(HER_ID, "", CALL)),
    ("enrolled", lambda it: it.enrolled(HER_ID, "", CALL, flat=True)),
    ("check_enrollment", lambda it: it.check_enrollment(HER_ID, CALL)),
    ("enrollment_updates", lambda it: it.report([BENEFICIARY, WAITING], "UIN", CALL)),
    ("disburse_search", lambda it: it.disbursements(f"vid:{HER_ID}@nid", CALL)),
    ("disburse_txn_status", lambda it: it.disbursement_status(["D-1", "D-2"], CALL)),
]


def delivered(
    ask: Ask, answer: Callable[[Got], Say] | Say = ACK, **options: Any
) -> tuple[object, Counterpart]:
    """What one call came to, and what the registry got."""
    with counterpart(answer) as it:
        try:
            return ask(client(it.url, **options)), it
        except RegistryError as error:
            return error, it


@pytest.mark.parametrize(
    ("path", "ask"), MESSAGES, ids=lambda one: one if isinstance(one, str) else ""
)
@pytest.mark.parametrize("whole", [False, True])
def test_every_message_is_what_the_standard_asks(path: str, ask: Ask, whole: bool) -> None:
    """Its path, its header and its body; with every header field where a registry wants them all."""
    signature = Signature(whole_header=whole)
    _, it = delivered(ask, Say(b"{}"), signature=signature)
    (got,) = it.got
    assert got.path == getattr(Paths(), path)
    faults = Draft202012Validator(SCHEMAS[path]).iter_errors(got.json)
    assert [f"{list(one.absolute_path)}: {one.message}" for one in faults] == []
    assert ({"meta", "sender_uri"} <= set(got.json["header"])) == whole


def test_a_header_counts_what_its_message_holds() -> None:
    """One for each item, code or beneficiary."""
    several: list[Ask] = [
        lambda it: it.search_later([search(HER), search(HER)], CALL),
        lambda it: it.subscribe([subscription(HER), subscription(HER)], CALL),
        lambda it: it.unsubscribe(["SUB-1", "SUB-2"], CALL),
        lambda it: it.report([BENEFICIARY, WAITING], "UIN", CALL),
    ]
    for ask in several:
        _, it = delivered(ask, Say(b"{}"))
        assert it.got[0].json["header"]["total_count"] == 2


def test_the_schemas_of_these_tests_find_a_fault() -> None:
    """A field left out, added or of another shape is seen in each of them."""
    for path, ask in MESSAGES:
        _, it = delivered(ask, Say(b"{}"))
        whole, check = it.got[0].json, Draft202012Validator(SCHEMAS[path])
        assert check.is_valid(whole)
        for part in ("header", "message"):
            assert not check.is_valid(whole | {part: whole[part] | {"x": 1}})
            for name in set(whole[part]) - {"sender_uri"}:
                less = {key: value for key, value in whole[part].items() if key != name}
                assert not check.is_valid(whole | {part: less}), (path, name)


def test_every_path_can_be_set() -> None:
    """Each call goes where the settings say it is."""
    moved = {name: f"/there/{name}" for name in Paths.model_fields if name != "profile"}
    for path, ask in MESSAGES:
        _, it = delivered(ask, Say(b"{}"), paths=moved)
        assert it.got[0].path == f"/there/{path}"


@pytest.mark.parametrize(
    ("options", "address"),
    [({}, f"{LINE}/registry/on-search"), ({"one_callback": True}, LINE)],
)
def test_what_is_answered_later_says_where(options: dict[str, Any], address: str) -> None:
    """An address for each kind of answer, or one for everything; without any it cannot be asked."""
    asked, it = delivered(lambda it: it.search_later([search(HER)], CALL), **options)
    assert it.got[0].json["header"]["sender_uri"] == address
    assert asked.transaction == "ATUid_1" and asked.correlation == "c9"  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="address for callbacks"):
        delivered(lambda it: it.search_later([search(HER)], CALL), callback_url="")


def test_a_purpose_goes_with_every_search_and_a_consent_only_where_it_was_given() -> None:
    """Purpose and legal basis are the settings'; a consent has its version and its time."""
    purpose = {"code": "pay", "text": "To pay her", "uri": "https://law.example.org/12"}
    purpose["legal_basis"] = "Act 12, section 4"
    _, it = delivered(lambda it: it.search(search(HER), CALL), Say(b"{}"), purpose=purpose)
    criteria = it.got[0].json["message"]["search_request"][0]["search_criteria"]
    said = {"code": "pay", "text": "To pay her", "ref_uri": "https://law.example.org/12"}
    authorize = {"@type": "Authorize", "ts": "2026-11-23T09:30:00Z", "purpose": said}
    assert criteria["authorize"] == authorize | {"legal_basis": "Act 12, section 4"}
    assert "consent" not in criteria
    _, it = delivered(lambda it: it.search(search(HER, consent=CONSENT), CALL), Say(b"{}"))
    criteria = it.got[0].json["message"]["search_request"][0]["search_criteria"]
    assert (criteria["consent"]["version"], criteria["consent"]["ts"]) == (
        "2026-3",
        "2026-11-21T09:30:00Z",
    )
    _, it = delivered(lambda it: it.search(search(HER), CALL), Say(b"{}"), purpose={"code": ""})
    assert "authorize" not in it.got[0].json["message"]["search_request"][0]["search_criteria"]


WRITER = Writer(Purpose(), lambda: NOW, lambda: "m")
UNSAYABLE: list[Callable[[], object]] = [
    lambda: WRITER.search("t", []),
    lambda: WRITER.search("t", [search(())]),
    lambda: WRITER.search("t", [search(ByIdentifier("", HER_ID))]),
    lambda: WRITER.search("t", [search(ByIdentifier("UIN", ""))]),
    lambda: WRITER.subscribe("t", []),
    lambda: WRITER.unsubscribe("t", []),
    lambda: WRITER.enrolment_updates("t", [], "UIN"),
    lambda: WRITER.enrolled("t", HER_ID, "OLD", flat=True),
    lambda: WRITER.txn_status("t", "receipt", "transaction_id", "t", later=False),
    lambda: WRITER.txn_status("t", "search", "message_id", "t", later=False),
    lambda: WRITER.txn_status("t", "search", "reference_id_list", "r", later=False),
    lambda: WRITER.txn_status("t", "search", "transaction_id", ["t"], later=False),
    lambda: WRITER.txn_status("t", "search", "transaction_id", "", later=False),
    lambda: WRITER.disbursement_status("t", []),
    lambda: Page(0),
    lambda: Page(1, 0),
    lambda: Predicate(YOUNG, Joined.AND),
    lambda: Predicate(YOUNG, None, NEAR),
    lambda: Comparison("district", Operator.ONE_OF, "north"),
    lambda: Comparison("district", Operator.EQUAL, ("north",)),
]


@pytest.mark.parametrize("say", UNSAYABLE)
def test_what_the_standard_cannot_say_is_not_said(say: Callable[[], object]) -> None:
    """The writer refuses it before anything leaves."""
    with pytest.raises(ValueError, match=r"[a-z ]{8}"):
        say()


def test_a_question_about_one_programme_is_not_put_in_the_shape_that_has_none() -> None:
    """Its "yes" would claim more than was asked."""
    value, it = delivered(lambda it: it.enrolled(HER_ID, "OLD", CALL, flat=True))
    assert isinstance(value, NotSupported)
    assert it.got == []


def test_what_is_asked_or_told_shows_nobody() -> None:
    """Neither a message, nor a query, nor a record says in its repr whom it is about."""
    message = WRITER.search("t", [search(HER)])
    told = WRITER.enrolment_updates("t", [BENEFICIARY], "UIN")
    for value in (message, told, search(HER), BENEFICIARY, search(EXPRESSION), YOUNG):
        assert HER_ID not in repr(value) and "25000" not in repr(value)
        assert "group_size" not in repr(value) and "2020" not in repr(value)


# Delivery


def test_a_signature_is_over_what_is_sent() -> None:
    """Made anew for each delivery, over its very header and message."""
    stamp = Stamp()
    answers = iter([Say(status=503), ACK])
    _, it = delivered(
        lambda it: it.search_later([search(HER)], CALL), lambda _: next(answers), signing=stamp
    )
    assert [got.json["signature"] for got in it.got] == ["signature 1", "signature 2"]
    assert [(got.json["header"], got.json["message"]) for got in it.got] == stamp.seen


BUSY = b'{"header": {"status": "rjct", "status_reason_code": "%s"}, "message": {}}'
ERR = b'{"message": {"ack_status": "ERR", "correlation_id": "c", "error": {"code": "%s"}}}'
AGAIN: list[Say] = [
    Say(status=500),
    Say(status=502),
    Say(status=503),
    Say(status=504),
    Say(status=408),
    *(
        Say(body % code, status)
        for code in (
            b"err.request.timeout",
            b"err.request.too_many_requests",
            b"err.service.unavailable",
        )
        for body, status in ((BUSY, 200), (ERR, 200), (ERR, 400))
    ),
]
NOT_AGAIN: list[tuple[Say, type[RegistryError]]] = [
    (Say(status=400), Refused),
    (Say(status=401), Unavailable),
    (Say(status=403), Unavailable),
    (Say(status=404), NotSupported),
    (Say(status=429), Unavailable),
    (Say(status=501), NotSupported),
    (Say(b"garbage"), Unavailable),
    (Say(how="cut"), Unavailable),
    (Say(BUSY % b"rjct.errors.too_many"), Refused),
    (Say(ERR % b"err.signature.invalid"), Refused),
    (Say(ERR % b"err.version.not_supported"), Refused),
]
ASKS: list[Ask] = [
    lambda it: it.search(search(HER), CALL),
    lambda it: it.search_later([search(HER)], CALL),
]


@pytest.mark.parametrize("say", AGAIN, ids=str)
@pytest.mark.parametrize("ask", ASKS)
def test_what_may_be_asked_again_is_asked_again(say: Say, ask: Ask) -> None:
    """Three times at most, after a rest: a new delivery of the same transaction each time."""
    rests: list[float] = []
    error, it = delivered(ask, say, rests=rests)
    assert type(error) is Unavailable
    assert rests == list(PAUSES)
    headers = [got.json["header"] for got in it.got]
    assert len({header["message_id"] for header in headers}) == len(headers) == 3
    first, *others = [got.json["message"] for got in it.got]
    assert all(other == first for other in others)


@pytest.mark.parametrize(("say", "kind"), NOT_AGAIN, ids=str)
@pytest.mark.parametrize("ask", ASKS)
def test_anything_else_is_asked_once(say: Say, kind: type[RegistryError], ask: Ask) -> None:
    """A refusal, a call that was not understood, and an answer that cannot be read."""
    error, it = delivered(ask, say)
    assert (type(error), len(it.got)) == (kind, 1)


def test_nothing_is_asked_again_past_the_callers_time() -> None:
    """A rest that would take what is left of it is not taken, and a silence has taken it all."""
    rests: list[float] = []
    short = Call(timeout=PAUSES[0])
    _, it = delivered(lambda it: it.search(search(HER), short), Say(status=503), rests=rests)
    assert (len(it.got), rests) == (1, [])
    _, it = delivered(lambda it: it.search(search(HER), CALL), Say(how="hang"), timeout=0.2)
    assert len(it.got) == 1


@pytest.mark.parametrize(
    ("tokens", "sent", "kind"),
    [
        (["old", "new"], ["Bearer old", "Bearer new"], None),
        (["old", "older"], ["Bearer old", "Bearer older"], Unavailable),
        (["only"], ["Bearer only"], Unavailable),
        ([""], [None], Unavailable),
    ],
)
def test_a_refused_token_is_replaced_once(
    tokens: list[str], sent: list[str | None], kind: type[RegistryError] | None
) -> None:
    """A 401 sends for another token; the same one again, or a second 401, ends it."""

    def answer(got: Got) -> Say:
        good = got.headers.get("authorization") == "Bearer new"
        return page(got, 0, 0) if good else Say(status=401)

    value, it = delivered(lambda it: it.search(search(HER), CALL), answer, shown=Purse(tokens))
    assert [got.headers.get("authorization") for got in it.got] == sent
    assert isinstance(value, kind) if kind else not isinstance(value, RegistryError)


# Pages

PAGES: list[tuple[str, Callable[[int], tuple[int, int | None]], int, int]] = [
    ("all on one", lambda number: (3, 3), 1, 3),
    ("two and a half", lambda number: (5 if number < 3 else 2, 12), 3, 12),
    ("full to the brim", lambda number: (5, 10), 2, 10),
    ("no total, a page that is not full", lambda number: (5 if number < 2 else 1, None), 2, 6),
    ("no total, an empty page", lambda number: (5 if number < 2 else 0, None), 2, 5),
    ("knows no pages", lambda number: (9, 9), 1, 9),
    ("knows no pages and no total", lambda number: (9, None), 1, 9),
    ("says more than it has", lambda number: (5 if number < 2 else 0, 500), 2, 5),
    ("never ends", lambda number: (5, 10**6), 4, 20),
    ("nobody", lambda number: (0, 0), 1, 0),
]


@pytest.mark.parametrize(
    ("name", "given", "asked", "found"), PAGES, ids=lambda one: one if isinstance(one, str) else ""
)
def test_pages_are_asked_for_until_there_are_no_more(
    name: str, given: Callable[[int], tuple[int, int | None]], asked: int, found: int
) -> None:
    """By the total where there is one, and never past what was wanted."""

    def answer(got: Got) -> Say:
        criteria = got.json["message"]["search_request"][0]["search_criteria"]
        return page(got, *given(criteria["pagination"]["page_number"]))

    value, it = delivered(lambda it: it.records(search(HER, page=Page(5)), 20, CALL), answer)
    assert (len(it.got), len(value)) == (asked, found), name  # type: ignore[arg-type]
    transactions = {got.json["message"]["transaction_id"] for got in it.got}
    assert transactions == {"ATUid_1"}


def test_pages_have_an_end() -> None:
    """Whatever a registry says it has, and however much is wanted."""
    value, it = delivered(
        lambda it: it.records(search(HER, page=Page(1)), 10**6, CALL),
        lambda got: page(got, 1, 10**6),
    )
    assert len(it.got) == MOST_PAGES == len(value)  # type: ignore[arg-type]
