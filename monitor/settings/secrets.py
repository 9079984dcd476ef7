"""Secrets by reference: a configuration file says where a password is, never what it is.

No message repeats what is written in place of a reference, so that a password written there by mistake is not printed.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from monitor.alerts.channel import Secret
from monitor.settings.values import wrong

_MAX_BYTES = 65_536
_WRITE = "{env: MONITOR_SECRET}, {file: /etc/monitor/secret} or {credential: secret}"
_WAYS = {
    "env": re.compile(r"[A-Z][A-Z0-9_]*"),
    "file": re.compile(r"[^\x00-\x1f]+"),
    "credential": re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretReference:
    """Where a secret is. `way` is `env`, `file` or `credential`; `name` is the variable, path or systemd credential."""

    way: str
    name: str


class Unavailable(Exception):
    """The secret cannot be obtained. The text says why, and `write` what to do about it."""

    def __init__(self, message: str, write: str) -> None:
        super().__init__(message)
        self.write = write


def _reference(value: Any) -> SecretReference:
    if not isinstance(value, dict):
        raise wrong("a secret does not belong into this file", _WRITE, show=False)
    if len(value) != 1 or not isinstance(name := next(iter(value.values())), str) or (way := next(iter(value))) not in _WAYS:
        raise wrong("where the secret is, in one of three ways", _WRITE, show=False)
    if not _WAYS[way].fullmatch(name):
        ask = {
            "env": "the name of an environment variable, in capitals",
            "file": "a path",
            "credential": "the name of a systemd credential",
        }
        raise wrong(f"`{way}` takes {ask[way]}", _WRITE, show=False)
    return SecretReference(way=way, name=name)


SecretAt = Annotated[
    SecretReference,
    BeforeValidator(_reference),
    WithJsonSchema(
        {
            "type": "object",
            "description": "Where the secret is: an environment variable, a file only you can read, or a systemd credential.",
            "properties": {
                "env": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]*$"},
                "file": {"type": "string"},
                "credential": {"type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]*$"},
            },
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }
    ),
]


def fetch_secret(reference: SecretReference, directory: Path, environ: Mapping[str, str]) -> Secret:
    """The secret that `reference` points to. A relative path is relative to `directory`, and one line end after the secret is dropped.

    Raises Unavailable if the secret is missing, empty, not UTF-8, or in a file that others can read. The last does not hold for
    credentials of systemd, which protects their directory.
    """
    if reference.way == "env":
        text = environ.get(reference.name, "")
        if not text:
            raise Unavailable(
                f"the environment variable {reference.name} is not set", f"export {reference.name}=… before the start"
            )
        return Secret(text)
    if reference.way == "credential":
        folder = environ.get("CREDENTIALS_DIRECTORY")
        if not folder:
            raise Unavailable(
                f"the credential {reference.name} is only there when systemd starts the program",
                f"LoadCredential={reference.name}:… in the unit, or {{env: …}} or {{file: …}} here",
            )
        return Secret(_text_of(Path(folder) / reference.name, f"the credential {reference.name}"))
    path = directory / Path(reference.name).expanduser()
    shown = f"the secret file {path}" if "/" in reference.name else "the secret file"
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise Unavailable(
            f"{shown} cannot be read: {error.strerror}", "the path of a file that holds the secret and nothing else"
        ) from None
    if stat.S_IMODE(mode) & 0o077:
        raise Unavailable(f"{shown} can be read by others (mode {stat.S_IMODE(mode):04o})", "chmod 600 on that file")
    return Secret(_text_of(path, shown))


def _text_of(path: Path, shown: str) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
        text = raw.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise Unavailable(
            f"{shown} cannot be read: {error.strerror}", "a file that holds the secret and nothing else"
        ) from None
    except UnicodeDecodeError:
        raise Unavailable(f"{shown} is not text in UTF-8", "a file that holds the secret and nothing else") from None
    if not text or len(raw) > _MAX_BYTES:
        raise Unavailable(
            f"{shown} is {'empty' if not text else 'too long for a secret'}", "a file that holds the secret and nothing else"
        )
    return text
