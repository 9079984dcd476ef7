"""The rows. SQLAlchemy Core over SQLite and PostgreSQL, one code path; rows come in and go out as the nouns of the rooms.

`open_store(url)` migrates the schema and gives a `Store`: `reading()` and `writing()` are one transaction each. It never touches the
network, parses nothing and decides nothing.
"""
