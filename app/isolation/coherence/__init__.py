"""The coherence check: what a window shows in every kind of context, and whether it is the same truth."""
