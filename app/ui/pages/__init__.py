"""The pages of the window program."""
