"""docs/adding-a-registry.md and docs/openimis.md: the example is built and asked, the table of
settings is read.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from registry_client import port
from registry_client.configuration import OpenImisSite, configured
from registry_client.port import (
    Acknowledged,
    Complaint,
    NotSupported,
    Person,
    Refused,
    RegistryError,
    Unavailable,
)
from settings import Settings
from tests.counterpart import Say, counterpart
from tests.documents import blocks, read

GUIDE = "docs/adding-a-registry.md"
HER_ID = "1730100000011"
COMPLAINT = Complaint("1234567897", "other", "They sent me away")


@pytest.fixture(scope="module")
def sample() -> Iterator[ModuleType]:
    """The guide's adapter, as a module."""
    (source,) = [block for block in blocks(read(GUIDE), "python") if "class Sample" in block]
    module = ModuleType("sampleregistry")
    sys.modules[module.__name__] = module
    exec(compile(source, GUIDE, "exec"), module.__dict__)  # noqa: S102 - our own document
    yield module
    del sys.modules[module.__name__]


def test_the_guide_speaks_of_the_whole_port_and_of_its_errors() -> None:
    """Every call of the port and every error a caller is to know of."""
    calls = {name for name, _ in inspect.getmembers(port.Registry, inspect.isfunction)}
    errors = {error.__name__ for error in RegistryError.__subclasses__()}
    named = {name for name in calls if name[0] != "_"} | errors
    assert [one for one in sorted(named) if not re.search(rf"\b{one}\b", read(GUIDE))] == []


def test_the_guides_adapter_answers(sample: ModuleType) -> None:
    """What it does, it does; a person with another ID is not hers."""
    with counterpart(Say(f'{{"id": "{HER_ID}"}}'.encode())) as there:
        made = sample.SampleRegistry(there.url)
        assert made.find_person(HER_ID, timeout=5, trace="t") == Person(HER_ID, "")
        assert made.find_person("1730100000022", timeout=5, trace="t") is None
    with counterpart(Say(b'{"number": 7}')) as there:
        made = sample.SampleRegistry(there.url)
        taken = made.lodge_complaint(COMPLAINT, timeout=5, trace="t")
        assert taken == Acknowledged(COMPLAINT.reference, "7")


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Say(b'{"no": "Gul"}'), Refused),
        (Say(b"<html>"), Unavailable),
        (Say(b"", 503), Unavailable),
        (Say(b"", 404), NotSupported),
    ],
)
def test_the_guides_adapter_keeps_to_the_family(
    sample: ModuleType, say: Say, error: type[RegistryError]
) -> None:
    """And what it cannot do it says without asking."""
    with counterpart(say) as there:
        made = sample.SampleRegistry(there.url)
        with pytest.raises(error) as raised:
            made.lodge_complaint(COMPLAINT, timeout=5, trace="t")
        assert "Gul" not in repr(raised.value)
        with pytest.raises(NotSupported):
            made.payments(HER_ID, timeout=5, trace="t")
        assert len(there.got) == 1


def test_the_example_for_openimis_is_read(tmp_path: Path) -> None:
    """Each of its settings is in the example and in the table, and none stands for its default's
    sake alone.
    """
    (example,) = blocks(read("docs/openimis.md"), "toml")
    file = tmp_path / "registries.toml"
    file.write_text(example, "utf-8")
    (one,) = configured(Settings(registries=str(file)), {"IMIS_PASSWORD": "evidently-fake"})
    assert one.registry.kind == "openimis"
    assert one.secret("IMIS_PASSWORD") == "evidently-fake"
    table = read("docs/openimis.md").split("| key |")[1].split("##")[0]
    for name in OpenImisSite.model_fields:
        assert name in one.registry.openimis.model_fields_set
        assert f"`{name}`" in table
