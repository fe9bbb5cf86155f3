"""Everything Guichet needs on one machine, as real processes: started in order, watched, stopped in
reverse.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn, Self

from commands import embedded, environment, keys, ports, sandbox, schema, stand_in, valkey, web
from commands.processes import Process, holds
from commands.restarts import Restarts
from commands.trouble import Trouble
from gateway.providers.addresses import Addresses
from registry_client.configuration import ALONE
from settings import Settings
from store.lanes import worked
from store.seals import Seals

LOOK_EVERY = 0.2
START = 90
"""Seconds a server may take to answer for the first time: a small machine may be busy with other
things.
"""
ENDINGS = (signal.SIGTERM, signal.SIGHUP)


class Stack:
    """A context: inside it everything runs, outside nothing does. Enter it from the main thread.

    Settings that are empty are filled: the SQLite file and the keys of `var`, a Valkey of its own,
      and with
    `sandbox` a registry and carriers. What the processes print goes to `logs`, or with `logs_here`
      where we print. The sandbox stands in for a `registry` of that kind.
    Of the web, the relay and each worker there are so many `copies`: the second is called `web 2`.
    Raises Trouble on entry when a part cannot start. However this process ends, also by SIGKILL,
      its processes
    end too (Linux).
    """

    def __init__(
        self,
        settings: Settings,
        *,
        sandbox: bool = True,
        free_ports: bool = False,
        logs_here: bool = False,
        copies: int = 1,
        registry: str = "dci",
    ) -> None:
        self.settings = settings
        """Inside the context: complete, as the processes got them."""
        self.processes: list[Process] = []
        """In the order they were started."""
        self._wants_sandbox = sandbox
        self._free_ports = free_ports
        self._logs_here = logs_here
        self._copies = copies
        self._registry = registry
        self.webs: dict[str, str] = {}
        """Where each web server answers, by the name of its process."""
        self._leave = ExitStack()

    # What whoever started it may ask

    @property
    def base(self) -> str:
        """What hook addresses begin with."""
        return self.settings.public_url.rstrip("/") or _url(self.settings.host, self.settings.port)

    @property
    def sandbox(self) -> str:
        """The sandbox's address; empty without one."""
        return _url(sandbox.HOST, self.settings.sandbox_port) if self._wants_sandbox else ""

    @property
    def logs(self) -> Path:
        """The folder of what the processes print."""
        return self._var / "log"

    def urls(self) -> dict[str, object]:
        """What `./guichet urls --json` prints. Holds tokens: for whoever started the stack."""
        seals = Seals.from_text(self.settings.keys.get_secret_value())
        hooks = Addresses(self.base, seals, self.settings.hook_generations).hooks()
        phone = f"{self.sandbox}/phone" if self.sandbox else ""
        return {"base": self.base, **hooks, "phone": phone, "registry": self.settings.registry_url}

    def process(self, name: str) -> Process:
        """One of: valkey, sandbox, web, relay, `worker <lane>`, or a copy of the last three: `web 2`.

        Raises KeyError.
        """
        return {process.name: process for process in self.processes}[name]

    def require_alive(self) -> None:
        """Raise Trouble when one of the processes has ended."""
        for process in self.processes:
            if (status := process.ended()) is not None:
                raise Trouble(f"{process.name} ended with status {status}: see {self.logs}")

    def watch(self, tell: Callable[[str], None]) -> NoReturn:
        """Start again what ends, after a longer wait each time it ends soon; until a signal
        raises.
        """
        restarts = Restarts()
        while True:
            now = time.monotonic()
            for process in self.processes:
                if (status := process.ended()) is not None and restarts.due(process.name, now):
                    tell(f"{process.name} ended with status {status} and is started again")
                    process.start()
            time.sleep(LOOK_EVERY)

    # Coming and going

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _start(self) -> None:
        self._heed()
        self._lock()
        self._take_ports()
        embedded.require_languages(self.settings)
        self.settings = embedded.stored(self.settings)
        self._start_redis()
        schema.upgrade(self.settings.database_url)
        if self._wants_sandbox:
            self.settings = stand_in.pointed(self.settings, self.sandbox, self._registry)
        self.settings = self.settings.model_copy(update={"public_url": self.base})
        self._start_ours()
        embedded.announce(self._var, self._running())

    def _stop(self) -> None:
        """Reverse order, each with its patience; a second signal meanwhile kills what is left."""
        for signum in (signal.SIGINT, *ENDINGS):
            signal.signal(signum, self._hasten)
        for process in reversed(self.processes):
            process.stop()
        self._leave.close()

    def _hasten(self, _signum: int, _frame: FrameType | None) -> None:
        """A second signal."""
        for process in self.processes:
            process.hasten()

    def _heed(self) -> None:
        """Turn the signals that end a process into an exception, so that the context is left; put
        back on leaving.
        """
        for signum in (signal.SIGINT, *ENDINGS):
            self._leave.callback(signal.signal, signum, signal.getsignal(signum))
        for signum in ENDINGS:
            signal.signal(signum, _leave)

    def _lock(self) -> None:
        """One stack a `var`: two servers on one Valkey folder would ruin it."""
        try:
            self._var.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Trouble(f"GUICHET_VAR: {self._var} cannot be made: {error.strerror}") from error
        lock = self._leave.enter_context((self._var / "stack.lock").open("wb"))
        if not holds(
            lambda: _locked(lock.fileno()), 0.5
        ):  # someone may just be looking whether we run
            raise Trouble(
                f"a stack already runs from {self._var}: stop it, or set GUICHET_VAR to another folder"
            )
        (self._var / "stack.json").unlink(missing_ok=True)
        self._leave.callback((self._var / "stack.json").unlink, missing_ok=True)

    def _take_ports(self) -> None:
        settings = self.settings
        if self._free_ports:
            choose = random.Random()  # noqa: S311  a port is no secret
            port = ports.free(settings.host, choose)
            sandbox_port = ports.free(sandbox.HOST, choose, but=port)
            self.settings = settings.model_copy(update={"port": port, "sandbox_port": sandbox_port})
            return
        ports.require(settings.host, settings.port, "GUICHET_PORT")
        if self._wants_sandbox:
            ports.require(sandbox.HOST, settings.sandbox_port, "GUICHET_SANDBOX_PORT")

    def _start_redis(self) -> None:
        if self.settings.redis_url:
            if not valkey.answers(self.settings.redis_url):
                raise Trouble("the Redis named by REDIS_URL does not answer")
            return
        server, url = valkey.embedded(self._var / "valkey", _bare(), self._log("valkey"))
        self._run(server)
        server.until(lambda: valkey.answers(url), START)
        self.settings = self.settings.model_copy(update={"redis_url": url})

    def _start_ours(self) -> None:
        """The sandbox and everything of ours at once; wait for what answers HTTP."""
        secrets = stand_in.SECRETS if self._wants_sandbox else {}
        ours = environment.of(self.settings, _bare()) | secrets
        if self._wants_sandbox:
            sandbox.folder(self.settings).mkdir(mode=0o700, exist_ok=True)
            notify = f"{self.base}/dci/{ALONE}/registry/notify"
            hooks = {**self.urls(), "registry": {"notify": notify}}
            keys.write(sandbox.hooks(self.settings), json.dumps(hooks))
            program = sandbox.server(self.settings, sandbox.hooks(self.settings))
            self._run(Process("sandbox", [sys.executable, *program], _bare(), self._log("sandbox")))
        for copy in range(self._copies):
            self._start_web(_named("web", copy), copy, ours)
        workers = [f"worker {lane}" for lane in worked(self.settings.sms_providers)]
        for words in (*workers, "relay"):
            command = [sys.executable, "-m", "commands", *words.split()]
            for copy in range(self._copies):
                name = _named(words, copy)
                self._run(Process(name, command, ours, self._log(name), patience=30))
        for name, address in self.webs.items():
            self.process(name).until(partial(healthy, address), START)
        if self._wants_sandbox:
            self.process("sandbox").until(lambda: healthy(self.sandbox), START)

    def _start_web(self, name: str, copy: int, ours: Mapping[str, str]) -> None:
        """The first on the port of the settings, a copy on a free one."""
        settings = self.settings
        if copy:
            free = ports.free(settings.host, random.Random(), but=settings.port)  # noqa: S311  a port
            settings = settings.model_copy(update={"port": free})
        self.webs[name] = _url(settings.host, settings.port)
        program = [sys.executable, *web.server(settings)]
        self._run(Process(name, program, ours, self._log(name), patience=15))

    def _run(self, process: Process) -> None:
        self.processes.append(process)
        process.start()

    @property
    def _var(self) -> Path:
        return self.settings.var.resolve()

    def _log(self, name: str) -> Path | None:
        """Where a process prints: its file in `var/log`, or where we print."""
        return None if self._logs_here else self.logs / f"{name.replace(' ', '-')}.log"

    def _running(self) -> embedded.Running:
        urls = self.urls()
        return embedded.Running(
            pid=os.getpid(),
            base=self.base,
            redis_url=self.settings.redis_url,
            phone=str(urls["phone"]),
            registry=self.settings.registry_url,
            sandbox=self.sandbox,
        )


def _named(name: str, copy: int) -> str:
    """What the process is called: `relay`, `relay 2`."""
    return f"{name} {copy + 1}" if copy else name


def _bare() -> dict[str, str]:
    """Our environment without settings; no proxy stands between processes of one machine."""
    kept = {
        name: value for name, value in os.environ.items() if name not in environment.variables()
    }
    loopback = ",".join(filter(None, ("127.0.0.1,localhost,::1", os.environ.get("NO_PROXY", ""))))
    return kept | {"PYTHONUNBUFFERED": "1", "NO_PROXY": loopback, "no_proxy": loopback}


def _url(host: str, port: int) -> str:
    """Where a server that binds `host` is reached from this machine."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  read, not bound
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def healthy(base: str, page: str = "healthz") -> bool:
    """Whether `GET /healthz` there answers 200; `readyz`: with its database and Redis."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{base}/{page}", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _locked(descriptor: int) -> bool:
    """Take the lock for ourselves, if nobody has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _leave(signum: int, _frame: FrameType | None) -> NoReturn:
    """End this process by leaving its contexts; the status is a shell's for that signal."""
    sys.exit(128 + signum)
