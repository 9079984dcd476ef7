"""Rules: which articles are of interest, and why. In: what analysts write (`rule`) and an article as a `Document`. Out: a `Verdict`, with a
receipt for each rule that matched (`match`), and the passages to show (`snippets`).

A query is read (`tokens`, `parse`, `query`), compiled (`terms`, `build`, `compile`) and evaluated over the terms that were found in a
text (`matcher`, `found`, `clauses`). `explain` says why a rule matched or did not, `lint` what was probably not meant; `narrowing` and
`prefilter` say which texts cannot match; `score` and `backtest` measure rules. Nothing here reads a file or remembers a document.
"""
