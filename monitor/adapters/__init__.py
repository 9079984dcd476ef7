"""The outside world, behind the ports: pages and feeds (`http`, over the connections of `guard`), mail (`smtp`), webhooks (`webhook`),
chat (`apprise`), recordings of traffic (`warc`), the processes that parse bytes from outside (`reader`, with the pools `workers` and
`readers`), the clock and systemd.

Exceptions of libraries go no further than this: whatever the world does comes back as an `Outcome` or a `Sending`. Nothing here
decides what is news.
"""
