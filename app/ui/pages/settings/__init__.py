"""Settings, keys and about."""
