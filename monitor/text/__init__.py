"""Words about text that every room shares: cleaned where it comes in, folded where it is compared, with the way back to the original.

`clean_text` makes text from outside fit to be kept. `fold` gives the text that rules compare; it changes no text that is kept or shown.
"""

from monitor.text.clean import clean_text
from monitor.text.fold import Folded, fold
from monitor.text.offsets import begins_cluster, utf16_offsets

__all__ = ["Folded", "begins_cluster", "clean_text", "fold", "utf16_offsets"]
