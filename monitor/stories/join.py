"""Whether a new article joins a story or opens one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.stories.shingles import Sketch, containment, similarity

WINDOW = timedelta(days=14)

# Calibrated as a set on fixtures/stories (tests/quality/test_grouping.py).
SIMILAR = 0.45
CONTAINED = 0.70
CONTAINED_SIMILAR = 0.20  # below this the estimate of containment is mostly error
SAME_SITE = 0.80  # a site repeats its own phrases and notices, from one happening to the next
SAME_SITE_CONTAINED = 0.90  # unless the article has only grown
AS_NEAR = 0.15
SHORT_SHINGLES = 100
SHORT_SIMILAR = 0.90
SHORT_WINDOW = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article as grouping sees it. `story_id` is None for the new one; `site` is the host it stands on; times are aware UTC."""

    article_id: str
    story_id: str | None = None
    site: str | None = None
    published_at: datetime | None = None
    seen_at: datetime
    sketch: Sketch


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The article tells what `story_id` tells; `article_id` is the earliest article it is a copy of."""

    story_id: str
    article_id: str
    similarity: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """No story tells this yet. The new one is named after its first article, so opening it twice is opening it once."""

    story_id: str
    reason: str


def decide(new: Candidate, candidates: Sequence[Candidate], window: timedelta = WINDOW) -> Joined | Opened:
    """Join the story of the earliest seen candidate that is a copy within `window`, or open a story.

    Bulletins of one form are kept apart: a story that the site of `new` has told already is joined only by a new version of what it
    told, and where candidates of several stories would do, only those about as near as the nearest count.
    The order of `candidates` makes no difference, and `new` itself or a candidate without a story among them does no harm.
    """
    in_time = [
        each
        for each in sorted(candidates, key=lambda each: (each.seen_at, each.article_id))
        if each.story_id is not None and each.article_id != new.article_id and _apart(new, each) <= window
    ]
    alike = {each.article_id: reason for each in in_time if (reason := _resemblance(new, each))}
    own = [each for each in in_time if _same_site(new, each)]
    told = {each.story_id for each in own} - {each.story_id for each in own if each.article_id in alike}
    copies = [
        (each, similarity(new.sketch, each.sketch))
        for each in in_time
        if each.article_id in alike and each.story_id not in told
    ]
    nearest = max((share for _, share in copies), default=0.0)
    for each, share in copies:
        if share >= nearest - AS_NEAR and each.story_id is not None:
            return Joined(story_id=each.story_id, article_id=each.article_id, similarity=share, reason=alike[each.article_id])
    if not in_time:
        return Opened(story_id=new.article_id, reason=f"no article of the last {window.days} days shares a passage with it")
    nearest = max(similarity(new.sketch, each.sketch) for each in in_time)
    why = "in the way of its own site, which tells something else" if told else "too little"
    return Opened(story_id=new.article_id, reason=f"the nearest of {len(in_time)} candidates shares {nearest:.0%}, {why}")


def _resemblance(new: Candidate, old: Candidate) -> str | None:
    """Why `new` is a copy of `old`, or None if it is not."""
    share = similarity(new.sketch, old.sketch)
    if min(new.sketch.shingles, old.sketch.shingles) < SHORT_SHINGLES:
        # A headline alone ("Morning briefing", "Three held in drug raid") says too little to be told apart by its letters, unless
        # another site carries the very same one at the same time.
        if share >= SHORT_SIMILAR and new.site != old.site and _apart(new, old) <= SHORT_WINDOW:
            return f"the same few words on another site within a day ({share:.0%})"
        return None
    part = containment(new.sketch, old.sketch) if share >= CONTAINED_SIMILAR else 0.0
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
    """The time between two articles, by the dates they carry or, where one carries none, by when they were seen."""
    if a.published_at is not None and b.published_at is not None:
        return abs(a.published_at - b.published_at)
    return abs(a.seen_at - b.seen_at)
