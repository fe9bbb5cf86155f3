"""A browser for the tests: named, on PATH, from apt when root, else unpacked from npm.

Never a skipped test.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from commands.trouble import Trouble

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKED = "@sparticuz/chromium@147.0.0"
PACKED_SHA256 = "18fe5404ce845594cd7d592fc07f37a19514079ba4d9c27192ad8b908743f16b"
"""A headless Chromium as one npm package, MIT; only the files in its `bin` are used, none of its
code is run.
"""
UNBROTLI = (
    "const [, from, to] = process.argv, z = require('zlib'), f = require('fs');"
    "require('stream').pipeline(f.createReadStream(from), z.createBrotliDecompress(), f.createWriteStream(to),"
    " (error) => process.exit(error ? 1 : 0))"
)


def found(environment: Mapping[str, str], var: Path) -> str:
    """The path of a Chromium that starts. May install one, which takes up to a minute.

    Raises Trouble.
    """
    if named := environment.get("GUICHET_CHROMIUM"):
        return require_starts(named)
    require_driver()
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    if on_path:
        return require_starts(on_path)
    unpacked = var / "chromium" / "chromium"
    if starts(unpacked):
        return str(unpacked)
    if apt_installs("chromium", "libatomic1") and (installed := shutil.which("chromium")):
        return require_starts(installed)
    if shutil.which("npm") and shutil.which("node"):
        unpack(unpacked.parent)
        return require_starts(str(unpacked))
    raise Trouble("no Chromium for the browser tests: install it, or name one in GUICHET_CHROMIUM")


def starts(program: str | Path) -> bool:
    """Whether it can be executed here and knows its version."""
    return succeeds([str(program), "--version"])


def require_starts(program: str) -> str:
    """The program, or Trouble when it does not start."""
    if not starts(program):
        raise Trouble(f"{program} does not start: name a Chromium that does in GUICHET_CHROMIUM")
    return program


def require_driver() -> None:
    """Playwright brings a Node of its own, which needs libatomic1: bare systems lack it."""
    spec = importlib.util.find_spec("playwright")
    places = (spec.submodule_search_locations or []) if spec else []
    for node in (Path(place) / "driver" / "node" for place in places):
        if node.exists() and not starts(node) and not (apt_installs("libatomic1") and starts(node)):
            raise Trouble("Playwright's browser driver does not start: install libatomic1")


def apt_installs(*packages: str) -> bool:
    """Whether apt could install them, as root."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    return succeeds(["apt-get", "update", "-qq"], quiet) and succeeds(install, quiet)


def succeeds(program: Sequence[str], environment: Mapping[str, str] | None = None) -> bool:
    """Whether the program runs and ends with status 0; what it prints is dropped."""
    try:
        return (
            subprocess.run(
                program, env=environment, capture_output=True, stdin=subprocess.DEVNULL
            ).returncode
            == 0
        )
    except OSError:
        return False


def unpack(folder: Path) -> None:
    """Fetch the npm package, hold it against its known digest, unpack the browser to
    `folder/chromium`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        place = Path(name)
        if not succeeds(["npm", "pack", PACKED, "--silent", "--pack-destination", name]):
            raise Trouble(
                "npm could not fetch a Chromium: install one, or name it in GUICHET_CHROMIUM"
            )
        package = next(place.glob("*.tgz"))
        if hashlib.sha256(package.read_bytes()).hexdigest() != PACKED_SHA256:
            raise Trouble(f"{PACKED} is not the file that was expected: nothing of it was used")
        extract(package, place)
        binaries = place / "package" / "bin"
        extract(unbrotli(binaries / "al2023.tar.br"), folder)
        unbrotli(binaries / "chromium.br").rename(folder / "browser")
    (folder / "browser").chmod(0o755)
    write_starter(folder)


def extract(archive: Path, folder: Path) -> None:
    """Unpack the files and links of a tar file. Raises Trouble for one that reaches outside.

    By hand: the filters of `tarfile` are not in the Python 3.11.2 of Debian 12.
    """
    root = folder.resolve()
    with tarfile.open(archive) as tar:
        for member in tar:
            place = root / member.name
            linked = place.parent / member.linkname if member.issym() else place
            if not all(one.resolve().is_relative_to(root) for one in (place, linked)):
                raise Trouble(f"{archive.name} reaches outside its folder: {member.name}")
            place.parent.mkdir(parents=True, exist_ok=True)
            if member.issym():
                place.symlink_to(member.linkname)
            elif content := tar.extractfile(member):
                place.write_bytes(content.read())
                place.chmod(member.mode & 0o777)


def unbrotli(packed: Path) -> Path:
    """Node knows brotli, Python's standard library does not."""
    plain = packed.with_suffix("")
    if not succeeds(["node", "-e", UNBROTLI, str(packed), str(plain)]):
        raise Trouble(
            f"node could not unpack {packed.name}: install a Chromium, or name one in GUICHET_CHROMIUM"
        )
    return plain


def write_starter(folder: Path) -> None:
    """A small script that starts the browser, with the package's own security libraries where the
    system has none.
    """
    here = folder.resolve()
    libraries = (
        "" if starts(folder / "browser") else f"LD_LIBRARY_PATH={here}/lib:$LD_LIBRARY_PATH exec "
    )
    starter = folder / "chromium"
    starter.write_text(f'#!/bin/sh\n{libraries or "exec "}"{here}/browser" "$@"\n', "utf-8")
    starter.chmod(0o755)
