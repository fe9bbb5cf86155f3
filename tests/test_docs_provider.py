"""docs/adding-a-provider.md: its provider is built and run, its tables and lines are the code's."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from gateway import providers
from gateway.hook import Delivery, Hook, Inbound, Input, Malformed, Receipt, Reply
from gateway.providers import (
    PROVIDERS,
    Accepted,
    OptedOut,
    Outgoing,
    Provider,
    SendError,
    Uncertain,
    addresses,
)
from tests.counterpart import Say, counterpart, nobody
from tests.documents import blocks, read

GUIDE = "docs/adding-a-provider.md"


def test_the_guide_speaks_of_the_whole_contract() -> None:
    """Every member of Provider and every error of the family is in the guide."""
    members = {name for name in vars(Provider) if not name.startswith("_")} | set(
        Provider.__annotations__
    )
    errors = {error.__name__ for error in SendError.__subclasses__()}
    missing = [
        name for name in sorted(members | errors) if not re.search(rf"\b{name}\b", read(GUIDE))
    ]
    assert missing == []


def test_the_guide_says_which_errors_are_tried_again() -> None:
    """The table of the family says "tried again", or the same as above it, exactly where the code
    retries.
    """
    rows = re.findall(r"^\| `(\w+)` \| .+ \| (.+) \|$", read(GUIDE), flags=re.MULTILINE)
    family = {name: what for name, what in rows if isinstance(getattr(providers, name, None), type)}
    again = {name for name, what in family.items() if what.startswith(("tried again", "the same"))}
    assert set(family) == {error.__name__ for error in SendError.__subclasses__()}
    assert again == {error.__name__ for error in SendError.__subclasses__() if error.retryable}


def test_the_guides_lines_stand_where_it_says() -> None:
    """PROVIDERS is as shown, with one line more; every provider has its kinds in addresses.py."""
    (lines,) = [block for block in blocks(read(GUIDE), "python") if "_in(" in block]
    shown = re.findall(r'"(\w+)": _in\("gateway\.providers\.(\w+)"\),', lines)
    assert [name for name, _ in shown] == [*PROVIDERS, "samplegateway"]
    assert all(line in read("gateway/providers/__init__.py") for line in lines.splitlines()[:-1])
    assert set(addresses.KINDS) == set(PROVIDERS)


@pytest.fixture(scope="module")
def sample() -> ModuleType:
    """The guide's provider, as a module."""
    (source,) = [block for block in blocks(read(GUIDE), "python") if "class SampleGateway" in block]
    module = ModuleType("samplegateway")
    exec(compile(source, GUIDE, "exec"), module.__dict__)  # noqa: S102 - our own document
    return module


def hook(kind: str, **form: str) -> Hook:
    """A delivery of the guide's provider."""
    return Hook("samplegateway", kind, f"https://line.example/in/samplegateway/{kind}/token", form)


def test_the_guides_provider_reads_and_answers(sample: ModuleType) -> None:
    """A key press, a report, a field that is missing, a screen and the last one."""
    made = sample.SampleGateway("http://127.0.0.1:9", "evidently-fake")
    pressed = made.read(
        hook("ussd", session="s-1", msisdn="+254711000001", code="*384*1234#", key="2")
    )
    assert pressed == Inbound(
        "samplegateway", "ussd", "s-1", "+254711000001", "*384*1234#", "2", Input.LAST
    )
    assert made.read(hook("receipts", message="m-1", state="lost")) == Receipt(
        "samplegateway", "m-1", Delivery.FAILED
    )
    with pytest.raises(Malformed, match="msisdn"):
        made.read(hook("ussd", session="s-1", msisdn="0711000001", code="*384*1234#", key="2"))
    assert made.answer("ussd", Reply("Which payment?", more=True)).headers == (
        ("X-Session", "open"),
    )
    assert made.answer("ussd", Reply("Goodbye", more=False)).headers == (("X-Session", "close"),)
    assert made.authentic(hook("ussd"))
    assert made.kinds == sample.KINDS


ANSWERS = [
    (Say(b'{"id": "m-1"}'), Accepted("m-1")),
    (Say(b'{"why": "stopped"}'), OptedOut("stopped")),
    (Say(b"{}"), Uncertain("no_id")),
    (Say(b"<html>"), Uncertain("unreadable")),
    (Say(how="cut"), Uncertain("ConnectionError")),
    (Say(b"", 503), providers.Unreachable("http_503")),
]


@pytest.mark.parametrize(("says", "result"), ANSWERS)
def test_the_guides_provider_sends(sample: ModuleType, says: Say, result: object) -> None:
    """One result a message, whatever it is answered; a number that is none spoils nothing."""
    with counterpart(says) as there:
        made = sample.SampleGateway(there.url, "evidently-fake")
        spoilt, first = made.send(
            [Outgoing("1", "0711", "Hello"), Outgoing("2", "+254711000001", "Hello")]
        )
    assert (type(spoilt), spoilt.code) == (providers.Rejected, "InvalidPhoneNumber")
    assert (type(first), vars_of(first)) == (type(result), vars_of(result))


def test_the_guides_provider_knows_what_surely_never_left(sample: ModuleType) -> None:
    """Nobody listens: it may be tried again."""
    with nobody() as url:
        (result,) = sample.SampleGateway(url, "evidently-fake").send(
            [Outgoing("1", "+254711000001", "Hello")]
        )
    assert isinstance(result, providers.Unreachable)


def vars_of(result: object) -> object:
    """What a result says."""
    return result.code if isinstance(result, SendError) else result
