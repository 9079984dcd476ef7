"""Rules: looking after what is looked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from monitor.cli.backtest import backtest
from monitor.cli.options import config_option, json_option, rules_asked, settings_of
from monitor.cli.precision import precision
from monitor.cli.printing import print_json, print_table, progress
from monitor.cli.queries import shown
from monitor.errors import UsageError
from monitor.rules.format import format_query
from monitor.rules.lint import lint
from monitor.rules.match import Match
from monitor.rules.parse import parse
from monitor.rules.score import Labelled, Report, Tally, read_labelled
from monitor.rules.score import score as score_rules
from monitor.rules.tokens import QueryError


@click.group()
def rules() -> None:
    """Check, format, backtest and score rules."""


rules.add_command(backtest)
rules.add_command(precision)


@rules.command(name="check")
@config_option
@json_option
def check(config: Path | None, as_json: bool) -> None:
    """What could go wrong with rules that are right.

    Terms that never match or hide in other words, languages without a term.
    """
    settings = settings_of(config)
    advice = lint(settings.rules, settings.vocabularies)
    if as_json:
        print_json([{name: getattr(each, name) for name in each.__slots__} for each in advice])
        return
    print_table(
        ("where", "language", "term", "what", "write"),
        ((each.subject, each.language, each.term, each.message, each.write) for each in advice),
        "Nothing to remark.",
    )


@rules.command(name="format")
@click.argument("query", required=False)
@config_option
def format_(query: str | None, config: Path | None) -> None:
    """QUERY in its canonical form.

    Without one, every rule's queries, for comparison with what the files say.
    """
    if query is not None:
        click.echo(_formatted(query))
        return
    for rule in settings_of(config).rules:
        click.echo(f"{rule.id}:")
        click.echo(f"  when: {_formatted(rule.when)}")
        if rule.unless is not None:
            click.echo(f"  unless: {_formatted(rule.unless)}")
        for text, points in rule.score.items():
            click.echo(f"  score {points:+d}: {_formatted(text)}")


@rules.command(name="score")
@click.argument("labelled", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rule", metavar="RULE", help="Only this rule.")
@config_option
@json_option
def score(labelled: Path, rule: str | None, config: Path | None, as_json: bool) -> None:
    """Measure the rules against LABELLED articles.

    Precision, recall and F1, by rule and language. One JSON object a line: {"id", "language", "country", "headline", "text", "labels":
    {RULE: true | false}}. Misses and false alarms are listed with their receipts.
    """
    compiled = settings_of(config).rule_set
    asked = rules_asked(compiled, rule)
    articles = list(_labelled(labelled))
    if not articles:
        raise UsageError(f"{labelled} holds no labelled article: write one JSON object a line")
    scored = score_rules(compiled, progress(articles, "scoring"))
    report = replace(scored, rules=tuple(each for each in scored.rules if each.rule in asked))
    if as_json:
        print_json(report.to_json())
    else:
        _print_report(report)


def _formatted(text: str) -> str:
    try:
        return format_query(parse(text))
    except QueryError as error:
        raise shown(error, text) from error


def _labelled(path: Path) -> Iterator[Labelled]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield read_labelled(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            what = f"{error} is missing" if isinstance(error, KeyError) else error
            raise UsageError(f"{path}:{number}: not a labelled article ({what})") from error


def _print_report(report: Report) -> None:
    for scored in report.rules:
        click.echo(f"\n{scored.rule}")
        rows = [("all", scored.overall), *scored.languages.items()]
        print_table(
            ("language", "articles", "positives", "precision", "recall", "F1"),
            ((name, tally.articles, tally.positives, *map(_ratio, _ratios(tally))) for name, tally in rows),
            "no articles",
        )
        for title, mistakes in (("missed", scored.misses), ("false alarms", scored.false_alarms)):
            if mistakes:
                click.echo(f"\n{scored.rule}: {title}")
            for mistake in mistakes:
                click.echo(f"  {mistake.language} {mistake.id} {mistake.title}")
                if mistake.match is not None:
                    click.echo(f"      {_receipt(mistake.match)}")
    sys.stdout.flush()


def _ratios(tally: Tally) -> tuple[float | None, float | None, float | None]:
    return tally.precision, tally.recall, tally.f1


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _receipt(match: Match) -> str:
    words = dict.fromkeys(f"{hit.term} ({hit.vocabulary or 'rule'}, {hit.field})" for hit in match.hits)
    points = "" if match.points is None else f"{match.points} points: "
    return points + "; ".join(list(words)[:8])
