"""The process that owns the running windows; it knows only their launch plans."""
