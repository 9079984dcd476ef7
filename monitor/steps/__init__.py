"""One verb a file. Each step loads its row, does its I/O with no transaction open, decides, saves in one transaction, and says
what came of it. A step can be run twice: it leaves if its work is done. It meets the world only through the ports in its `Context`.
"""
