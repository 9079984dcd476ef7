"""Decides whether a new article joins a story or opens a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.stories import headline
from monitor.stories.facts import Facts
from monitor.stories.shingles import Sketch, containment, similarities
from monitor.stories.translation import WINDOW as TRANSLATION_WINDOW
from monitor.stories.translation import same_happening

WINDOW = timedelta(days=14)
QUIET = timedelta(days=7)
"""A story that has had no new article for this long is closed: a later article opens a new one."""

# Calibrated as a set on fixtures/stories (tests/quality/test_grouping.py).
SIMILAR = 0.45
CONTAINED = 0.70
CONTAINED_SIMILAR = 0.20  # below this the estimate of containment is mostly error
SAME_SITE = 0.80  # higher, since a site repeats its own phrases and notices from one happening to the next
SAME_SITE_CONTAINED = 0.90  # such as an article that has only grown
AS_NEAR = 0.15
SHORT_SHINGLES = 100
SHORT_SIMILAR = 0.90
SHORT_WINDOW = timedelta(days=1)
ONE_STORY = 0.70  # a text this similar to two stories shows that they are one


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article with what matters for grouping. `story_id` is None for the new article. `story_at` is when the story got its last
    article, None if that is not known. `site` is the host. Times are aware, in UTC. Without `facets` it is no translation of any."""

    article_id: str
    headline: str = ""
    story_id: str | None = None
    story_at: datetime | None = None
    site: str | None = None
    published_at: datetime | None = None
    seen_at: datetime
    sketch: Sketch
    language: str | None = None
    facts: Facts = field(default_factory=Facts)
    facets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The article belongs to the story `story_id`; `article_id` is the earliest article of which it is a copy or translation. `also` are
    other stories that turn out to be the same."""

    story_id: str
    article_id: str
    similarity: float
    reason: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The article opens a new story. Its id is that of the article, so opening it twice is the same as opening it once."""

    story_id: str
    reason: str


def decide(
    new: Candidate, candidates: Sequence[Candidate], window: timedelta = WINDOW, translations: Sequence[Candidate] = ()
) -> Joined | Opened:
    """Join the story of the earliest candidate of which `new` is a copy, within `window`; failing that, the story of the earliest of
    `translations` about the same happening; failing that, open a story. Closed stories are not joined.

    Bulletins of the same form must be kept apart. So an article joins a story to which its own site has contributed only if it is a new
    version of that contribution; and if copies belong to several stories, only those about as similar as the most similar one count.
    The order of the candidates makes no difference, and it is harmless if `new` itself or one without a story is among them.
    """
    in_time = [each for each in _open(new, candidates) if _apart(new, each) <= window]
    shares = similarities(new.sketch, [each.sketch for each in in_time])
    copies, told = _copies(new, list(zip(in_time, shares, strict=True)))
    translated = [
        (each, reason)
        for each in _open(new, translations)
        if _apart(new, each) <= TRANSLATION_WINDOW and (reason := _translation(new, each))
    ]
    if copies:
        first, share, reason = copies[0]
        near = [each for each, share, _ in copies if share >= ONE_STORY] if share >= ONE_STORY else []
    elif translated:
        (first, reason), share, near = translated[0], 0.0, []
    else:
        return Opened(story_id=new.article_id, reason=_apart_because(shares, told))
    assert first.story_id is not None
    same = [each.story_id for each in (*near, *(each for each, _ in translated)) if each.story_id is not None]
    also = tuple(dict.fromkeys(story for story in same if story != first.story_id))
    return Joined(story_id=first.story_id, article_id=first.article_id, similarity=share, reason=reason, also=also)


def _open(new: Candidate, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates whose story can be joined, those seen earliest first."""
    return [
        each
        for each in sorted(candidates, key=lambda each: (each.seen_at, each.article_id))
        if each.story_id is not None
        and each.article_id != new.article_id
        and (each.story_at is None or new.seen_at - each.story_at <= QUIET)
    ]


def _copies(new: Candidate, in_time: Sequence[tuple[Candidate, float]]) -> tuple[list[tuple[Candidate, float, str]], bool]:
    """The candidates of which `new` may be a copy, with the similarity and the reason; and whether its own site has something else of that
    form in one of their stories."""
    alike = [(each, share, reason) for each, share in in_time if (reason := _resemblance(new, each, share))]
    told = {each.story_id for each, _ in in_time if _same_site(new, each)}
    told -= {each.story_id for each, _, _ in alike if _same_site(new, each)}
    copies = [copy for copy in alike if copy[0].story_id not in told]
    nearest = max((share for _, share, _ in copies), default=0.0)
    return [copy for copy in copies if copy[1] >= nearest - AS_NEAR], bool(told)


def _apart_because(shares: Sequence[float], told: bool) -> str:
    if not shares:
        return f"no article of the last {WINDOW.days} days shares a passage with it"
    why = "in the way of its own site, which tells something else" if told else "too little"
    return f"the nearest of {len(shares)} candidates shares {max(shares):.0%}, {why}"


def _translation(new: Candidate, old: Candidate) -> str | None:
    """Why `new` is about the same happening as `old` in another language; None if that is not certain."""
    if new.language is None or old.language is None or _base(new.language) == _base(old.language):
        return None
    return same_happening(new.facts, old.facts, new.facets, old.facets)


def _base(language: str) -> str:
    return language.partition("-")[0]


def _resemblance(new: Candidate, old: Candidate, share: float) -> str | None:
    """Why `new` is a copy of `old`, given their similarity `share`; None if it is not."""
    return _same_text(new, old, share) or _same_headline(new, old)


def _same_headline(new: Candidate, old: Candidate) -> str | None:
    """Why the two belong together although their texts share too little: of a page that cannot be fetched there is only the headline. The
    same headline must come from elsewhere: another site or, where a service lists articles of many outlets, another outlet."""
    if _apart(new, old) > SHORT_WINDOW or not headline.keys(new.headline) & headline.keys(old.headline):
        return None
    elsewhere = new.site != old.site or headline.outlet(new.headline) != headline.outlet(old.headline)
    return "the same headline elsewhere within a day" if elsewhere else None


def _same_text(new: Candidate, old: Candidate, share: float) -> str | None:
    if min(new.sketch.shingles, old.sketch.shingles) < SHORT_SHINGLES:
        # Texts as short as a headline ("Morning briefing", "Three held in drug raid") say too little to be compared, unless another site
        # has the very same one at about the same time.
        if share >= SHORT_SIMILAR and new.site != old.site and _apart(new, old) <= SHORT_WINDOW:
            return f"the same few words on another site within a day ({share:.0%})"
        return None
    part = containment(new.sketch, old.sketch, share) if share >= CONTAINED_SIMILAR else 0.0
    if _same_site(new, old):
        again = share >= SAME_SITE or part >= SAME_SITE_CONTAINED
        return f"a version of an earlier article of the same site ({share:.0%} shared)" if again else None
    if share >= SIMILAR:
        return f"shares {share:.0%} with an earlier article"
    if part >= CONTAINED:
        return f"{part:.0%} of the shorter text is in the longer one"
    return None


def _same_site(a: Candidate, b: Candidate) -> bool:
    return a.site is not None and a.site == b.site


def _apart(a: Candidate, b: Candidate) -> timedelta:
    """The time between two articles: by their dates or, if one has none, by when they were seen."""
    if a.published_at is not None and b.published_at is not None:
        return abs(a.published_at - b.published_at)
    return abs(a.seen_at - b.seen_at)
