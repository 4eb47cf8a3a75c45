"""SQL of the isolation room; only its services use it."""
