"""What is written in more than one way in the scripts of the region, and the one way in which it is read.

Two means cover all of it. The marks of a cluster are sorted by their `WEIGHTS` (a stable sort), as Unicode's canonical ordering does, but
also those that Unicode leaves where they are. Then `PAIRS` of neighbours are replaced.
"""

from __future__ import annotations

from itertools import product

COENG = 0x17D2  # Khmer: the consonant after it is a subscript, a mark of the cluster
VIRAMA = 0x1039  # Burmese: the consonant after it is stacked below
ASAT = 0x103A
KHMER_RO = 0x179A
BURMESE_U = 0x1025

STACK_WEIGHT = 2
RO_WEIGHT = 3  # the subscript ro is written left of the cluster, so people type it first; it is read last


def _weights(*rows: tuple[int, str]) -> dict[int, int]:
    return {ord(mark): weight for weight, marks in rows for mark in marks}


# A mark with a smaller weight stands first; 0 (all other characters) begins a cluster.
WEIGHTS: dict[int, int] = _weights(
    # Thai: phinthu, vowel, tone, thanthakhat, nikhahit, am. Unicode orders only the vowels below (pitfall 6: tone before vowel).
    (1, "\u0e3a"),
    (2, "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e47"),
    (3, "\u0e48\u0e49\u0e4a\u0e4b"),
    (4, "\u0e4c\u0e4e"),
    (5, "\u0e4d"),
    (6, "\u0e33"),
    # Lao: semivowel, vowel, tone, cancellation, niggahita, am.
    (1, "\u0eba\u0ebc"),
    (2, "\u0eb1\u0eb4\u0eb5\u0eb6\u0eb7\u0eb8\u0eb9\u0ebb"),
    (3, "\u0ec8\u0ec9\u0eca\u0ecb"),
    (4, "\u0ecc\u0ece"),
    (5, "\u0ecd"),
    (6, "\u0eb3"),
    # Khmer (Unicode 16.4): shifter or robat, subscripts (2, ro 3, set where the coeng stands), vowel, sign above, sign after.
    (1, "\u17c9\u17ca\u17cc"),
    (5, "".join(map(chr, range(0x17B6, 0x17C6)))),
    (6, "\u17c6\u17cb\u17cd\u17ce\u17cf\u17d0\u17d1\u17d3\u17dd"),
    (7, "\u17c7\u17c8"),
    # Burmese (UTN 11): stacked consonants (2), medials ya ra wa ha, e, vowels above, below, aa, anusvara, dot, asat, visarga.
    (3, "\u103b"),
    (4, "\u103c"),
    (5, "\u103d"),
    (6, "\u103e"),
    (8, "\u1031"),
    (9, "\u102d\u102e\u1032"),
    (10, "\u102f\u1030"),
    (11, "\u102b\u102c"),
    (12, "\u1036"),
    (13, "\u1037"),
    (14, "\u103a"),
    (15, "\u1038"),
)


def _vietnamese() -> dict[tuple[int, int], tuple[int, ...]]:
    """The tone of oa, oe, uy on either vowel: `hòa` and `hoà`, `thủy` and `thuỷ` are one."""
    rows = {"a": "àáảãạ", "e": "èéẻẽẹ", "y": "ỳýỷỹỵ", "o": "òóỏõọ", "u": "ùúủũụ"}
    pairs: dict[tuple[int, int], tuple[int, ...]] = {}
    for first, second in ("oa", "oe", "uy"):
        for toned_first, toned in zip(rows[first], rows[second], strict=True):
            for before, after in product((first, first.upper()), (toned, toned.upper())):
                pairs[ord(before), ord(after)] = (ord(toned_first), ord(second))
    return pairs


# Two neighbours -> what they are read as: one character, or two.
PAIRS: dict[tuple[int, int], tuple[int, ...]] = {
    (0x0E40, 0x0E40): (0x0E41,),  # Thai: two e typed for ae
    (0x0E4D, 0x0E32): (0x0E33,),  # Thai am, typed as its two parts
    (0x0EC0, 0x0EC0): (0x0EC1,),  # Lao ae
    (0x0ECD, 0x0EB2): (0x0EB3,),  # Lao am
    (0x0EAB, 0x0E99): (0x0EDC,),  # Lao ho no
    (0x0EAB, 0x0EA1): (0x0EDD,),  # Lao ho mo
    (0x0EAB, 0x0EA5): (0x0EAB, 0x0EBC),  # Lao ho lo: the full letter or the semivowel sign
    (0x17C1, 0x17B8): (0x17BE,),  # Khmer oe, typed as its two halves
    (0x17C1, 0x17B6): (0x17C4,),  # Khmer oo, typed as its two halves
    (0x17D2, 0x178A): (0x17D2, 0x178F),  # Khmer subscript da and ta look the same
    (0x0BC6, 0x0BBE): (0x0BCA,),  # Tamil o, oo, au (vowel and sign) from their two halves: NFC, which costs ten times as much
    (0x0BC7, 0x0BBE): (0x0BCB,),
    (0x0BC6, 0x0BD7): (0x0BCC,),
    (0x0B92, 0x0BD7): (0x0B94,),
    (0x1025, 0x102E): (0x1026,),  # Burmese ii
    (0x1025, 0x103A): (0x1009, 0x103A),  # Burmese: u typed for nya before asat
    **_vietnamese(),
}

APOSTROPHES = "'`´ʹʻʼʽˈ‘’‛′＇ꞌ"
HYPHENS = "-\u2010\u2011\u2012\u2013\u2043\u2212\ufe58\ufe63\uff0d"

# Scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, Tai Le, New Tai Lue, Tai Tham, Javanese, Balinese, Tai Viet,
# kana, Bopomofo, Han.
UNSPACED: tuple[tuple[int, int], ...] = (
    (0x0E01, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17DD),
    (0x1950, 0x19DF),
    (0x1A20, 0x1AAD),
    (0x1B00, 0x1B7F),
    (0x2E80, 0x2FDF),
    (0x3005, 0x3007),
    (0x3021, 0x30FF),
    (0x3100, 0x312F),
    (0x31A0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA980, 0xA9DF),
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAADF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),
    (0x20000, 0x3FFFF),
)
# Thai and Lao vowels written before their consonant: no hit begins between the two.
LEADING = "เแโใไເແໂໃໄ"
# Vowels written after it that Unicode does not count as marks: no hit ends between the two.
TRAILING = "ะาๅະາ"
