"""Whom to tell, when, and in which words: matches -> Alert and Deliveries (`raising`), what a message says (`notice`, `message`), what
goes out at once and what waits (`channel`, `holding`), the words and the message itself (`wording`, `email`, `webhook`), what became of
an attempt and when to make the next (`retry`), what readers say it was worth (`feedback`), how it came about (`evidence`). Nothing here
sends anything.
"""
