"""The network path of a profile: proxy strings, upstream connectors, the relay, and the exit probe."""
