"""The window program: Qt widgets over the same rooms as the command line."""
