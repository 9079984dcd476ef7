"""Fetching: what is asked of the network, everything it can answer, and the judgements in between.

Is this address public, may this page be fetched, how long is this answer fresh, which text are these bytes. Nothing here opens a
connection: `adapters.http` does, and asks here.
"""
