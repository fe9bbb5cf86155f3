"""A copy of the database, and what comes of it: whole, private, refused when it is not right; and after
a restore nobody's phone rings twice and the registry holds everything once.
"""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from alembic import command
from sqlalchemy import func, select

from commands import backup, embedded, restore
from commands.trouble import Trouble
from gateway.providers import Accepted, Unreachable
from registry_client.port import Unavailable
from settings import Settings
from store import copies, messages, migrations, outbox, requests, restoring
from store.lanes import REGISTRY
from store.seals import Seals
from store.tables import history
from store.tables import outbox as outbox_table
from tests.stored import AFRICASTALKING, AMINA, BIBI, KEYS, NOW, SEALS, asked, connected, rows
from tests.test_commands_doors import called
from tests.working import Carrier, Desk, World, drain_sms, working
from workers import registry_lane
from workers.drain import drain

OTHER_KEYS = "k1:" + KEYS.removeprefix("k1:")[::-1].replace("=", "A")[:43] + "="


@dataclass
class Machine:
    """A machine with a database in `var`, and the world outside it, which no restore turns back."""

    var: Path
    valkey_url: str
    desk: Desk
    carrier: Carrier

    @property
    def settings(self) -> Settings:
        """As the commands read them."""
        return Settings.model_validate({"var": self.var, "keys": KEYS, "database_url": ""})

    @property
    def url(self) -> str:
        """The database's."""
        return f"sqlite:///{self.var / 'guichet.db'}"

    def work(self, do: Callable[[World], None], later: timedelta = timedelta(0)) -> None:
        """Do it with the workers' world on this machine, in front of the same desk and carrier."""
        with working(self.url, self.valkey_url) as world:
            providers = {self.carrier.name: self.carrier}
            world.context = replace(world.context, registry=self.desk, providers=providers)
            world.clock.pass_by(later)
            do(world)

    def copied(self, name: str) -> Path:
        """A copy as `./guichet backup` makes it."""
        target = self.var.parent / name
        key = backup.fingerprint(self.settings)
        copies.make(self.var / "guichet.db", target, migrations.head(), key, NOW)
        return target

    def restored(self, copy: Path, later: timedelta) -> restoring.Marked:
        """What `./guichet restore` does."""
        return restore.restored(self.settings, copy, restore.examined(copy), NOW + later)[1]


@pytest.fixture
def machine(sqlite_url: str, valkey_url: str, tmp_path: Path) -> Machine:
    """Promises a machine on which nothing was promised yet."""
    var = tmp_path / "var"
    var.mkdir()
    Path(sqlite_url.removeprefix("sqlite:///")).rename(var / "guichet.db")
    return Machine(var, valkey_url, Desk(), Carrier())


def drained(world: World) -> None:
    """Everything is carried, with every wait there is: both lanes, over and over, for a week."""
    for _ in range(8):
        drain(world.context, REGISTRY, registry_lane.carry)
        drain_sms(world.context)
        world.clock.pass_by(timedelta(minutes=2))  # a channel that was shut has been tried by then
        drain_sms(world.context)
        world.clock.pass_by(timedelta(days=1))


def promised(world: World) -> None:
    """A complaint, an application for somebody on record, a question and a visit, each with the SMS
    that repeats its number.
    """
    for number, kind in enumerate(("complaint", "application", "question", "visit")):
        said = {"role": "helper"} if kind == "application" else {}
        phone = BIBI if kind == "application" else AMINA
        changed = {"said": said} if said else {}
        world.promise(asked(kind, f"draft {number}", phone=phone, **changed), notice=True)


def complained(world: World) -> None:
    """One complaint."""
    world.promise(asked(), notice=True)


def twice(carrier: Carrier) -> list[tuple[str, str]]:
    """Every SMS a phone got more than once."""
    return [one for one, times in Counter(carrier.sent).items() if times > 1]


# Carried once, whatever the copy says


def untouched(_: World) -> None:
    """The copy is made right after the promises."""


def requests_carried(world: World) -> None:
    """The copy is made when the registry has them, and no SMS has left."""
    drain(world.context, REGISTRY, registry_lane.carry)


def messages_leaving(world: World) -> None:
    """The copy is made while a worker hands the SMS over, and requests are claimed."""
    with world.database.write() as conn:
        lease = timedelta(minutes=1)
        outbox.claim(conn, REGISTRY, world.clock(), lease, 10, b"a worker")
        held = outbox.claim(conn, AFRICASTALKING, world.clock(), lease, 2, b"another")
        messages.sending(conn, [one.subject for one in held], world.clock())


