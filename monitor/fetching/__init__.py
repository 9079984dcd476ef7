"""Fetching: what is asked of the network, everything it can answer, and the judgements in between.

Is this address public? May this page be fetched? For how long is this answer fresh? What text do these bytes hold? Nothing here opens a
connection: `adapters.http` does, and asks here.
"""
