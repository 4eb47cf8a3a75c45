"""The path of one window's traffic: proxy strings, the exit probe, the relay."""
