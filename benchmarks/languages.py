"""The confusion table of language detection over labelled articles, as Markdown.

    python benchmarks/languages.py [FILE.jsonl ...]

One JSON object a line: {"language", "headline", "text"}. Without a file: our own labelled articles in fixtures/labelled. Nothing else is
given, no language of the site, which would decide ties in practice. The tables of docs/languages.md are printed by this.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path

from monitor.articles.language import detect

OWN = Path(__file__).parents[1] / "fixtures" / "labelled"


def main() -> None:
    files = [Path(name) for name in sys.argv[1:]] or sorted(OWN.glob("*.jsonl"))
    labelled = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines() if line.strip()]
    whole = [(each["language"], f"{each['headline']}\n{each['text']}") for each in labelled]
    headlines = [(each["language"], each["headline"]) for each in labelled if each["headline"]]
    show("Whole articles", whole)
    show("Headlines alone", headlines)


def show(title: str, texts: list[tuple[str, str]]) -> None:
    """A row for each true language, a column for each answer."""
    started = time.process_time()
    answers = [(language, detect(text) or "none") for language, text in texts]
    spent_ms = 1000 * (time.process_time() - started) / len(texts)
    table = Counter(answers)
    rows = sorted({language for language, _ in answers})
    columns = rows + sorted({answer for _, answer in answers} - set(rows))
    right = sum(count for (language, answer), count in table.items() if language == answer)
    print(f"\n**{title}**: {right} of {len(texts)} right ({right / len(texts):.1%}), {spent_ms:.2f} ms of CPU each.\n")
    print("| is \\ told | " + " | ".join(columns) + " |")
    print("|---|" + "--:|" * len(columns))
    for language in rows:
        cells = [str(table[language, answer] or "") for answer in columns]
        print(f"| **{language}** | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
