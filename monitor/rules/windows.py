"""Hyphens read as nothing: `trans-national` as `transnational`, without a second pass over the whole text."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from monitor.text.fold import Folded
from monitor.text.tables import SEPARATOR


class Windows(NamedTuple):
    """Surroundings of hyphens, with the hyphens left out, that stand behind the text: `trans-national` read as `transnational`.

    `begins` is where they begin, `origin` where in the text each of their codes comes from; `starts` and `joints` are where each window
    begins and where its hyphen was.
    """

    begins: int
    origin: np.ndarray
    starts: list[int]
    joints: list[int]


def with_joined_windows(folded: Folded, reach: int) -> tuple[np.ndarray, Windows]:
    """The codes with a window for each hyphen, and a second one with its neighbours joined too where there are other hyphens around."""
    codes, hyphens = folded.codes, folded.hyphens
    separator = int(np.flatnonzero(codes == SEPARATOR)[0])
    around = np.concatenate(([0], np.arange(-reach, 0), np.arange(1, reach + 1)))
    rows = hyphens[:, None] + around
    rows[(rows < 0) | (rows >= len(codes))] = separator
    rows[:, 0] = separator
    is_hyphen = np.zeros(len(codes), bool)
    is_hyphen[hyphens] = True
    others = is_hyphen[rows]
    several = np.flatnonzero(others.any(axis=1))
    origin = np.concatenate((rows.ravel(), rows[several][~others[several]]))
    lengths = np.concatenate((np.full(len(rows), rows.shape[1]), rows.shape[1] - others[several].sum(axis=1)))
    starts = len(codes) + np.cumsum(lengths) - lengths
    before = np.concatenate((np.full(len(rows), reach + 1), reach + 1 - others[several, : reach + 1].sum(axis=1)))
    windows = Windows(len(codes), origin, starts.tolist(), (starts + before).tolist())
    return np.concatenate((codes, codes[origin])), windows
