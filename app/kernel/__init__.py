"""What every room stands on: ids, time, errors, text, events, jobs, settings, paths. No room is imported here."""
