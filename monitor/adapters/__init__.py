"""The world outside, behind the ports: pages and feeds (`http`, over the connections of `guard`), mail (`smtp`), webhooks (`webhook`), chat
(`apprise`), recordings of traffic (`warc`), the processes that parse foreign bytes (`reader`, by its pools `workers` and
`readers`), the clock and systemd.

What libraries raise ends here: whatever the world does comes back as an `Outcome` or a `Sending`. Nothing here decides what is news.
"""
