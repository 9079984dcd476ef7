"""News monitoring that an analyst can trust.

    Source ──poll──▶ Entry ──read──▶ Article ──match──▶ Match ──group──▶ Story ──raise──▶ Alert ──deliver──▶ Delivery
    (watched)        (listed)        (seed format)      (rule hit)       (one happening)  (story × rule)     (alert × channel)

The rooms, from the bottom up; imports go only downwards (import-linter checks this):

    errors urls text   exceptions, addresses and text functions that every room shares
    computing          which of the threads may compute at the moment
    fetching/          Request, Outcome; conditional headers, robots verdict, public-address verdict     pure
    sources/           Source; bytes of a feed, page or sitemap -> Entries; when to poll next            pure
    articles/          page -> Article | Unreadable(reason); language, dates; the seed format            pure
    rules/             query language, vocabularies, compiled matcher, Match with spans, explain         pure
    stories/           shingles, similarity, join or open                                                pure
    alerts/            whom to tell, when, in which words; signature; when to try again                  pure
    ports/             the protocols through which steps reach the world, and the dataclasses that pass through them
    steps/             one verb per file: poll_source, read_entry, deliver …
    adapters/          http, smtp, webhook, warc, worker processes, clock
    store/             SQLAlchemy tables, queries, migrations
    settings/          config/*.yaml -> frozen settings, with file and line in every error
    engine/            runs steps when they are due, in threads or in a cluster of workers
    app                composition root: the only file that knows every adapter
    web/               what a person looks at: pages, API, feeds, metrics, and who may see them
    cli/               what a person types

At every arrow the truth is a row in the database; nothing that matters is only in memory.
"""

__version__ = "0.1.0"
