"""Everything that turns this source into something to install: `./run package`."""
