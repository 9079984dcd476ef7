"""What readers say of the alerts, as figures about rules and terms."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from monitor.alerts.feedback import Precision, by_rule, by_term
from monitor.cli.options import config_option, json_option, rules_asked, settings_of
from monitor.cli.printing import print_json, print_table
from monitor.store.database import open_store


@click.command()
@click.option("--rule", metavar="RULE", help="Only alerts of this rule.")
@click.option("--terms", is_flag=True, help="By term instead of by rule.")
@config_option
@json_option
def precision(rule: str | None, terms: bool, config: Path | None, as_json: bool) -> None:
    """How much of what each rule raised was worth it.

    By the verdicts that readers gave, of rules or of terms, the worst first. The precision is the relevant among the relevant and the
    noise. A duplicate is no fault of a rule and counts for neither.
    """
    settings = settings_of(config)
    store = open_store(settings.store_url())
    with store.reading() as tx:
        judged = [(feedback, notice) for feedback, notice in tx.feedback.all() if rule is None or notice.rule_id == rule]
    store.close()
    if not judged:
        rules_asked(settings.rule_set, rule)  # a name that is misspelt is told
    found = by_term(judged) if terms else by_rule(judged)
    if as_json:
        print_json([{**asdict(each), "precision": each.share} for each in found])
        return
    print_table(
        ("term" if terms else "rule", "precision", "relevant", "noise", "duplicate"),
        ((each.name, _percent(each), each.relevant, each.noise, each.duplicate) for each in found),
        "No verdicts yet: alerts carry links to give them once `public_url` is set in monitor.yaml.",
    )


def _percent(each: Precision) -> str:
    return "" if each.share is None else f"{each.share:.0%}"
