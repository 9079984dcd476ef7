"""Sources: what is watched, what it lists, and when to look again.

In come the bytes of a feed, an index page or a sitemap; out go Entries in plain text with keys by which each is known again. Which
bytes to ask for, when and with which validators is decided in `schedule`. Nothing here fetches, waits or remembers.
"""
