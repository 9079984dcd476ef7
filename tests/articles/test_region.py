from __future__ import annotations

from monitor.articles import extraction
from monitor.articles.region import find

SENTENCE = "Officers said on Tuesday that the boat had been searched twice before it was let go. "


def region(body: str) -> str | None:
    tree = extraction.parse(f"<html><body>{body}</body></html>")
    assert tree is not None
    return find(tree).element.get("id")


def test_the_region_is_the_smallest_element_with_most_of_the_running_text() -> None:
    teasers = "".join(f"<li><a href='/{n}'>Another story that has its title here, number {n}.</a></li>" for n in range(40))
    paragraphs = f"<p>{SENTENCE}</p>" * 5
    assert (
        region(f"<div id=page><ul>{teasers}</ul><div id=text><h1>T</h1>{paragraphs}</div><div><p>{SENTENCE}</p></div></div>")
        == "text"
    )


def test_lines_that_only_breaks_part_are_running_text() -> None:
    assert region(f"<div id=page><div id=text>{(SENTENCE + '<br><br>') * 5}</div><div><p>{SENTENCE}</p></div></div>") == "text"


def test_an_article_in_several_parts_is_in_what_holds_them_all() -> None:
    part = f"<div id=part><p>{SENTENCE * 3}</p></div>"
    assert region(f"<div id=whole>{part * 3}</div><div id=beside><p>{SENTENCE}</p></div>") == "whole"


def test_a_long_list_is_a_part_of_the_text_around_it() -> None:
    items = f"<li>{SENTENCE}</li>" * 8
    assert region(f"<div id=whole><p>{SENTENCE}</p><ul id=list>{items}</ul><p>{SENTENCE}</p></div>") == "whole"
    assert region(f"<div id=whole><p>{SENTENCE}</p><div id=box><ul>{items}</ul></div><p>{SENTENCE}</p></div>") == "whole"


def test_parts_of_one_kind_stay_together() -> None:
    first, second = (
        f"<div id={name} class=body><p>{SENTENCE * size}</p></div>" for name, size in (("first", 8), ("second", 2))
    )
    assert region(f"<div id=whole>{first}<div class=advert></div>{second}</div>") == "whole"


def test_of_what_the_page_declares_to_be_its_article_nearly_all_is_kept() -> None:
    parts = f"<div id=lead><p>{SENTENCE}</p></div><div id=text><p>{SENTENCE * 5}</p></div>"
    assert region(f"<article id=whole>{parts}</article><div><p>{SENTENCE}</p></div>") == "whole"
    assert region(f"<section id=any>{parts}</section><div><p>{SENTENCE}</p></div>") == "text"


def test_what_readers_wrote_is_not_the_article() -> None:
    comments = f"<div id=comments>{f'<p>{SENTENCE * 2}</p>' * 9}</div>"
    assert region(f"<div id=page><div id=text><p>{SENTENCE * 3}</p></div>{comments}</div>") == "text"


def test_words_heaped_up_for_search_engines_are_no_text() -> None:
    heap = "border drugs police seized arrested " * 2_000
    text = f"<div id=text><p>{SENTENCE * 60}</p></div>"
    assert region(f"<div id=page>{text}<div>{heap}</div></div>") == "text"
    assert region(f"<div id=page>{text}<div style='display: none'><p>{SENTENCE * 90}</p></div></div>") == "text"


def test_a_page_without_running_text_is_its_own_region() -> None:
    tree = extraction.parse("<html><body><p>Contact</p></body></html>")
    assert tree is not None
    assert (find(tree).element, find(tree).size) == (tree, 0)


def test_the_text_beside_an_article_is_not_read() -> None:
    beside = f"<div class=box><p>Beside it stands another text. {SENTENCE * 2}</p></div>"
    text = f"<p>First they came by road. {SENTENCE * 4}</p><p>Then they came by sea. {SENTENCE * 4}</p>"
    tree = extraction.parse(f"<html><body><div>{beside}<div>{text}</div></div></body></html>")
    assert tree is not None
    assert [line.split()[0] for line in extraction.main_text(find(tree).element)] == ["First", "Then"]
