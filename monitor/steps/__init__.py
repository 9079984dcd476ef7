"""One verb per file. Each step loads its row, does its I/O with no transaction open, decides, saves in one transaction, and reports
what came of it. Steps may safely run twice: the second run finds the work done and leaves it. A step meets the world only through the
ports in its `Context`.
"""