def given_up(world: World) -> None:
    """The copy is made when registry and carrier were away for so long that all was given up."""
    desk, carrier = world.context.registry, world.context.providers["africastalking"]
    assert isinstance(desk, Desk) and isinstance(carrier, Carrier)

    def away(_: object) -> None:
        raise Unavailable("away")

    desk.says, carrier.says = away, lambda message: Unreachable("away")
    drained(world)
    drained(world)
    desk.says, carrier.says = lambda asked: None, lambda message: Accepted(f"AT-{message.id}")
    carrier.batches.clear()


@pytest.mark.parametrize("when", [untouched, requests_carried, messages_leaving, given_up])
def test_a_copy_restored_after_all_was_carried_rings_no_phone_twice(
    when: Callable[[World], None], machine: Machine
) -> None:
    """All was carried after the copy was made. Restored and drained, with all that staff may replay,
    no SMS leaves again, the registry holds each once, and each request says so.
    """

    def replayed(world: World) -> None:
        with world.database.write() as conn:
            requests.retry(conn, None, world.clock())
            messages.retry(conn, None, world.clock())
        drained(world)

    machine.work(promised)
    machine.work(when)
    copy = machine.copied("copy.zip")
    machine.work(replayed, timedelta(days=1))
    sent, held = list(machine.carrier.sent), dict(machine.desk.records)
    assert len(held) == 3
    assert len(sent) >= 4
    assert twice(machine.carrier) == []

    machine.restored(copy, timedelta(days=20))
    machine.work(replayed, timedelta(days=20))
    assert machine.carrier.sent == sent
    assert machine.desk.records == held

    def settled(world: World) -> None:
        assert sorted(world.states()) == ["accepted", "accepted", "accepted", "answered"]
        assert {(state, reason) for state, reason, _ in world.sms()} <= {
            ("uncertain", "restored"),
            ("sent", ""),
        }
        with world.database.read() as conn:
            left = select(func.count()).where(outbox_table.c.state != "done")
            assert conn.scalar(left) == 0

    machine.work(settled)


def test_a_copy_restored_before_anything_was_carried_tells_what_the_registry_says_anew(
    machine: Machine,
) -> None:
    """The registry never heard of the request: what it says now was not said before, and is sent
    once. The number, which may have been sent, is not.
    """
    machine.work(complained)
    copy = machine.copied("copy.zip")
    assert machine.restored(copy, timedelta(hours=1)) == restoring.Marked(1, 1)
    machine.work(drained, timedelta(hours=1))
    assert len(machine.desk.records) == 1
    assert ["has reached the office" in text for _, text in machine.carrier.sent] == [True]


def test_a_late_report_settles_an_sms_that_a_copy_made_uncertain(machine: Machine) -> None:
    """The carrier returns our own id: it was sent after the copy, and is known as delivered again."""
    machine.work(complained)
    copy = machine.copied("copy.zip")
    machine.work(drained)
    (ours,) = {one.id for batch in machine.carrier.batches for one in batch if "Number" in one.text}
    machine.restored(copy, timedelta(hours=1))

    def reported(world: World) -> None:
        with world.database.write() as conn:
            words = ("africastalking", f"AT-{ours}", "delivered", "", ours)
            messages.report(conn, SEALS, *words, world.clock())
        assert [state for state, _, _ in world.sms()] == ["delivered"]

    machine.work(reported)


def test_marks_are_made_once_and_written_into_the_history(
    database_url: str, valkey_url: str
) -> None:
    """Also on PostgreSQL, after pg_restore. A second time there is nothing left to mark; what was
    done already is left alone.
    """
    with working(database_url, valkey_url) as world:
        world.promise(asked(), notice=True)
        drain(world.context, REGISTRY, registry_lane.carry)
        drain_sms(world.context)
        promised(world)
        with world.database.write() as conn:
            outbox.claim(conn, REGISTRY, world.clock(), timedelta(hours=9), 10, b"a dead worker")
        with world.database.write() as conn:
            assert restoring.mark(conn, world.clock()) == restoring.Marked(4, 4)
            assert restoring.mark(conn, world.clock()) == restoring.Marked(0, 0)
        with world.database.read() as conn:
            lines = select(func.count()).where(history.c.event == "restored")
            assert conn.scalar(lines) == 4
            assert outbox.due_lanes(conn, (REGISTRY, AFRICASTALKING), world.clock()) == [REGISTRY]


# The copy


