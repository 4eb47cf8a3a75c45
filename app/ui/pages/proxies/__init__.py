"""The proxies page."""
