"""Articles. In: a fetched page, an entry of a feed, a saved text. Out: an Article or the reason why there is none; the seed format.

`page.read_page` and `page.from_entry` read what was fetched; `seed.parse`, `seed.render` and `seed.metadata` read and write the files; both
end with `furniture.tidy` and ask `language.detect`. No network, no clock and no files are touched here.
"""
