"""What every room stands on: ids, time, errors, text, events, jobs, settings, paths; it imports no room."""
