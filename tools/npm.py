"""Fetches the JavaScript that tests/npm.json locks, for tests only: judges of fingerprints, Puppeteer.

Each is one archive from npm's registry, checked against its locked SHA-512 and unpacked into `.npm`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import shutil
import sys
import tarfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "tests" / "npm.json"
FOLDER = ROOT / ".npm"
_REGISTRY = "https://registry.npmjs.org"
_TIMEOUT_S = 60


def package(name: str) -> Path:
    """The unpacked folder of a locked package, fetched where it is not there yet.

    Raises OSError when the registry cannot be reached, ValueError when it sends something else.
    """
    locked = json.loads(LOCK.read_text())[name]
    place = FOLDER / f"{name.replace('/', '+')}@{locked['version']}"
    if place.exists():
        return place
    short = name.rpartition("/")[2]
    url = f"{_REGISTRY}/{name}/-/{short}-{locked['version']}.tgz"
    with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - https, from above
        archive = answer.read()
    digest = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if not hmac.compare_digest(digest, locked["integrity"]):
        raise ValueError(f"{url} is not what tests/npm.json locks")
    half = place.with_name(place.name + ".part")
    shutil.rmtree(half, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(half, filter="data")
    (half / "package").rename(place)
    half.rmdir()
    return place


def main() -> int:
    """Fetches all of them; says which could not be."""
    failed = 0
    for name in json.loads(LOCK.read_text()):
        try:
            package(name)
        except (OSError, ValueError) as error:
            sys.stderr.write(f"{name} could not be fetched from npm: {error}\n")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
