"""The real browser of a window: finding it, starting it, speaking with it over its private pipe."""
