"""Which happening an article tells of: text -> Sketch (`shingles`) and Facts (`facts`), these and candidates -> Joined | Opened (`join`).

What is found here are copies: reprints, edited and shortened versions, the same text under another headline; and the same happening told
in another language (`translation`). Two reporters who tell of one happening in one language, in their own words, are two stories to this
room. It never looks a candidate up and never writes anything down.
"""
