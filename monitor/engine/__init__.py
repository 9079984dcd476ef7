"""How steps get to run. The row is the truth; an engine only finds what is due and hands it to its step, one at a time in each lane."""