def test_a_copy_is_made_while_somebody_writes(machine: Machine) -> None:
    """A transaction is open: the copy is made all the same, without it, and only its owner may read
    it. The keys are not in it.
    """
    with connected(machine.url) as database:
        with database.write() as conn:
            requests.promise(conn, SEALS, asked(), NOW, os.urandom, lambda *_: None)
        with database.write() as conn:
            second = asked(draft="draft 2")
            requests.promise(conn, SEALS, second, NOW, os.urandom, lambda *_: None)
            copy = machine.copied("copy.zip")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [path.name for path in copy.parent.iterdir() if "copy" in path.name] == ["copy.zip"]
    said = copies.about(copy)
    inside = copy.with_name("inside.db")
    copies.unpack(copy, said, inside)
    assert KEYS.split(":")[1].encode() not in inside.read_bytes() + copy.read_bytes()
    assert stat.S_IMODE(inside.stat().st_mode) == 0o600
    with connected(f"sqlite:///{inside}") as database:
        assert rows(database)["requests"] == 1


def test_backup_and_restore_are_two_commands(machine: Machine) -> None:
    """As a person types them: the copy says what it is and that the keys are not in it; restoring
    says what becomes of what, and keeps the database that was there.
    """
    machine.work(promised)
    copy = machine.var.parent / "mine.zip"
    keys = {"GUICHET_KEYS": KEYS}
    made = called("backup", str(copy), var=machine.var, **keys)
    assert (made.returncode, made.stderr) == (0, "")
    assert f"at schema {migrations.head()}" in made.stdout
    assert "The keys are not in it" in made.stdout
    before = (machine.var / "guichet.db").stat().st_ino
    done = called("restore", str(copy), var=machine.var, **keys)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Requests handed over again, each once by its number: 4." in done.stdout
    assert "SMS that may have been sent since, and are not sent again: 4." in done.stdout
    (aside,) = machine.var.glob("guichet.db.before-*")
    assert aside.stat().st_ino == before
    assert str(aside) in done.stdout
    assert not list(machine.var.glob("*restoring*"))
    named = called("backup", var=machine.var, **keys)
    (kept,) = (machine.var / "backups").iterdir()
    assert named.stdout.startswith(str(kept))


# What is refused, with everything as it was


@pytest.fixture
def copy(machine: Machine) -> Iterator[Path]:
    """Promises a copy with a promise in it, and that the database is the same afterwards."""
    machine.work(promised)
    made = machine.copied("copy.zip")
    with connected(machine.url) as database:
        before = rows(database)
    yield made
    with connected(machine.url) as database:
        assert rows(database) == before
    assert not list(machine.var.glob("*restoring*"))


def test_nothing_is_restored_under_a_stack_that_runs(machine: Machine, copy: Path) -> None:
    """Its lock is held: one sentence."""
    with embedded.alone(machine.var), pytest.raises(Trouble, match="a stack runs from"):
        machine.restored(copy, timedelta(0))


def test_nothing_is_restored_under_a_process_that_has_the_database_open(
    machine: Machine, copy: Path
) -> None:
    """A worker that was started alone holds no lock of a stack, and is noticed."""
    with connected(machine.url) as database:
        assert rows(database)
        with pytest.raises(Trouble, match="stop web, workers and relay first"):
            machine.restored(copy, timedelta(0))


def altered(copy: Path, **changed: object) -> Path:
    """The copy with something else in what it says of itself."""
    other = copy.with_name("altered.zip")
    with zipfile.ZipFile(copy) as old, zipfile.ZipFile(other, "w") as new:
        said = json.loads(old.read("about.json"))
        new.writestr("about.json", json.dumps({**said, **changed}))
        new.writestr("guichet.db", old.read("guichet.db"))
    return other


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"sha256": "0" * 64}, "its database is not the one it speaks of"),
        ({"bytes": 1}, "its database is not the one it speaks of"),
        ({"schema": "9999"}, "newer than this version"),
        ({"schema": "0001"}, "another schema than the copy says"),
        ({"keys": "00"}, "sealed under other keys"),
        ({"form": 2}, "newer version, in form 2"),
        ({"nonsense": 1}, "not a copy made by"),
    ],
)
def test_a_copy_that_is_not_right_is_refused_in_one_sentence(
    changed: dict[str, object], says: str, machine: Machine, copy: Path
) -> None:
    """Damaged, of a newer version, under other keys."""
    with pytest.raises(Trouble, match=says):
        machine.restored(altered(copy, **changed), timedelta(0))


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_a_stretch_that_was_lost_is_found(place: float, machine: Machine, copy: Path) -> None:
    """Wherever it is in the file."""
    whole = bytearray(copy.read_bytes())
    start = int(len(whole) * place)
    whole[start : start + 64] = bytes(64)
    copy.write_bytes(whole)
    with pytest.raises(Trouble, match="damaged"):
        machine.restored(copy, timedelta(0))


