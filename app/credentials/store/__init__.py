"""SQL of the credentials room; only its services use it."""
