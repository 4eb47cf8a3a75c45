"""The vault: keys, the sealed database, sessions and their abilities."""
