"""What a link is called is what a person would say as its title."""

from __future__ import annotations

import pytest

from monitor.sources.headline import is_headline

BOAT = "Officers seize two boats off the coast"


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (f"<a href=/news/10001 aria-label='Read article: {BOAT}'><img alt='The boats lie at the pier of the harbour, 30 May'></a>"
         f"<h3><a href=/news/10001>{BOAT}</a></h3><a href=/news/10001>A teaser of which there are more words than of the title</a>", BOAT),
        (f"<a href=/news/10001><div class=small>04/09/2024 Post by the press office</div><div>{BOAT}</div><div>173 views</div></a>", BOAT),
        (f"<a href=/news/10001><span class=date-box>15 May 2024</span> <span>{BOAT}</span> <b class=comment-count>(39)</b></a>", BOAT),
        (f"<a href=/news/10001>15:31 {BOAT}</a>", BOAT),
        (f"<a href=/news/10001><p class=news-date>Late news of a day</p><p class=news_title>{BOAT}</p><p>All is known</p></a>", BOAT),
        (f"<a href=/news/10001 title='{BOAT}'><h2>Officers seize two...</h2><p>All that is known of it so far</p></a>", BOAT),
        (f"<a href=/news/10001 title='{BOAT}'>Officers seize two boats o [...]</a>", BOAT),
        (f"<a href=/news/10001 title='{BOAT}'>Read more</a>", BOAT),
        (f"<div><p>{BOAT}</p><p><a href=/news/10001>อ่านต่อ</a></p></div><div><p>Nine held</p><a href=/news/10002>อ่านต่อ</a></div>", BOAT),
        (f"<h2><a href=/news/10001>Boats</a></h2><p>{BOAT} where the river ends</p>", "Boats"),
        (f"<a href=/news/10001><img src=1.jpg alt=pier-of-the-harbour.jpg title='{BOAT}'></a>", BOAT),
    ],
    ids=[
        "a heading before a caption, a label and a teaser", "without date and count in a card", "in a line", "without the hour",
        "what is marked as a title", "completed where it was cut", "in brackets, too",
        "what it says of itself", "of the box of a `read more`",
        "a heading of one word", "no name of a file",
    ],
)  # fmt: skip
def test_the_words_of_a_link_are_its_title(listed, body, title):
    assert [entry.title for entry in listed(f"<main>{body}</main>", "page").entries] == [title]


def test_a_link_in_a_sentence_is_not_named_after_it(listed):
    found = listed("<p>Officers said in a <a href=/news/10001>statement</a> that two boats were seized.</p>", "page")
    assert not getattr(found, "entries", ())


def test_a_link_of_any_depth_is_read(listed):
    depth = 3_000
    page = f"<a href=/news/10001>{'<span>' * depth}{BOAT}{'</span>' * depth}</a>"
    assert [entry.title for entry in listed(page, "page").entries] == [BOAT]


@pytest.mark.parametrize(
    ("text", "headline"),
    [("Read more", False), ("Police arrest five men", True), ("ตำรวจจับกุมแก๊งค้ายา", True), ("หน้าแรก", False),
     ("警方在邊境地區逮捕多名嫌疑人", True), ("警捣毁电诈集团窝点", True), ("DSI ยึดทรัพย์สิน", True),
     ("更多新闻", False), ("ដំណឹង", False), ("Home News Sport", False)],
)  # fmt: skip
def test_a_headline_is_told_from_a_label_in_every_script(text, headline):
    assert is_headline(text) is headline
