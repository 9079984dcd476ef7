"""The configuration that comes with the program, and how it is copied to where a user will edit it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

from monitor.errors import UsageError

_IN_REPOSITORY = {"config": "config", "demo": "fixtures/demo"}


def shipped(what: Literal["config", "demo"]) -> Path:
    """The folder of the shipped configuration or of the demonstration: in the installed package or else in the repository."""
    installed = Path(__file__).parent / "shipped" / what
    return installed if installed.is_dir() else Path(__file__).parents[2] / _IN_REPOSITORY[what]


def init(directory: Path) -> tuple[Path, ...]:
    """Write the shipped configuration to `directory`, which is created if necessary; returns the files written, sorted.

    Raises UsageError before anything is written if one of the files exists already, and also if the folder cannot be written.
    """
    origin = shipped("config")
    names = sorted(path.relative_to(origin) for path in origin.rglob("*") if path.suffix in (".yaml", ".json"))
    existing = [str(name) for name in names if (directory / name).exists()]
    if existing:
        raise UsageError(
            f"{directory}: there is a configuration already ({', '.join(existing[:3])}{', …' if len(existing) > 3 else ''}); "
            "nothing was written. Name another folder, or move these files away."
        )
    try:
        for name in names:
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(origin / name, directory / name)
    except OSError as error:
        raise UsageError(f"{error.filename}: cannot be written: {error.strerror}. Name a folder that is yours.") from error
    return tuple(directory / name for name in names)
