"""Sign-ins of stores and services: kept sealed, shown only when a person asks."""
