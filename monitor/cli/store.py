"""Stores as a whole."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from monitor.cli.options import json_option
from monitor.cli.printing import print_json, print_table
from monitor.errors import UsageError
from monitor.store.copy import copy_store, rows_of
from monitor.store.database import open_store, sqlite_path


@click.group()
def store() -> None:
    """The database as a whole."""


@store.command()
@click.argument("origin", metavar="FROM")
@click.argument("target", metavar="TO")
@json_option
def copy(origin: str, target: str, as_json: bool) -> None:
    """Copy everything into an empty store, and check it.

    FROM and TO are SQLite files or addresses like postgresql://user@host/database. No daemon may work on either meanwhile. The password
    of a PostgreSQL server is taken from ~/.pgpass or PGPASSWORD, never from this line.
    """
    origin_url, target_url = _url(origin), _url(target)
    path = sqlite_path(origin_url)
    if path is not None and not path.is_file():
        raise UsageError(f"{path}: there is no such file")
    opened = open_store(origin_url)
    try:
        made = open_store(target_url)
        try:
            with opened.only_daemon(), made.only_daemon(), _progress() as progress:
                task = progress.add_task("rows", total=rows_of(opened))
                copied = copy_store(opened, made, lambda rows: progress.advance(task, rows))
        finally:
            made.close()
    finally:
        opened.close()
    if as_json:
        print_json([{"table": each.table, "rows": each.rows, "digest": each.digest} for each in copied])
        return
    print_table(("table", "rows", "digest"), [(each.table, each.rows, each.digest) for each in copied], "there is no table")
    click.echo(f"{sum(each.rows for each in copied)} rows copied; both stores say the same. Now set `store` in monitor.yaml.")


def _url(named: str) -> str:
    return named if "://" in named else f"sqlite:///{Path(named).resolve()}"


def _progress() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
