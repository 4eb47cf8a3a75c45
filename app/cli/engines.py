"""`berth engine`: the browsers found on this machine."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from app.cli.context import Context
from app.cli.output import table
from app.isolation.browser.engines import find_engines


def list_all(args: argparse.Namespace, context: Context) -> None:
    """Prints the browsers in the order in which Berth prefers them."""
    engines = find_engines()
    context.out.show(
        {"engines": [asdict(engine) for engine in engines]},
        table(
            ("browser", "channel", "version", "path"),
            [(engine.kind, engine.channel, engine.version, engine.path) for engine in engines],
            "No browser found. Install Google Chrome, Microsoft Edge, Chromium or Brave.",
            context.out.width,
        ),
    )
