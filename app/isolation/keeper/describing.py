"""A window as faces see it, in plain JSON."""

from __future__ import annotations

from app.isolation.keeper.messages import Plain, checks_plain, preflight_plain, text_plain
from app.isolation.keeper.unread import unread_of
from app.isolation.keeper.window import RunningWindow, State
from app.isolation.plan import LaunchPlan

_LONGEST_TITLE = 200


def describe_opening(plan: LaunchPlan) -> Plain:
    """A window that is being checked and has not appeared yet."""
    return {
        "profile": plan.profile,
        "number": plan.number,
        "name": plan.name,
        "state": State.CHECKING.value,
        "mode": plan.mode.value,
    }


def describe(window: RunningWindow) -> Plain:
    """A window that has appeared."""
    plan = window.plan
    titles = [page.title for page in window.hub.pages.values()] if window.state is State.OPEN else []
    return {
        "profile": plan.profile,
        "number": plan.number,
        "name": plan.name,
        "state": "held" if window.held else window.state.value,
        "mode": plan.mode.value,
        "held": checks_plain(window.held),
        "pid": window.process.pid,
        "engine": {"name": plan.engine.kind, "version": window.engine_version, "path": plan.engine.path},
        "opened_at": window.opened_at.isoformat(),
        "preflight": preflight_plain(window.preflight),
        "tabs": len(titles),
        "unread": unread_of(titles),
        "title": titles[-1][:_LONGEST_TITLE] if titles else "",  # of the newest tab
        "relay_errors": [
            {
                "at": error.at.isoformat(),
                "host": error.host,
                "port": error.port,
                "id": error.id,
                "message": error.text.english(),
                "text": text_plain(error.text),
                "next_step": error.next_step.english() if error.next_step else None,
                "advice": text_plain(error.next_step) if error.next_step else None,
            }
            for error in window.relay.errors
        ],
    }
