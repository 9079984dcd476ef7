"""The files of a configuration directory: which exist, and what they contain as YAML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from monitor.alerts import wording
from monitor.errors import Problem
from monitor.settings.values import nearest
from monitor.settings.yaml_tree import Tree, read

FILES = ("monitor.yaml", "sources.yaml", "channels.yaml")
FOLDERS = ("rules", "vocabularies")
TEMPLATES = "templates"


def read_file(path: Path) -> Tree:
    """The file at `path`. If reading stopped half-way, the last entry is dropped, since half of it would lead to misleading problems."""
    try:
        tree = read(path.read_bytes(), str(path))
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        message = "the file is missing" if missing else f"cannot be read: {error.strerror}"
        write = "an empty file, if there is nothing to say" if missing else None
        return Tree(file=str(path), stopped=True, problems=[Problem(file=str(path), message=message, write=write)])
    if tree.stopped and isinstance(tree.data, list):
        tree.data = tree.data[:-1]
    elif tree.stopped and isinstance(tree.data, dict):
        tree.data = dict(list(tree.data.items())[:-1])
    return tree


def read_folder(directory: Path, name: str) -> list[Tree]:
    """The files in `rules/` or `vocabularies/`, sorted by name."""
    return [read_file(path) for path in sorted((directory / name).glob("*.yaml"))]


def read_templates(directory: Path) -> tuple[dict[str, str], list[Problem]]:
    """The user's templates for messages, by name, and the problems with them."""
    found: dict[str, str] = {}
    problems = []
    for path in sorted((directory / TEMPLATES).glob("*")):
        if path.name not in wording.TEMPLATES:
            write = nearest(path.name, wording.TEMPLATES) or ", ".join(wording.TEMPLATES)
            problems.append(Problem(file=str(path), message="a template of this name is not read", write=write))
            continue
        try:
            found[path.name] = path.read_text("utf-8")
        except OSError as error:
            problems.append(Problem(file=str(path), message=f"cannot be read: {error.strerror}"))
        except UnicodeDecodeError as error:
            problems.append(Problem(file=str(path), message=f"not UTF-8 text (byte {error.start})", write="save it as UTF-8"))
    for name in found:
        if wrong := wording.template_problem(found, name):
            problems.append(Problem(file=str(directory / TEMPLATES / name), line=wrong[1], message=wrong[0]))
    return found, problems


def stray_files(directory: Path) -> Iterator[Problem]:
    """A problem for each YAML file that is not read, so that a misspelt name does not silently disable rules."""
    for path in sorted(directory.glob("*.y*ml")):
        if path.name not in FILES:
            close = nearest(path.stem, [name.removesuffix(".yaml") for name in FILES])
            write = f"{close}.yaml" if close else f"{', '.join(FILES)}, or a file in rules/ or vocabularies/"
            yield Problem(file=str(path), message="a file of this name is not read", write=write)
    for folder in FOLDERS:
        for path in sorted((directory / folder).glob("**/*.y*ml")):
            if path.suffix != ".yaml" or path.parent != directory / folder:
                write = str(directory / folder / f"{path.stem}.yaml")
                yield Problem(file=str(path), message="a file of this name is not read", write=write)
