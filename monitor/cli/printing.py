"""How things are shown: JSON for scripts, lines and tables for people, progress only where someone is looking."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from monitor.articles.article import Article
from monitor.ports import StoredAlert, StoredArticle
from monitor.rules.match import Document, Match

T = TypeVar("T")


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_json_stream(name: str, items: Iterable[object], rest: Mapping[str, object]) -> None:
    """One JSON object on standard output: the items as a list under `name`, each printed as it comes, and `rest`."""
    click.echo(f'{{\n  "{name}": [', nl=False)
    empty = True
    for item in items:
        click.echo(("" if empty else ",") + f"\n    {_indented(item, 4)}", nl=False)
        empty = False
    click.echo("]" if empty else "\n  ]", nl=False)
    for key, value in rest.items():
        click.echo(f',\n  "{key}": {_indented(value, 2)}', nl=False)
    click.echo("\n}")


def _indented(value: object, by: int) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    return text.replace("\n", "\n" + " " * by)  # a line end inside a string is written as an escape


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """A table; or, without rows, the word `empty` that says what to do next. Piped, it is tab-separated lines."""
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not cells:
        click.echo(empty)
    elif not sys.stdout.isatty():
        click.echo("\t".join(headings))
        for row in cells:
            click.echo("\t".join(" ".join(cell.split()) for cell in row))
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column, heading in enumerate(headings):
            table.add_column(heading, no_wrap=column == 0, overflow="fold")  # the id, which is typed next, stays whole
        for row in cells:
            table.add_row(*row)
        Console(highlight=False, markup=False).print(table)


def print_facts(article: Article) -> None:
    """What is known of an article besides its text, a line each."""
    facts = (
        ("by", ", ".join(article.authors)),
        ("dateline", article.dateline),
        ("published", when(article.published_at)),
        ("language", article.language),
        ("address", article.url),
        ("notes", ", ".join(article.flags)),
    )
    for name, value in facts:
        if value:
            click.echo(f"  {name}: {value}")


def progress(items: Sequence[T], what: str) -> Iterator[T]:
    """The same items, with a bar on standard error if a person is looking."""
    console = Console(stderr=True)
    yield from track(items, description=what, console=console, transient=True, disable=not console.is_terminal)


def waiting(what: str) -> AbstractContextManager[object]:
    """Says on standard error, to a person who is looking, what is waited for."""
    console = Console(stderr=True)
    return console.status(what) if console.is_terminal else nullcontext()


def count(number: int, noun: str) -> str:
    """`1 article`, `2 articles`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def when(at: datetime | None) -> str:
    """A time for people: UTC to the minute, `2025-05-03 14:05Z`."""
    return at.strftime("%Y-%m-%d %H:%MZ") if at else ""


def marked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with the spans marked: coloured on a terminal, in [brackets] elsewhere. Overlapping spans become one."""
    result, at = "", 0
    for start, end in _merged(spans):
        words = text[start:end]
        result += text[at:start] + (click.style(words, fg="black", bg="yellow") if sys.stdout.isatty() else f"[{words}]")
        at = end
    return result + text[at:]


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def article_json(article: Article) -> dict[str, Any]:
    """An article as scripts see it."""
    return asdict(article)


def match_json(match: Match, document: Document) -> dict[str, Any]:
    """A receipt as scripts see it; each hit carries its words and its UTF-16 offsets beside those in code points."""
    hits = []
    for hit in match.hits:
        text = document.text(hit.field)
        start16 = hit.start + sum(ord(char) > 0xFFFF for char in text[: hit.start])
        end16 = start16 + hit.end - hit.start + sum(ord(char) > 0xFFFF for char in text[hit.start : hit.end])
        hits.append({**asdict(hit), "words": text[hit.start : hit.end], "utf16_start": start16, "utf16_end": end16})
    return {**asdict(match), "hits": hits}


def stored_json(stored: StoredArticle) -> dict[str, Any]:
    """An article's row as scripts see it."""
    return asdict(stored)


def alert_json(stored: StoredAlert) -> dict[str, Any]:
    """An alert with its deliveries as scripts see it."""
    return {**asdict(stored.alert), "notice": asdict(stored.notice), "deliveries": [asdict(each) for each in stored.deliveries]}


def _plain(value: object) -> object:
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
