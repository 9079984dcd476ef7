"""Sources: what is watched, what it lists, and when to look again.

In: the bytes of a feed, an index page, a sitemap or a watched page. Out: Entries in plain text, with keys by which each is recognised
when it is listed again. What to ask for next, when, and with which validators is decided in `schedule`, and which new
entries are read in `triage`. Nothing here fetches or waits.
"""
