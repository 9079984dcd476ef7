"""Articles. In: a fetched page, an entry of a feed, a saved text. Out: an Article or the reason why there is none; the seed format.

Never: network, clock, files. `page.read_page` and `page.from_entry` read what was fetched; `seed.parse`, `seed.render` and
`seed.metadata` are the files; `language.detect` and `dates.parse_date` serve both; `furniture.tidy` is what every reader ends with.
"""
