from __future__ import annotations

import unicodedata

import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.stories.shingles import BANDS, SHINGLE, VALUES, Sketch, containment, similarities, similarity, sketch

PAIRS = 25

# What is written around and changed in a copy, and how many of 100 copies have to be found by a shared band.
EDITS = {
    "as it was": (lambda w, words: words, 100),
    "12 % foreign words around it": (lambda w, words: w.words(len(words) // 16) + words + w.words(len(words) // 16), 100),
    "5 % of the words changed": (lambda w, words: w.edited(words, 0.05), 100),
    "15 % of the words changed": (lambda w, words: w.edited(words, 0.15), 80),
    "second half cut off": (lambda w, words: words[: len(words) // 2], 80),
}


@pytest.mark.parametrize("language", ["en", "th", "zh"])
@pytest.mark.parametrize(("edit", "floor"), EDITS.values(), ids=EDITS.keys())
def test_an_edited_copy_shares_a_band_with_its_original(writer, language, edit, floor):
    hand = writer(language)
    found = 0
    for _ in range(PAIRS):
        words = hand.words()
        original, copy = sketch(hand.text(words)), sketch(hand.text(edit(hand, words)))
        found += bool(set(original.bands) & set(copy.bands))
    assert 100 * found / PAIRS >= floor


@pytest.mark.parametrize("language", ["en", "th", "zh"])
def test_of_unrelated_texts_no_two_share_a_band(writer, language):
    hand = writer(language)
    sketches = [sketch(hand.text(hand.words())) for _ in range(PAIRS)]
    bands = [band for each in sketches for band in each.bands]
    assert len(set(bands)) == len(bands)


def test_the_estimate_is_near_the_true_jaccard_similarity(writer):
    hand = writer("en")
    for share in (0.0, 0.1, 0.3):
        words = hand.words()
        a, b = hand.text(words), hand.text(hand.edited(words, share))
        left, right = ({text[at : at + 5] for at in range(len(text) - 4)} for text in (a, b))
        true = len(left & right) / len(left | right)
        assert similarity(sketch(a), sketch(b)) == pytest.approx(true, abs=4 * 0.044)
        assert similarities(sketch(a), [sketch(b), sketch("")]) == [similarity(sketch(a), sketch(b)), 0.0]


def test_containment_sees_the_short_text_in_the_long_one(writer):
    hand = writer("th")
    words = hand.words()
    whole, half, other = sketch(hand.text(words)), sketch(hand.text(words[:175])), sketch(hand.text(hand.words()))
    assert containment(half, whole) == containment(whole, half) > 0.8
    assert containment(other, whole) < 0.3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Police RAID the Compound", "police raid the compound", id="case"),
        pytest.param("ＡＳＥＡＮＡＰＯＬ ２０２５ meeting", "ASEANAPOL 2025 meeting", id="full-width letters"),
        pytest.param("one line\n\nand  another", "one line and another", id="line breaks and spaces"),
        pytest.param("ភ្នំពេញ\u200bនគរបាល", "ភ្នំពេញនគរបាល", id="zero-width spaces"),
        pytest.param("traf\u00adficking\ufeff", "trafficking", id="soft hyphen and BOM"),
        pytest.param("tra\u0309m ca\u0309nh", "trảm cảnh", id="decomposed vowels"),
    ],
)
def test_what_no_reader_sees_makes_no_difference(one, other):
    assert sketch(one) == sketch(other)


def test_the_sketch_of_a_text_is_frozen():
    """Rows of years ago are compared with today's: if this fails, the recipe has changed, and with it every stored sketch."""
    frozen = sketch("ASEANAPOL chiefs met in Bangkok; ตำรวจอาเซียนประชุม 东盟警察会议.")
    assert frozen.shingles == 56
    assert frozen.values[:16].hex() == "a6fde7013fb77b0bb4e71d033bd64b01"
    assert frozen.bands[:3] == (-1084866945248410137, 6864253419423851401, 8944927136901712049)


def test_bands_are_signed_64_bit_numbers_and_differ_by_their_place():
    bands = Sketch(values=b"\7" * 512, shingles=9).bands
    assert len(bands) == BANDS == len(set(bands))
    assert all(-(1 << 63) <= band < 1 << 63 for band in bands)


def test_an_empty_text_resembles_nothing_not_even_another_empty_one():
    empty = sketch(" \n\u200b ")
    assert empty.shingles == 0
    assert empty.bands == ()
    assert similarity(empty, empty) == containment(empty, empty) == 0.0


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=60))
def test_any_text_has_a_sketch_that_comes_back_from_its_bytes(text):
    made = sketch(text)
    assert Sketch.from_bytes(made.to_bytes()) == made
    assert similarity(made, made) == (1.0 if made.shingles else 0.0)


@pytest.mark.parametrize(
    ("stored", "complaint"),
    [
        pytest.param(b"", "has 517 bytes, not 0", id="empty"),
        pytest.param(sketch("text").to_bytes()[:-1], "not 516", id="cut"),
        pytest.param(b"\2" + sketch("text").to_bytes()[1:], "recipe 2", id="another recipe"),
    ],
)
def test_bytes_that_are_no_sketch_of_this_recipe_are_refused(stored, complaint):
    with pytest.raises(ValueError, match=complaint):
        Sketch.from_bytes(stored)


def test_a_lone_surrogate_does_not_stop_a_text():
    assert sketch("Bang\ud800kok raid").shingles > 0


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("abcd", id="shorter than a shingle"),
        pytest.param("Police of ten states met on Monday. " * 30, id="ASCII"),
        pytest.param("Café “quoted” text’s end — here and there, again and again", id="some other letters"),
        pytest.param("ตำรวจอาเซียนจับกุม ASEANAPOL ที่เชียงใหม่", id="two scripts"),
        pytest.param("a lone \ud800 surrogate", id="a lone surrogate"),
    ],
)
def test_a_sketch_is_the_minima_over_the_xxh3_of_every_shingle(text: str) -> None:
    folded = " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())
    shingles = {folded[at : at + SHINGLE] for at in range(max(1, len(folded) - SHINGLE + 1))} if folded else set()
    hashes = [xxhash.xxh3_64_intdigest(each.encode("utf-8", "surrogatepass")) for each in shingles]
    minima = b""
    for index in range(VALUES):
        factor = xxhash.xxh3_64_intdigest(b"factor", seed=index) | 1
        offset = xxhash.xxh3_64_intdigest(b"offset", seed=index)
        minima += min(((factor * each + offset) % 2**64 >> 32 for each in hashes), default=0xFFFFFFFF).to_bytes(4, "little")
    assert sketch(text) == Sketch(values=minima, shingles=len(shingles))
