"""`berth template`: ready settings for a platform and market."""

from __future__ import annotations

import argparse

from app.cli.context import Context
from app.cli.output import card, table
from app.isolation.template import AUTOMATIC, Template, Templates, shipped_and_own


def list_all(args: argparse.Namespace, context: Context) -> None:
    """Prints every template, and what is wrong with files that are none."""
    templates = _templates(context)
    found = templates.all()
    for wrong in templates.wrong:
        context.out.note(str(wrong))
    rows = [
        (item.id, item.title, item.market, ", ".join(item.languages) or AUTOMATIC, item.timezone or AUTOMATIC)
        for item in found
    ]
    context.out.show(
        {"templates": [_plain(item) for item in found]},
        table(
            ("template", "for", "market", "languages", "timezone"),
            rows,
            "There are no templates.",
            context.out.width,
        ),
    )


def show_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what `show` takes."""
    parser.add_argument("name", metavar="NAME")


def show(args: argparse.Namespace, context: Context) -> None:
    """Prints what one template sets."""
    plain = _plain(_templates(context).get(args.name))
    context.out.show(plain, card(plain.items()))


def _templates(context: Context) -> Templates:
    return shipped_and_own(context.paths.data / "templates")


def _plain(item: Template) -> dict[str, object]:
    place = item.place
    return {
        "template": item.id,
        "title": item.title,
        "title_zh": item.title_zh,
        "platform": item.platform,
        "market": item.market,
        "colour": item.colour,
        "start_pages": list(item.start_pages),
        "languages": list(item.languages) or AUTOMATIC,
        "timezone": item.timezone or AUTOMATIC,
        "geolocation": f"{place.latitude:g},{place.longitude:g}" if place else item.geolocation.value,
        "webrtc": item.webrtc.value,
    }
