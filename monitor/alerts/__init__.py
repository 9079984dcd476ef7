"""Whom to tell, when, and in which words: matches -> Alert and Deliveries (`raising`), what a message contains (`notice`, `message`),
what goes out at once and what waits (`channel`, `holding`), how it is worded and encoded (`wording`, `email`, `webhook`), what came of
an attempt and when to make the next (`retry`), what readers say an alert was worth (`feedback`), and the proof of how it came about
(`evidence`). Nothing here sends anything.
"""
