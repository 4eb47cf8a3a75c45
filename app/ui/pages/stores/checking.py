"""Checks proxies in the background, many at once, with progress and cancel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from app.isolation.proxies import Proxies, Proxy
from app.kernel.errors import Problem
from app.kernel.jobs import Progress
from app.kernel.text import say
from app.ui.face import Face
from app.ui.language import told, tr


def check_proxies(
    face: Face,
    proxies: Proxies,
    ids: Sequence[str],
    *,
    owner: QObject,
    failed: Callable[[Problem], None],
    then: Callable[[list[Proxy]], None] | None = None,
) -> None:
    """Checks these proxies; results are stored as they come, and a toast says how it went."""

    async def work(report: Callable[[Progress], None]) -> list[Proxy]:
        def told(done: int, total: int) -> None:
            words = say("Checked {done} of {total} proxies", done=done, total=total) if done else None
            report(Progress(done, total, words))

        return await proxies.pool.check_many(ids, told)

    def done(found: list[Proxy]) -> None:
        bad = [proxy for proxy in found if proxy.check_problem is not None]
        if not bad:
            face.toaster.show(tr("%n proxy(ies) work", n=len(found)))
        elif len(found) == 1:
            problem = bad[0].check_problem
            face.toaster.show(told(problem.text) if problem is not None else "")
        else:
            face.toaster.show(
                tr("{good} work, {bad} do not").format(good=len(found) - len(bad), bad=len(bad))
            )
        if then is not None:
            then(found)

    face.jobs.start(work, owner=owner, then=done, failed=failed, title=say("Checking proxies"))
