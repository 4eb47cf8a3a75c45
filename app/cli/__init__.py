"""The command line: one table of commands, each in a file named after what it is about."""
