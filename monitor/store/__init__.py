"""The database. SQLAlchemy Core over SQLite and PostgreSQL, with one code path for both; what goes in and comes out are the dataclasses of
the other rooms, never rows.

`open_store(url)` migrates the schema and returns a `Store`, whose `reading()` and `writing()` are one transaction each. This room never
uses the network, parses nothing and decides nothing.
"""
