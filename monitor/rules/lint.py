"""Advice on what is allowed in rules and vocabularies, but probably not meant. (`parse` complains of what is not allowed.)"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.rules.parse import parse, parse_term
from monitor.rules.query import Term, Vocab, leaves, named
from monitor.rules.rule import Rule, Vocabulary
from monitor.rules.tokens import UNSPACED
from monitor.text.fold import fold

_SHORT_UNSPACED = 6  # characters; what is shorter in Thai, Lao, Khmer or Burmese is more often part of a word than a word
_SHORT_HAN = 2
_SHORT_STEM = 4  # letters before a trailing *
_SHORT_WORD = 3  # letters of a term that is compared without its capitals
_LOOKALIKES = ("CYRILLIC", "GREEK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One piece of advice: about which rule or vocabulary, about which term (None: all of it), why, and what to write instead."""

    subject: str
    message: str
    language: str | None = None
    term: str | None = None
    write: str | None = None


def lint(rules: Sequence[Rule], vocabularies: Sequence[Vocabulary]) -> tuple[Advice, ...]:
    """Advice on rules and vocabularies that parse, in the order in which they are given; raises QueryError for those that do not."""
    said = {rule.id: [leaf for _, text in rule.queries() for leaf in leaves(parse(text))] for rule in rules}
    names = [vocabulary.name for vocabulary in vocabularies]
    patterns = {leaf.pattern for each in said.values() for leaf in each if isinstance(leaf, Vocab)}
    wanted = {name for pattern in patterns for name in named(pattern, names)}
    used = [vocabulary for vocabulary in vocabularies if vocabulary.name in wanted]
    known = Counter(language for vocabulary in used for language in vocabulary.terms)
    expected = [language for language, count in known.items() if 2 * count >= len(used)]
    advice: list[Advice] = []
    for rule in rules:
        for leaf in said[rule.id]:
            if isinstance(leaf, Term):
                advice += _on_term(leaf, rule.id, None)
    for vocabulary in vocabularies:
        if vocabulary not in used:
            message = "no rule names this vocabulary; it is only shown as a facet of articles"
            advice.append(Advice(subject=vocabulary.name, message=message, write=f"@{vocabulary.name} in a rule, or delete it"))
        else:
            advice += _missing_languages(vocabulary, expected)
        for language, terms in vocabulary.terms.items():
            advice += _on_terms([parse_term(term) for term in terms], vocabulary.name, language)
    return tuple(advice)


def _missing_languages(vocabulary: Vocabulary, expected: Sequence[str]) -> Iterator[Advice]:
    """Advice on languages that most vocabularies in use have and this one lacks; Chinese in one script counts for both."""
    present = {language.split("-")[0] for language, terms in vocabulary.terms.items() if terms}
    missing = sorted(language for language in expected if language.split("-")[0] not in present)
    if missing:
        message = "articles in these languages cannot match by this concept"
        yield Advice(subject=vocabulary.name, message=f"{message}: {', '.join(missing)}", write=f"{missing[0]}: [terms]")


def _on_terms(terms: Sequence[Term], subject: str, language: str) -> Iterator[Advice]:
    folded = [_compared(term) for term in terms]
    found_by: dict[str, Term] = {}
    for term, text in zip(terms, folded, strict=True):
        yield from _on_term(term, subject, language)
        if term.mode == "plain" and text in found_by:
            message = f"finds what {found_by[text].text} finds already"
            yield Advice(subject=subject, language=language, term=term.text, message=message, write="nothing: delete it")
        elif term.mode == "plain":
            found_by[text] = term
    for term, text in zip(terms, folded, strict=True):
        if term.mode == "plain" and (wider := _covered(term, text, found_by)):
            message = f"finds nothing that {wider.text} does not find"
            yield Advice(
                subject=subject, language=language, term=term.text, message=message, write="nothing: delete one of them"
            )


def _compared(term: Term) -> str:
    """The term in the form in which it is compared with texts, with its wildcards."""
    pieces = re.split(r"([*?])", term.text) if term.wildcard else [term.text]
    return "".join(piece if piece in ("*", "?") else fold(piece, zawgyi=False).text for piece in pieces).strip()


def _covered(term: Term, text: str, found_by: Mapping[str, Term]) -> Term | None:
    """A term of the same list that finds all that this one finds: a stem with `*` or, in a script without spaces, a part of the term that
    is found without a dictionary."""
    if UNSPACED.search(text):
        for start in range(len(text)):
            for end in range(start + _SHORT_UNSPACED, len(text) + 1):
                wider = found_by.get(text[start:end])
                if wider is not None and end - start < len(text) and UNSPACED.match(wider.text[0]):
                    return wider
        return None
    stems = (text[:end] for end in range(_SHORT_STEM, len(text) + 1))
    for stem in stems:
        wider = found_by.get(f"{stem}*")
        if wider is not None and wider != term:
            return wider
    return None


def _on_term(term: Term, subject: str, language: str | None) -> Iterator[Advice]:
    def advice(message: str, write: str) -> Advice:
        return Advice(subject=subject, language=language, term=term.text, message=message, write=write)

    text = fold(term.text, zawgyi=False).text.strip()
    letters = sum(character.isalnum() or unicodedata.category(character).startswith("M") for character in text)
    unspaced = bool(UNSPACED.search(text))
    han = any("\u3400" <= character <= "\u9fff" for character in text)
    if not any(map(str.isalnum, text)):
        yield advice("can never match: nothing of it is left when text is compared", "a term with letters")
    elif (alphabet := _lookalike(term.text)) is not None:
        yield advice(
            f"mixes Latin with {alphabet} letters that look alike, so the word as usually typed is not found",
            "all letters in one alphabet",
        )
    elif unspaced and len(text) < (_SHORT_HAN if han else _SHORT_UNSPACED):
        if term.mode == "substring" or (han and term.mode == "plain"):
            yield advice("so short that it stands inside many other words", f"a longer term, or ={term.text}")
    elif term.wildcard and letters < _SHORT_STEM:
        yield advice("so short a stem begins many other words", "a longer stem, or the words themselves")
    elif not unspaced and term.mode == "substring" and letters < _SHORT_UNSPACED:
        yield advice("stands inside many other words", term.text)
    elif (
        not unspaced and term.mode == "plain" and not term.wildcard and letters < _SHORT_WORD and term.text.upper() == term.text
    ):
        yield advice("an abbreviation this short is a word or syllable in other languages", f'case:"{term.text}"')


def _lookalike(text: str) -> str | None:
    names = [unicodedata.name(character, "") for character in text if character.isalpha()]
    if not any(name.startswith("LATIN") for name in names):
        return None
    return next((alphabet.title() for name in names for alphabet in _LOOKALIKES if name.startswith(alphabet)), None)