def test_what_is_no_copy_is_refused(machine: Machine, copy: Path) -> None:
    """A bare database, an empty file, nothing at all."""
    bare, empty = copy.with_name("bare.db"), copy.with_name("empty")
    copyfile(machine.var / "guichet.db", bare)
    empty.touch()
    for wrong in (bare, empty, copy.with_name("nowhere")):
        with pytest.raises(Trouble, match=r"not a copy made by|cannot be read"):
            machine.restored(wrong, timedelta(0))


def test_keys_are_not_made_up_for_a_copy(machine: Machine, copy: Path) -> None:
    """On a machine without keys the copy waits for its own."""
    bare = machine.settings.model_validate({"var": machine.var, "keys": ""})
    with pytest.raises(Trouble, match="there are no keys"):
        restore.restored(bare, copy, restore.examined(copy), NOW)
    assert not (machine.var / "keys").exists()


def test_postgresql_has_tools_of_its_own(machine: Machine, copy: Path) -> None:
    """The sentence names them."""
    other = machine.settings.model_validate(
        {"var": machine.var, "keys": KEYS, "database_url": "postgresql://db.example/guichet"}
    )
    with pytest.raises(Trouble, match="pg_dump"):
        restore.restored(other, copy, restore.examined(copy), NOW)


# Other databases, other times


def test_an_older_copy_is_brought_to_the_newest_schema(machine: Machine) -> None:
    """Made before a release, restored after it, and marked."""
    with connected(machine.url) as database, database.write() as conn:
        command.downgrade(migrations.config(conn), "0003")
    old = machine.var.parent / "old.zip"
    key = backup.fingerprint(machine.settings)
    copies.make(machine.var / "guichet.db", old, "0003", key, NOW)
    assert machine.restored(old, timedelta(0)) == restoring.Marked(0, 0)
    migrations.require_current(machine.url)


def test_a_damaged_database_gives_way_to_a_copy_and_is_kept(machine: Machine) -> None:
    """That is what copies are for."""
    machine.work(promised)
    copy = machine.copied("copy.zip")
    (machine.var / "guichet.db").write_bytes(b"nothing of a database" * 500)
    assert machine.restored(copy, timedelta(0)) == restoring.Marked(4, 4)
    (aside,) = machine.var.glob("guichet.db.before-*")
    assert aside.read_bytes().startswith(b"nothing of a database")
    machine.work(lambda world: None)


def test_a_copy_is_never_written_over(machine: Machine) -> None:
    """Nor is a file that is something else."""
    taken = machine.var.parent / "copy.zip"
    taken.write_text("mine")
    with pytest.raises(copies.BadCopy, match="cannot be made"):
        machine.copied("copy.zip")
    assert taken.read_text() == "mine"


def test_a_damaged_database_is_not_copied(machine: Machine) -> None:
    """A copy that could not be restored is worse than none."""
    (machine.var / "guichet.db").write_bytes(b"nothing of a database" * 500)
    with pytest.raises(copies.BadCopy):
        machine.copied("copy.zip")
    assert not (machine.var.parent / "copy.zip").exists()


def test_a_database_restored_by_other_means_is_marked_while_nobody_works_on_it(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    """PostgreSQL's connections are looked at; with them gone, all is marked."""
    settings = embedded.stored(
        Settings.model_validate({"var": tmp_path / "v", "keys": KEYS, "database_url": database_url})
    )
    with working(database_url, valkey_url) as world:
        promised(world)
        if database_url.startswith("postgresql"):
            with pytest.raises(Trouble, match="stop every part first"):
                restore.marked(settings, NOW)
    assert restore.marked(settings, NOW) == restoring.Marked(4, 4)


def test_the_keys_of_a_copy_are_known_again_after_a_rotation() -> None:
    """A key in front changes nothing; another last key does."""

    def of(keys: str) -> bytes:
        return Seals.from_text(keys).digest("copy", "keys")

    assert of(f"k2:{OTHER_KEYS.removeprefix('k1:')},{KEYS}") == of(KEYS)
    assert of(OTHER_KEYS) != of(KEYS)


def test_a_doubted_sms_is_kept_and_not_queued(database_url: str) -> None:
    """The store takes it as uncertain, among others that leave."""
    with connected(database_url) as database:
        plain = messages.NewMessage("1", AMINA, "x", "en", "africastalking", "notices.neutral")
        with database.write() as conn:
            news = [plain, replace(plain, key="2", doubt="restored")]
            assert messages.queue_all(conn, SEALS, news, NOW, os.urandom) == 2
        with database.read() as conn:
            (unsure,) = messages.uncertain(conn)
            assert unsure.reason == "restored"
        assert rows(database) == {"messages": 2, "outbox": 1}
