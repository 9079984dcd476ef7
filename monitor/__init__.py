"""News monitoring that an analyst can trust.

    Source ──poll──▶ Entry ──read──▶ Article ──match──▶ Match ──group──▶ Story ──raise──▶ Alert ──deliver──▶ Delivery
    (watched)        (listed)        (seed format)      (rule hit)       (one happening)  (story × rule)     (alert × channel)

The rooms, from the bottom up; imports go down only (import-linter holds this):

    errors urls text   words that every room shares
    computing          whose turn it is to compute, among threads
    fetching/          Request, Outcome; conditional headers, robots verdict, public-address verdict     pure
    sources/           Source; bytes of a feed, page or sitemap -> Entries; when to poll next            pure
    articles/          page -> Article | Unreadable(reason); language, dates; the seed format            pure
    rules/             query language, vocabularies, compiled matcher, Match with spans, explain         pure
    stories/           shingles, similarity, join or open                                                pure
    alerts/            whom to tell, when, in which words; signature; when to try again                  pure
    ports/             the few protocols a step is handed, and the nouns that pass through them
    steps/             one verb a file: poll_source, read_entry, deliver …
    adapters/          http, smtp, webhook, warc, worker processes, clock
    store/             SQLAlchemy tables, queries, migrations
    settings/          config/*.yaml -> frozen settings, with file and line in every complaint
    engine/            how steps get to run
    app                composition root; the one file that knows every adapter
    web/               what a person looks at: pages, API, feeds, metrics; and who may see them
    cli/               what a person types

A row in the database is the truth at every arrow; nothing that matters lives only in memory.
"""

__version__ = "0.1.0"
