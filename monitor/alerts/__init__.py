"""Whom to tell, when, and in which words: matches -> Alert and Deliveries (`raising`), what a message says (`notice`), the message
itself (`email`, `webhook`), what became of an attempt and when to make the next (`retry`). Nothing here sends anything.
"""
