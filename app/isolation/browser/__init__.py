"""The user's real browser: found, started on a private pipe, armed, checked and closed."""
