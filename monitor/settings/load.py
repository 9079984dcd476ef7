"""Reading a configuration directory. All of it is checked, and everything wrong with it is said at once."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

import monitor
from monitor.alerts.channel import Channel, Secret
from monitor.errors import ConfigError, Problem
from monitor.rules.rule import Rule, Vocabulary
from monitor.settings.complaints import complaints, suggestion
from monitor.settings.models import (
    CHANNEL_KINDS,
    EmailEntry,
    MonitorFile,
    RuleEntry,
    SourceEntry,
    VocabularyEntry,
    WebhookEntry,
)
from monitor.settings.queries import query_problems, term_problems
from monitor.settings.secrets import SecretReference, Unavailable, fetch_secret
from monitor.settings.settings import Settings
from monitor.settings.values import language_problem, nearest, seconds, size_bytes, vocabulary_name_problem
from monitor.settings.yaml_tree import Route, Tree, read
from monitor.sources.source import Source
from monitor.urls import canonical, host_of

_Model = TypeVar("_Model", bound=BaseModel)

FILES = ("monitor.yaml", "sources.yaml", "channels.yaml")
FOLDERS = ("rules", "vocabularies")
_PLACEHOLDER = re.compile(r"(?:^|[@./])example\.(?:org|com|net)(?=$|[:/])")


def load(directory: Path, environ: Mapping[str, str]) -> Settings:
    """The settings in `directory`.

    Raises ConfigError with every problem of every file, in the order of the files. Secrets are looked up in `environ`, in files and in
    the credentials of systemd, for the channels that are switched on.
    """
    return _Loading(directory, environ).settings()


class _Loading:
    """One reading of one directory; collects problems and warnings on its way."""

    def __init__(self, directory: Path, environ: Mapping[str, str]) -> None:
        self.directory = directory
        self.environ = environ
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def settings(self) -> Settings:
        if not (self.directory / "monitor.yaml").exists():
            write = f"monitor init {self.directory}"
            raise ConfigError(
                [Problem(file=str(self.directory), message="no configuration here: there is no monitor.yaml", write=write)]
            )
        self._stray_files()
        main_tree = self._read(self.directory / "monitor.yaml")
        main = self._model(MonitorFile, main_tree, (), main_tree.data if main_tree.data is not None else {})
        state = self._state_directory(main.state if main else None, main_tree)
        store_password = self._secret(main.store_password, main_tree, ("store_password",)) if main else None
        sources = tuple(self._sources(self._read(self.directory / "sources.yaml")))
        channels, off, named = self._channels(self._read(self.directory / "channels.yaml"))
        vocabularies = self._vocabularies()
        rules = self._rules(named, off)
        names = {vocabulary.name for vocabulary, _ in vocabularies}
        for vocabulary, tree in vocabularies:
            self.problems += term_problems(vocabulary, tree)
        for rule, tree, route in rules:
            self.problems += query_problems(rule, tree, route, names)
        if main and (main.contact is None or _PLACEHOLDER.search(main.contact)):
            self.warnings.append(
                main_tree.problem(
                    ("contact",),
                    "`contact` is not filled in: publishers cannot reach you",
                    write="contact: your mail or web address",
                )
            )
        if self.problems or main is None or state is None:
            raise ConfigError(
                sorted(self.problems, key=lambda problem: (problem.file or "", problem.line or 0, problem.column or 0))
            )
        return Settings(
            directory=self.directory,
            state_directory=state,
            store=main.store if "://" in main.store else f"sqlite:///{state / main.store}",
            store_password=store_password,
            contact=main.contact,
            user_agent=f"asean-monitor/{monitor.__version__}" + (f" (+{main.contact})" if main.contact else ""),
            workers=main.workers,
            first_poll_window_s=seconds(main.first_poll_window),
            retention_s=None if main.retention == "forever" else seconds(main.retention),
            fetch_timeout_s=seconds(main.fetch.timeout),
            fetch_max_bytes=size_bytes(main.fetch.max_size),
            host_gap_s=seconds(main.fetch.host_gap),
            allow_networks=tuple(main.fetch.allow_networks),
            sources=sources,
            channels=tuple(channels),
            channels_off=tuple(off),
            rules=tuple(rule for rule, _, _ in rules),
            vocabularies=tuple(vocabulary for vocabulary, _ in vocabularies),
            warnings=tuple(self.warnings),
        )

    # files

    def _read(self, path: Path) -> Tree:
        try:
            tree = read(path.read_bytes(), str(path))
        except FileNotFoundError:
            tree = Tree(file=str(path))
            tree.problems.append(
                Problem(file=str(path), message="the file is missing", write="an empty file, if there is nothing to say")
            )
        except OSError as error:
            tree = Tree(file=str(path))
            tree.problems.append(Problem(file=str(path), message=f"cannot be read: {error.strerror}"))
        self.problems += tree.problems
        return tree

    def _stray_files(self) -> None:
        """A file with a misspelt name would be ignored in silence."""
        for path in sorted(self.directory.glob("*.y*ml")):
            if path.name not in FILES:
                close = nearest(path.stem, [name.removesuffix(".yaml") for name in FILES])
                write = f"{close}.yaml" if close else f"{', '.join(FILES)}, or a file in rules/ or vocabularies/"
                self.problems.append(Problem(file=str(path), message="a file of this name is not read", write=write))
        for folder in FOLDERS:
            for path in sorted((self.directory / folder).glob("**/*.y*ml")):
                if path.suffix != ".yaml" or path.parent.name != folder:
                    write = str(self.directory / folder / f"{path.stem}.yaml")
                    self.problems.append(Problem(file=str(path), message="a file of this name is not read", write=write))

    def _folder(self, name: str) -> Iterator[Tree]:
        for path in sorted((self.directory / name).glob("*.yaml")):
            yield self._read(path)

    def _items(self, tree: Tree, what: str) -> Iterator[tuple[Route, object]]:
        if isinstance(tree.data, list):
            for index, item in enumerate(tree.data):
                yield (index,), item
        elif tree.data is not None:
            self.problems.append(tree.problem((), f"a list of {what} should stand here", write="one `- id: …` for each"))

    def _model(self, model: type[_Model], tree: Tree, route: Route, data: object) -> _Model | None:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            self.problems += complaints(error, model, tree, route)
            return None

    def _once(self, seen: dict[str, str], value: str, tree: Tree, route: Route, message: str, *, key: bool = False) -> bool:
        """Whether `value` is new; if not, a problem that says where it stood first."""
        mark = (tree.keys if key else tree.values)[route]
        first = seen.setdefault(value, f"{tree.file}:{mark.line}")
        here = f"{tree.file}:{mark.line}"
        if first == here:
            return True
        self.problems.append(tree.problem(route, f"{message}; it stands in {first} already", key=key, found=value))
        return False

    # subjects

    def _state_directory(self, written: str | None, tree: Tree) -> Path | None:
        """Where the program keeps what it remembers: as written, as systemd says, or by the XDG convention."""
        if written is not None:
            return (self.directory / Path(written).expanduser()).absolute()
        if given := self.environ.get("STATE_DIRECTORY"):
            return Path(given.split(":")[0])
        if given := self.environ.get("XDG_STATE_HOME"):
            return Path(given) / "monitor"
        if home := self.environ.get("HOME"):
            return Path(home) / ".local" / "state" / "monitor"
        write = "state: /var/lib/monitor"
        self.problems.append(
            tree.problem(("state",), "no place for the database: neither STATE_DIRECTORY nor HOME is set", write=write)
        )
        return None

    def _secret(self, reference: SecretReference | None, tree: Tree, route: Route) -> Secret | None:
        if reference is None:
            return None
        try:
            return fetch_secret(reference, self.directory, self.environ)
        except Unavailable as error:
            self.problems.append(tree.problem(route, f"`{route[-1]}`: {error}", write=error.write))
            return None

    def _sources(self, tree: Tree) -> Iterator[Source]:
        ids: dict[str, str] = {}
        urls: dict[str, str] = {}
        enabled = 0
        for route, item in self._items(tree, "sources"):
            entry = self._model(SourceEntry, tree, route, item)
            if entry is None:
                continue
            self._once(ids, entry.id, tree, (*route, "id"), "a second source of this id")
            self._once(urls, canonical(entry.url), tree, (*route, "url"), "a second source of this address")
            enabled += entry.enabled
            yield entry.noun()
        if not enabled and not tree.problems:
            self.warnings.append(tree.problem((), "no source is enabled: nothing will be watched"))

    def _channels(self, tree: Tree) -> tuple[list[Channel], list[str], set[str]]:
        """Those that are on, the ids of those that are off, and all ids, bad entries included: these are not unknown as well."""
        ids: dict[str, str] = {}
        channels: list[Channel] = []
        off: list[str] = []
        named: set[str] = set()
        for route, item in self._items(tree, "channels"):
            named.add(str(item.get("id")) if isinstance(item, dict) else "")
            kind = item.get("kind") if isinstance(item, dict) else None
            if isinstance(kind, str) and kind not in CHANNEL_KINDS:
                kinds = list(CHANNEL_KINDS)
                self.problems.append(
                    tree.problem((*route, "kind"), "no such kind of channel", found=kind, write=suggestion(kind, kinds))
                )
                continue
            entry = self._model(CHANNEL_KINDS.get(str(kind), EmailEntry), tree, route, item)
            if entry is None:
                continue
            self._once(ids, entry.id, tree, (*route, "id"), "a second channel of this id")
            if not entry.enabled:
                off.append(entry.id)
            elif channel := self._channel(entry, tree, route):
                channels.append(channel)
        return channels, off, named

    def _channel(self, entry: EmailEntry | WebhookEntry, tree: Tree, route: Route) -> Channel | None:
        place = "host" if isinstance(entry, EmailEntry) else "url"
        if _PLACEHOLDER.search(entry.host if isinstance(entry, EmailEntry) else host_of(entry.url)):
            self.warnings.append(
                tree.problem((*route, place), f"channel {entry.id}: `{place}` is still the example", write="your own server")
            )
        if isinstance(entry, EmailEntry):
            password = self._secret(entry.password, tree, (*route, "password"))
            return entry.noun(password) if password or entry.password is None else None
        secret = self._secret(entry.secret, tree, (*route, "secret"))
        if secret is not None and not _signs(secret):
            message = "`secret`: what is there is not a signing secret: `whsec_` and base64 of 24 to 64 bytes"
            write = 'the line that this prints: echo "whsec_$(openssl rand -base64 32)"'
            self.problems.append(tree.problem((*route, "secret"), message, write=write))
        return entry.noun(secret) if secret is not None else None

    def _vocabularies(self) -> list[tuple[Vocabulary, Tree]]:
        names: dict[str, str] = {}
        found: list[tuple[Vocabulary, Tree]] = []
        for tree in self._folder("vocabularies"):
            if tree.data is not None and not isinstance(tree.data, dict):
                self.problems.append(
                    tree.problem((), "a mapping of vocabularies should stand here", write="group/name: {title: …, en: […]}")
                )
                continue
            for name, item in (tree.data or {}).items():
                if write := vocabulary_name_problem(name):
                    self.problems.append(tree.problem((name,), "not a vocabulary name", key=True, found=name, write=write))
                entry = self._model(VocabularyEntry, tree, (name,), item)
                if not self._once(names, name, tree, (name,), "a second vocabulary of this name", key=True) or entry is None:
                    continue
                vocabulary = entry.noun(name)
                for language in vocabulary.terms:
                    if write := language_problem(language):
                        write = nearest(language, ["title"]) or write
                        message = f"`{language}` is neither `title` nor a language tag"
                        self.problems.append(tree.problem((name, language), message, key=True, write=write))
                if not any(vocabulary.terms.values()):
                    self.problems.append(
                        tree.problem((name,), "a vocabulary without terms", key=True, write="en: [a term, another term]")
                    )
                found.append((vocabulary, tree))
        return found

    def _rules(self, channels: Iterable[str], off: Iterable[str]) -> list[tuple[Rule, Tree, Route]]:
        ids: dict[str, str] = {}
        known = sorted(channels)
        silent: set[str] = set()
        found: list[tuple[Rule, Tree, Route]] = []
        for tree in self._folder("rules"):
            for route, item in self._items(tree, "rules"):
                entry = self._model(RuleEntry, tree, route, item)
                if entry is None:
                    continue
                new = self._once(ids, entry.id, tree, (*route, "id"), "a second rule of this id")
                for index, name in enumerate(entry.alert):
                    place = (*route, "alert", index)
                    if name not in known:
                        write = suggestion(name, known) if known else "a channel in channels.yaml"
                        self.problems.append(
                            tree.problem(place, "no channel of this id in channels.yaml", found=name, write=write)
                        )
                    elif name in off and name not in silent:
                        silent.add(name)
                        message = f"channel {name} is off: its alerts are recorded and not sent"
                        self.warnings.append(tree.problem(place, message, write=f"`enabled: true` at {name} in channels.yaml"))
                if new:
                    found.append((entry.noun(), tree, route))
        return found


def _signs(secret: Secret) -> bool:
    """Whether a text is a secret by Standard Webhooks 1.0: `whsec_` and base64 of 24 to 64 bytes."""
    text = secret.reveal()
    try:
        return text.startswith("whsec_") and 24 <= len(b64decode(text.removeprefix("whsec_"), validate=True)) <= 64
    except (Base64Error, ValueError):
        return False
