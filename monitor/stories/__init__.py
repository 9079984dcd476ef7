"""Which happening an article is about: text -> Sketch (`shingles`) and Facts (`facts`); these and candidates -> Joined | Opened (`join`).

What is recognised are copies (reprints, edited and shortened versions, the same text under another headline) and reports about the same
happening in another language (`translation`). Two reports in the same language, each in its own words, are two stories to this room. It
never looks candidates up itself and never stores anything.
"""
