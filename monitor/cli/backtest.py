"""What rules would have told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click

from monitor.app import App, open_app
from monitor.cli.options import Duration, config_option, json_option, rules_asked, settings_of
from monitor.cli.printing import print_json, print_table, progress
from monitor.cli.replaying import drafted, replayed
from monitor.ports import StoredArticle
from monitor.rules.backtest import Difference, Judged, RuleBacktest
from monitor.rules.backtest import backtest as run_backtest
from monitor.rules.compile import RuleSet
from monitor.rules.document import document
from monitor.settings.settings import Settings

_Judge = Callable[[StoredArticle], frozenset[str]]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--rule", metavar="RULE", help="Only this rule.")
@click.option(
    "--draft", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Rules to try, in the form of rules/*.yaml."
)
@click.option("--since", type=Duration(), metavar="30d", help="Only articles read since then.")
@config_option
@json_option
def backtest(
    paths: tuple[Path, ...], rule: str | None, draft: Path | None, since: timedelta | None, config: Path | None, as_json: bool
) -> None:
    """What the rules would have alerted.

    By day, source and language, over the archive or over PATHS (text folders, WARC files). With --draft, its rules take the place of those
    with the same id, and the stories gained and lost are counted against the rules in force. Without it, against what was matched when the
    articles were read.
    """
    settings = settings_of(config)
    with _articles(settings, paths) as app:
        in_force = app.context.rules
        tried = in_force if draft is None else drafted(settings, draft).rule_set
        chosen = rules_asked(tried, rule)
        after = None if since is None else app.clock.now() - since
        with app.store.reading() as tx:
            articles = [each for each in tx.articles.in_order() if after is None or each.read_at >= after]
        before: _Judge = (lambda each: _matched(in_force, each)) if draft is not None else _recorded
        results = list(run_backtest(_judged(articles, before, tried), chosen).values())
    if as_json:
        print_json({"articles": len(articles), "rules": [_json(result) for result in results]})
        return
    for result in results:
        _print(result, len(articles))


@contextmanager
def _articles(settings: Settings, paths: Sequence[Path]) -> Iterator[App]:
    """The program over the archive; or over a store into which `paths` were replayed."""
    if not paths:
        with open_app(settings) as app:
            yield app
        return
    with replayed(settings, paths) as result:
        yield result.app


def _judged(articles: Sequence[StoredArticle], before: _Judge, tried: RuleSet) -> Iterator[Judged]:
    for each in progress(articles, "matching"):
        yield Judged(
            story=each.story_id,
            day=(each.article.published_at or each.read_at).date(),
            source=each.source_id,
            language=each.article.language,
            headline=each.article.headline or each.article.paragraphs[0][:80],
            before=before(each),
            after=_matched(tried, each),
        )


def _matched(rules: RuleSet, stored: StoredArticle) -> frozenset[str]:
    return rules.held(document(stored.article, stored.source))


def _recorded(stored: StoredArticle) -> frozenset[str]:
    return frozenset(match.rule for match in stored.matches)


def _print(result: RuleBacktest, articles: int) -> None:
    click.echo(f"\n{result.rule}: {result.alerts} alerts in {articles} articles")
    for name, counts in (("day", result.by_day), ("source", result.by_source), ("language", result.by_language)):
        rows = sorted(counts.items()) if name == "day" else counts.most_common(20)
        print_table((name, "alerts"), rows, f"no alerts by {name}")
    for word, stories in (("gained", result.gained), ("lost", result.lost)):
        click.echo(f"{len(stories)} stories {word}")
        for each in stories:
            click.echo(f"  {each.day} {each.source} {each.headline} ({each.story})")


def _json(result: RuleBacktest) -> dict[str, object]:
    def stories(differences: Sequence[Difference]) -> list[dict[str, str]]:
        return [
            {"story": each.story, "day": str(each.day), "source": each.source, "headline": each.headline}
            for each in differences
        ]

    return {
        "rule": result.rule,
        "alerts": result.alerts,
        "by_day": {str(day): number for day, number in sorted(result.by_day.items())},
        "by_source": dict(result.by_source),
        "by_language": dict(result.by_language),
        "gained": stories(result.gained),
        "lost": stories(result.lost),
    }
