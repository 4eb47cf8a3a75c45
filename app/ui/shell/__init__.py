"""The frame around the pages: rail, top bar, status line, lock screen, tray."""
