"""What a person looks at: pages, the API, feeds and metrics over the store, and who may see them.

In: requests. Out: answers made of what the store holds; the one thing that is changed is a delivery that a person sends again.
Never: a poll, a fetch, a rule in force, a file.
"""
