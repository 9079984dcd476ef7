"""Which happening an article tells of: text -> Sketch (`shingles`), Sketch and candidates -> Joined | Opened (`join`).

What is found here are copies: reprints, edited and shortened versions, the same text under another headline. Two reporters who
tell of one happening in their own words are two stories to this room. It never looks a candidate up and never writes anything down.
"""
