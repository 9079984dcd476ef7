"""Appends entries to sources.yaml. What is in the file already, comments included, is not touched."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from monitor.errors import ConfigError, Problem, UsageError
from monitor.settings.complaints import complaints
from monitor.settings.models import SourceEntry
from monitor.settings.yaml_tree import read

_PLAIN = re.compile(r"https?://[^\s#'\"{}\[\],]*[^\s#'\"{}\[\],:]|[a-z][a-z0-9]*-[a-z0-9-]*[a-z]")


def entry_text(entry: Mapping[str, str | bool]) -> str:
    """One source as text for sources.yaml."""
    lines = [f"{name}: {_scalar(value)}" for name, value in entry.items()]
    return "- " + "\n  ".join(lines) + "\n"


def why_refused(entry: Mapping[str, str | bool]) -> str | None:
    """What is wrong with an entry, in words that do not quote it; None if `add_sources` would accept it."""
    try:
        SourceEntry.model_validate(entry)
    except ValidationError as error:
        return str(error.errors()[0]["msg"])
    return None


def add_sources(path: Path, entries: Sequence[Mapping[str, str | bool]]) -> None:
    """Append these sources to the file at `path`, which is replaced completely or not at all. Raises ConfigError if one of them is not a
    valid source. If the file is not a plain list or cannot be written, raises UsageError with the text to be added by hand."""
    added = "\n".join(entry_text(entry) for entry in entries)
    try:
        before = path.read_text("utf-8") if path.exists() else ""
        whole = before + ("" if before.endswith("\n\n") or not before else "\n" if before.endswith("\n") else "\n\n") + added
        old, new = read(before.encode(), str(path)), read(whole.encode(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}). Write there yourself:\n\n{added}") from error
    was = len(old.data) if isinstance(old.data, list) else 0
    if new.problems or old.problems or not isinstance(new.data, list) or len(new.data) != was + len(entries):
        raise UsageError(f"{path}: not a list to whose end something can be added. Write there yourself:\n\n{added}")
    problems: list[Problem] = []
    for index in range(was, len(new.data)):
        try:
            SourceEntry.model_validate(new.data[index])
        except ValidationError as error:
            problems += complaints(error, SourceEntry, new, (index,))
    if problems:
        raise ConfigError(problems)
    _replace(path, whole, added)


def free_id(title: str, taken: Collection[str]) -> str:
    """An id made from a title, different from all those `taken`."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:50].strip("-") or "source"
    number, found = 2, name
    while found in taken:
        number, found = number + 1, f"{name}-{number}"
    return found


def _scalar(value: str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if _PLAIN.fullmatch(value) else "'" + value.replace("'", "''") + "'"


def _replace(path: Path, text: str, added: str) -> None:
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".sources-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}). Write there yourself:\n\n{added}") from error
