"""Reads a configuration directory. All of it is checked, and all problems are reported at once."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

import monitor
from monitor.alerts.channel import Channel, Secret
from monitor.errors import ConfigError, Problem
from monitor.rules.rule import Rule
from monitor.settings.complaints import complaints, suggestion
from monitor.settings.files import read_file, read_folder, read_templates, stray_files
from monitor.settings.models import (
    CHANNEL_KINDS,
    AppriseEntry,
    ArchivePart,
    ChannelEntry,
    EmailEntry,
    MonitorFile,
    RuleEntry,
    SourceEntry,
    VocabularyEntry,
)
from monitor.settings.queries import PlacedRule, PlacedVocabulary, compile_problems, query_problems, term_problems
from monitor.settings.secrets import SecretReference, Unavailable, fetch_secret
from monitor.settings.settings import Recordings, Settings
from monitor.settings.values import language_problem, nearest, seconds, size_bytes, vocabulary_name_problem
from monitor.settings.yaml_tree import Route, Tree
from monitor.sources.source import Source
from monitor.urls import canonical, host_of

_Model = TypeVar("_Model", bound=BaseModel)
_Seen = dict[str, tuple[Tree, Route]]
"""Where each value appeared first."""

_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_POLITE_INTERVAL_S = 60.0
_PLACEHOLDER = re.compile(r"(?:^|[@./])example\.(?:org|com|net)(?=$|[:/])")


def load(directory: Path, environ: Mapping[str, str]) -> Settings:
    """The settings in `directory`.

    Raises ConfigError with all problems, sorted by file and line. Secrets are looked up in `environ`, in files and in the credentials of
    systemd, but only for channels that are switched on.
    """
    return _Loading(directory, environ).settings()


@dataclass(slots=True, kw_only=True)
class _Channels:
    """What channels.yaml says. `named` holds all ids in it, also those of invalid entries, so that these are not called unknown, too."""

    all_known: bool
    on: list[Channel] = field(default_factory=list)
    off: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    entries: list[tuple[ChannelEntry, Tree, Route]] = field(default_factory=list)
    told: set[str] = field(default_factory=set)


def load_draft(path: Path, settings: Settings) -> tuple[Rule, ...]:
    """The rules in a file like those in `rules/` that is not part of the configuration. Raises ConfigError as `load` does."""
    loading = _Loading(path.parent, {})
    known = [channel.id for channel in settings.channels]
    channels = _Channels(all_known=True, named={*known, *settings.channels_off}, off=list(settings.channels_off))
    rules = loading.drafted(path, channels, {vocabulary.name for vocabulary in settings.vocabularies})
    if loading.problems:
        raise ConfigError(loading.problems)
    return rules


class _Loading:
    """One reading of one directory, which collects problems and warnings on its way."""

    def __init__(self, directory: Path, environ: Mapping[str, str]) -> None:
        self.directory = directory
        self.environ = environ
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def settings(self) -> Settings:
        if not (self.directory / "monitor.yaml").exists():
            message, write = "no configuration here: there is no monitor.yaml", f"monitor init {self.directory}"
            raise ConfigError([Problem(file=str(self.directory), message=message, write=write)])
        self.problems += stray_files(self.directory)
        main_tree = self._taken(read_file(self.directory / "monitor.yaml"))
        main = self._main(main_tree)
        state = self._state_directory(main.state if main else None, main_tree)
        store_password = self._secret(main.store_password, main_tree, ("store_password",)) if main else None
        sources = tuple(self._sources(self._taken(read_file(self.directory / "sources.yaml"))))
        timezone = main.timezone if main else "UTC"
        channels = self._channels(self._taken(read_file(self.directory / "channels.yaml")), timezone)
        if main is not None and main.operator is not None:
            self._check_channel(main.operator, channels, main_tree, ("operator",))
        templates, wrong = read_templates(self.directory)
        self.problems += wrong
        vocabularies, names = self._vocabularies()
        rules = list(self._rules(read_folder(self.directory, "rules"), channels, names))
        self._check_only(channels, {placed.rule.id for placed in rules})
        if self.problems or main is None or state is None:
            raise ConfigError(_in_order(self.problems))
        settings = Settings(
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
            archive=None if main.archive is None else _recordings(main.archive, state),
            host_gap_s=seconds(main.fetch.host_gap),
            allow_networks=tuple(main.fetch.allow_networks),
            sources=sources,
            channels=tuple(channels.on),
            channels_off=tuple(channels.off),
            timezone=main.timezone,
            operator=main.operator,
            heartbeat=time.fromisoformat(main.heartbeat) if main.heartbeat else None,
            public_url=main.public_url,
            web=main.web.noun(),
            templates=templates,
            rules=tuple(placed.rule for placed in rules),
            vocabularies=tuple(placed.vocabulary for placed in vocabularies),
            warnings=tuple(self.warnings),
        )
        if problems := list(compile_problems(settings, rules, vocabularies)):
            raise ConfigError(_in_order(problems))
        return settings

    def drafted(self, path: Path, channels: _Channels, vocabularies: set[str]) -> tuple[Rule, ...]:
        return tuple(placed.rule for placed in self._rules([read_file(path)], channels, vocabularies))

    # what all subjects need

    def _taken(self, tree: Tree) -> Tree:
        self.problems += tree.problems
        return tree

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

    def _once(self, seen: _Seen, value: str, tree: Tree, route: Route, message: str, *, key: bool = False) -> bool:
        """Whether `value` is new. If not, adds a problem that says where it appeared first."""
        here = tree, route
        first = seen.setdefault(value, here)
        if first is here:
            return True
        its_tree, its_route = first
        mark = (its_tree.keys if key else its_tree.values)[its_route]
        where = f"{its_tree.file}:{mark.line}:{mark.column}"
        self.problems.append(tree.problem(route, f"{message}; it stands in {where} already", key=key, found=value))
        return False

    # subjects

    def _main(self, tree: Tree) -> MonitorFile | None:
        main = self._model(MonitorFile, tree, (), {} if tree.data is None else tree.data)
        if main and (main.contact is None or _PLACEHOLDER.search(main.contact)):
            message = "`contact` is not filled in: publishers cannot reach you"
            self.warnings.append(tree.problem(("contact",), message, write="contact: your mail or web address"))
        if main and main.web.address not in _THIS_MACHINE and not (main.public_url or "").startswith("https:"):
            message = "the desk is reached from other machines, and what is typed there travels unencrypted"
            write = "a proxy with TLS before it, and its address as public_url: https://…"
            self.warnings.append(tree.problem(("web", "address"), message, write=write))
        return main

    def _state_directory(self, written: str | None, tree: Tree) -> Path | None:
        """Where the program keeps its data: as configured, else as systemd says, else by the XDG convention."""
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
        ids: _Seen = {}
        urls: _Seen = {}
        enabled = 0
        for route, item in self._items(tree, "sources"):
            entry = self._model(SourceEntry, tree, route, item)
            if entry is None:
                continue
            self._once(ids, entry.id, tree, (*route, "id"), "a second source of this id")
            self._once(urls, canonical(entry.url), tree, (*route, "url"), "a second source of this address")
            enabled += entry.enabled
            source = entry.noun()
            if source.enabled and source.interval_s < _POLITE_INTERVAL_S:
                message = f"source {source.id} is asked more often than once a minute: only a server of your own should be"
                self.warnings.append(
                    tree.problem((*route, "interval"), message, write="interval: 1m, or leave the line out for 15m")
                )
            yield source
        if not enabled and not tree.problems:
            self.warnings.append(tree.problem((), "no source is enabled: nothing will be watched"))

    def _channels(self, tree: Tree, timezone: str) -> _Channels:
        ids: _Seen = {}
        channels = _Channels(all_known=not tree.stopped)
        for route, item in self._items(tree, "channels"):
            kind, name = (item.get("kind"), item.get("id")) if isinstance(item, dict) else (None, None)
            if isinstance(name, str):
                channels.named.add(name)
            if isinstance(kind, str) and kind not in CHANNEL_KINDS:
                write = suggestion(kind, list(CHANNEL_KINDS))
                self.problems.append(tree.problem((*route, "kind"), "no such kind of channel", found=kind, write=write))
                continue
            entry = self._model(CHANNEL_KINDS.get(str(kind), EmailEntry), tree, route, item)
            if entry is None:
                continue
            self._once(ids, entry.id, tree, (*route, "id"), "a second channel of this id")
            channels.entries.append((entry, tree, route))
            if not entry.enabled:
                channels.off.append(entry.id)
            elif channel := self._channel(entry, tree, route, timezone):
                channels.on.append(channel)
        for entry, _, route in channels.entries:
            if entry.fallback == entry.id:
                self.problems.append(tree.problem((*route, "fallback"), "a channel cannot stand in for itself", found=entry.id))
            elif entry.fallback is not None:
                self._check_channel(entry.fallback, channels, tree, (*route, "fallback"))
        return channels

    def _check_only(self, channels: _Channels, rules: set[str]) -> None:
        for entry, tree, route in channels.entries:
            for index, name in enumerate(entry.only.rules):
                if name not in rules:
                    place = (*route, "only", "rules", index)
                    write = suggestion(name, sorted(rules)) if rules else "a rule in rules/"
                    self.problems.append(tree.problem(place, "no rule of this id", found=name, write=write))

    def _channel(self, entry: ChannelEntry, tree: Tree, route: Route, timezone: str) -> Channel | None:
        if isinstance(entry, AppriseEntry):
            address = self._secret(entry.url, tree, (*route, "url"))
            return entry.noun(address, timezone) if address is not None else None
        place = "host" if isinstance(entry, EmailEntry) else "url"
        if _PLACEHOLDER.search(entry.host if isinstance(entry, EmailEntry) else host_of(entry.url)):
            self.warnings.append(
                tree.problem((*route, place), f"channel {entry.id}: `{place}` is still the example", write="your own server")
            )
        if isinstance(entry, EmailEntry):
            password = self._secret(entry.password, tree, (*route, "password"))
            return entry.noun(password, timezone) if password or entry.password is None else None
        secret = self._secret(entry.secret, tree, (*route, "secret"))
        if secret is not None and not _signs(secret):
            message = "`secret`: what is there is not a signing secret: `whsec_` and base64 of 24 to 64 bytes"
            write = 'the line that this prints: echo "whsec_$(openssl rand -base64 32)"'
            self.problems.append(tree.problem((*route, "secret"), message, write=write))
        return entry.noun(secret, timezone) if secret is not None else None

    def _vocabularies(self) -> tuple[list[PlacedVocabulary], set[str] | None]:
        """The vocabularies, and the names of all, invalid ones included; None instead of names if a file could not be read completely."""
        names: _Seen = {}
        found: list[PlacedVocabulary] = []
        all_known = True
        for tree in map(self._taken, read_folder(self.directory, "vocabularies")):
            all_known &= not tree.stopped
            if tree.data is not None and not isinstance(tree.data, dict):
                form = "group/name: {title: …, en: […]}"
                self.problems.append(tree.problem((), "a mapping of vocabularies should stand here", write=form))
                continue
            for name, item in (tree.data or {}).items():
                if write := vocabulary_name_problem(name):
                    self.problems.append(tree.problem((name,), "not a vocabulary name", key=True, found=name, write=write))
                entry = self._model(VocabularyEntry, tree, (name,), item)
                if self._once(names, name, tree, (name,), "a second vocabulary of this name", key=True) and entry is not None:
                    found.append(PlacedVocabulary(vocabulary=entry.noun(name), tree=tree))
                    self._check_terms(found[-1])
        return found, set(names) if all_known else None

    def _check_terms(self, placed: PlacedVocabulary) -> None:
        name, terms, tree = placed.vocabulary.name, placed.vocabulary.terms, placed.tree
        for language in terms:
            if write := language_problem(language):
                message = f"`{language}` is neither `title` nor a language tag"
                meant = nearest(language, ["title"]) or write
                self.problems.append(tree.problem((name, language), message, key=True, write=meant))
        if not any(terms.values()):
            form = "en: [a term, another term]"
            self.problems.append(tree.problem((name,), "a vocabulary without terms", key=True, write=form))
        self.problems += term_problems(placed)

    def _rules(self, trees: Iterable[Tree], channels: _Channels, vocabularies: set[str] | None) -> Iterator[PlacedRule]:
        ids: _Seen = {}
        for tree in map(self._taken, trees):
            for route, item in self._items(tree, "rules"):
                entry = self._model(RuleEntry, tree, route, item)
                if entry is None:
                    continue
                self._once(ids, entry.id, tree, (*route, "id"), "a second rule of this id")
                for index, name in enumerate(entry.alert):
                    self._check_channel(name, channels, tree, (*route, "alert", index))
                placed = PlacedRule(rule=entry.noun(), tree=tree, route=route)
                self.problems += query_problems(placed, vocabularies)
                yield placed

    def _check_channel(self, name: str, channels: _Channels, tree: Tree, route: Route) -> None:
        if name in channels.off:
            if name not in channels.told:
                channels.told.add(name)
                message = f"channel {name} is off: its alerts are recorded and not sent"
                self.warnings.append(tree.problem(route, message, write=f"`enabled: true` at {name} in channels.yaml"))
        elif name not in channels.named and channels.all_known:
            write = suggestion(name, sorted(channels.named)) if channels.named else "a channel in channels.yaml"
            self.problems.append(tree.problem(route, "no channel of this id in channels.yaml", found=name, write=write))


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.file or "", problem.line or 0, problem.column or 0))


def _recordings(written: ArchivePart, state: Path) -> Recordings:
    return Recordings(
        folder=state / Path(written.folder).expanduser(),
        file_bytes=size_bytes(written.file_size),
        max_bytes=size_bytes(written.max_size),
        max_age_s=None if written.max_age == "forever" else seconds(written.max_age),
    )


def _signs(secret: Secret) -> bool:
    """Whether the text is a signing secret by Standard Webhooks 1.0: `whsec_` and base64 of 24 to 64 bytes."""
    text = secret.reveal()
    try:
        return text.startswith("whsec_") and 24 <= len(b64decode(text.removeprefix("whsec_"), validate=True)) <= 64
    except (Base64Error, ValueError):
        return False
