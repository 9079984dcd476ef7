"""What the person sees while the demo runs: one line for each thing that happens, a summary at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from monitor.cli.demo.desk import Entrance
from monitor.cli.demo.ledger import Ledger
from monitor.cli.demo.servers import Received
from monitor.cli.demo.sites import DemoSite
from monitor.cli.printing import marked
from monitor.engine.run_step import Event
from monitor.ports import Store, StoredAlert, StoredArticle
from monitor.steps.context import Done


class Presenter:
    """Prints; marks what matched. Colours only where a terminal is. To be used from one thread."""

    def __init__(self, sites: Sequence[DemoSite], store: Store, elapsed_s: Callable[[], float]) -> None:
        self._sites = {site.id: site for site in sites}
        self._store = store
        self._elapsed_s = elapsed_s
        self._polls: Counter[str] = Counter()
        self._broken: dict[str, str] = {}

    def opening(self, directory: Path, keep: bool) -> None:
        """What is about to happen, and where to look meanwhile."""
        languages = ", ".join(sorted({site.language for site in self._sites.values()}))
        click.secho(
            f"{len(self._sites)} small news sites ({languages}), a mailbox and a webhook receiver on 127.0.0.1;", bold=True
        )
        click.secho("one site is broken. The daemon watches them with the rules that come with the program.", bold=True)
        click.echo(f"Its configuration, while it runs: {directory}\n")
        if keep:
            click.echo("It stays up until Ctrl-C.\n")

    def desk(self, entrance: Entrance | None) -> None:
        """Where to look, in a demo that stays up."""
        if entrance is not None:
            click.echo(f"The desk: {entrance.address} (name {entrance.name}, password {entrance.password})\n")

    def event(self, event: Event) -> None:
        """A step of the daemon has ended."""
        match event.due.step:
            case "poll_source":
                self._polled(event.due.key, event.done)
            case "read_entry" if event.done.result != "left":
                self._read(event.done)
            case "deliver" if event.done.result == "failed":
                self._line("retry", f"{event.done.facts.get('channel', '')}: {event.done.reason}", fg="red")
            case _:
                pass

    def received(self, received: Received) -> None:
        """An alert has arrived."""
        if received.way == "mail":
            self._line("mail", _shortened(received.line, 130), fg="green")
        else:
            seal = "signature verified" if received.trusted else "WRONG SIGNATURE"
            self._line("webhook", f"{received.rule}: {_shortened(received.line, 70)} ({seal})", fg="green")

    def summary(self, ledger: Ledger, keep: bool) -> None:
        """What came of it all, and what to do next."""
        with self._store.reading() as tx:
            articles = list(tx.articles.in_order())
            recorded = sum(counts.outcomes.get("recorded", 0) for counts in tx.sources.counts())
        polls = f"{len(self._polls)} polled {sum(self._polls.values())} times"
        broken = "; ".join(f"{self._name(source)}: {reason}" for source, reason in self._broken.items())
        matches = Counter(match.rule for article in articles for match in article.matches)
        click.secho(f"\nAfter {self._elapsed_s():.0f} seconds", bold=True)
        self._row("sources", f"{polls}; broken: {broken}" if broken else polls)
        languages = len({article.article.language for article in articles})
        old = f"; {recorded} too old to alert, only recorded" if recorded else ""
        self._row("articles", f"{len(articles)} read in {languages} languages{old}")
        self._row("matches", ", ".join(f"{rule} {count}" for rule, count in sorted(matches.items())) or "none")
        self._row("stories", _stories(articles))
        verified = sum(each.trusted for each in ledger.received if each.way == "webhook")
        self._row("alerts", f"{ledger.count('mail')} mails; {ledger.count('webhook')} webhooks, {verified} signatures verified")
        click.echo()
        if problems := ledger.shortcomings():
            click.secho("Not everything came as expected:", fg="red", bold=True)
            for problem in problems:
                click.echo(f"  - {problem}")
        else:
            click.secho("Every expected alert arrived, by mail and by webhook, and no other.", fg="green", bold=True)
        click.echo("\nNext: `monitor init DIR` writes a configuration of your own; `monitor --help` lists all commands.")
        if keep:
            click.echo("The demo and its desk stay up. Ctrl-C ends them.")
        else:
            click.echo("`monitor demo --keep` stays up, with pages to look at.")

    def _polled(self, key: str, done: Done) -> None:
        if done.result == "left":
            return
        self._polls[key] += 1
        if done.result == "failed":
            if key not in self._broken:
                self._line("broken", f"{self._name(key)}: {done.reason}; it is asked again later, the others go on", fg="red")
            self._broken[key] = done.reason
        elif new := done.facts.get("new"):
            recorded = done.facts.get("recorded")
            old = f", {recorded} of them too old to alert" if recorded else ""
            self._line("polled", f"{self._name(key)}: {done.facts['listed']} listed, {new} new{old}", fg="cyan")

    def _read(self, done: Done) -> None:
        article_id = done.facts.get("article")
        with self._store.reading() as tx:
            article = tx.articles.get(str(article_id)) if article_id else None
            ids = _texts(done.facts, "alerts")
            alerts = [alert for alert_id in ids if (alert := tx.alerts.get(alert_id)) is not None]
            carriers = [each.source_name for each in tx.articles.of_story(article.story_id)] if article else []
        if article is None:
            self._line("unread", f"{done.facts.get('url', '')}: {done.reason}", fg="red")
            return
        hits = [(hit.start, hit.end) for match in article.matches for hit in match.hits if hit.field == "title"]
        language = article.article.language or "?"
        self._line("read", f"{article.source_name} ({language}): {marked(article.article.headline or '', hits)}")
        for alert in alerts:
            self._alert(alert)
        if article.matches and not alerts and not done.facts.get("opened"):
            others = ", ".join(name for name in dict.fromkeys(carriers) if name != article.source_name)
            self._line("story", f"the same story as in {others}: no second alert", fg="magenta")

    def _alert(self, alert: StoredAlert) -> None:
        snippet = alert.notice.snippets[0] if alert.notice.snippets else None
        text = marked(snippet.text, snippet.marks) if snippet else ""
        self._line("match", f"{alert.notice.rule_id}: {' '.join(text.split())}", fg="yellow")

    def _name(self, source_id: str) -> str:
        site = self._sites.get(source_id)
        return f"{site.name} ({site.language}, {site.country})" if site else source_id

    def _line(self, what: str, text: str, fg: str | None = None) -> None:
        click.echo(f"{self._elapsed_s():5.1f}s  {click.style(f'{what:<8}', fg=fg, bold=fg is not None)} {text}")

    def _row(self, what: str, text: str) -> None:
        click.echo(f"  {click.style(f'{what:<10}', bold=True)}{text}")


def _stories(articles: Sequence[StoredArticle]) -> str:
    sites: dict[str, list[str]] = {}
    headline: dict[str, str] = {}
    for article in articles:
        sites.setdefault(article.story_id, []).append(article.source_name)
        headline.setdefault(article.story_id, article.article.headline or "")
    shared = [
        f"“{headline[story]}” in {len(names)} sites: one alert a rule" for story, names in sites.items() if len(names) > 1
    ]
    return "; ".join([str(len(sites)), *shared])


def _texts(facts: Mapping[str, object], name: str) -> list[str]:
    value = facts.get(name)
    return [str(each) for each in value] if isinstance(value, tuple) else []


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
