"""Pieces of the original text around the hits."""

import pytest

from monitor.rules.compile import compile_rules
from monitor.rules.match import Document
from monitor.rules.rule import Rule
from monitor.rules.snippets import Snippet, snippets
from monitor.text import begins_cluster


def of(when: str, title: str, body: str) -> tuple[Snippet, ...]:
    document = Document(title=title, body=body)
    (match,) = compile_rules([Rule(id="r", title="R", when=when)], []).match(document).matches
    return snippets(document, match)


FAR = "word " * 60


def test_the_headline_comes_first_with_its_marks() -> None:
    assert of("scam", "A scam, two scams", "No more.") == (("A scam, two scams", ((2, 6), (12, 17))),)


def test_a_passage_is_cut_between_words_and_says_so() -> None:
    ((text, marks),) = of("scam", "", f"{FAR}the scam centre {FAR}")
    assert text.startswith("…word ")
    assert text.endswith(" word…")
    assert [text[start:end] for start, end in marks] == ["scam"]
    assert 100 < len(text) < 170


def test_hits_close_to_each_other_share_a_passage_and_other_terms_get_their_own() -> None:
    pieces = of("scam OR heroin OR Laos", "", f"A scam and a scam. {FAR}{FAR}scam {FAR}heroin {FAR}{FAR}of Laos.")
    assert [[text[start:end] for start, end in marks] for text, marks in pieces] == [["scam", "scam"], ["heroin"], ["Laos"]]


def test_there_are_never_more_than_three_passages() -> None:
    words = ["scam", "heroin", "Laos", "ivory", "piracy"]
    assert len(of(" OR ".join(words), "", f" {FAR}".join(words))) == 3


def test_a_passage_stays_in_its_paragraph_and_on_one_line() -> None:
    ((text, marks),) = of('"drug ring"', "", "First.\n\nThe drug\n ring  of two.\n\nThird.")
    assert text == "The drug ring of two."
    assert [text[start:end] for start, end in marks] == ["drug ring"]


def test_overlapping_hits_are_one_mark() -> None:
    ((text, marks),) = of('"drug ring" OR "ring leader"', "", "the drug ring leader")
    assert [text[start:end] for start, end in marks] == ["drug ring leader"]


@pytest.mark.parametrize("filler", ["ตำรวจแถลงว่าผู้ต้องหาถูกจับที่ด่านชายแดน", "នគរបាលស្ត្រីបានឃាត់ខ្លួនជនសង្ស័យ", "警方表示昨天在边境口岸"])
def test_scripts_without_spaces_are_cut_between_clusters(filler: str) -> None:
    body = filler * 12 + " ring " + filler * 12
    ((text, marks),) = of("ring", "", body)
    assert [text[start:end] for start, end in marks] == ["ring"]
    piece = text.strip("…")
    at = body.index(piece)
    assert at > 0
    assert begins_cluster(body, at)
    assert begins_cluster(body, at + len(piece))


def test_a_dateline_that_matched_stands_before_the_passages() -> None:
    document = Document(title="A raid", dateline="VIENTIANE", body="Police found pills.")
    (match,) = compile_rules([Rule(id="r", title="R", when="vientiane AND pills")], []).match(document).matches
    assert snippets(document, match) == (("VIENTIANE", ((0, 9),)), ("Police found pills.", ((13, 18),)))
