"""The probe's two sites: what they answer, and what they take."""

from __future__ import annotations

import json

import pytest

from app.isolation.coherence.site import CONTEXTS, ProbeSite
from app.isolation.network.http_head import Request


def ask(site: ProbeSite, path: str, method: str = "GET", body: bytes = b"") -> tuple[int, str, bytes]:
    """Status, head and body of an answer."""
    request = Request(method, site.hosts[0], 80, path, ((b"User-Agent", b"Test"),))
    head, _, content = site.answer(request, body).partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode(), content


def test_every_check_has_two_sites_that_nobody_can_guess():
    one, other = ProbeSite(), ProbeSite()

    assert len({*one.hosts, *other.hosts}) == 4
    assert all(host.endswith(".localhost") and len(host) > 40 for host in one.hosts)


@pytest.mark.parametrize("path", ["/main", "/frame?context=popup", "/frame?context=sandbox"])
def test_pages_are_shown_though_the_history_is_told_there_are_none(path: str):
    status, head, content = ask(ProbeSite(), path)

    assert status == 404
    assert "Accept-CH:" in head
    assert b"berthCollect" in content
    assert b"{scripts}" not in content


def test_a_frame_of_the_other_site_posts_to_its_own_and_an_unknown_one_under_no_name():
    site = ProbeSite()

    cross, odd = (ask(site, f"/frame?context={name}")[2].decode() for name in ("cross", '"</script>'))

    assert f'berthReport("{site.origins[1]}", "cross")' in cross
    assert f'berthReport("{site.origins[0]}", "")' in odd


@pytest.mark.parametrize("name", ["collect.js", "worker.js", "shared.js", "service.js"])
def test_scripts_are_scripts(name: str):
    status, head, content = ask(ProbeSite(), "/" + name)

    assert (status, b"berth" in content) == (200, True)
    assert "text/javascript" in head


@pytest.mark.parametrize("path", ["/", "/main.js/..", "/../secret", "/main.js"])
def test_nothing_else_is_there(path: str):
    assert ask(ProbeSite(), path)[0] == 404


def test_the_first_report_of_a_context_counts_and_headers_come_along():
    site = ProbeSite()

    for cores in (1, 2):
        ask(site, "/report?context=main", "POST", json.dumps({"cores": cores}).encode())

    assert site.shown["main"].facts == {"cores": 1}
    assert site.shown["main"].headers == {"user-agent": "Test"}
    assert site.missing == CONTEXTS[1:]
    assert site.changed.is_set()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/report?context=main", b"\xff"),
        ("/report?context=main", b"[]"),
        ("/report?context=other", b"{}"),
        ("/report", b"{}"),
    ],
)
def test_nonsense_is_not_taken(path: str, body: bytes):
    site = ProbeSite()

    ask(site, path, "POST", body)

    assert site.shown == {}


def test_the_browser_is_told_to_forget_only_when_everything_has_been_told():
    site = ProbeSite()
    before = ask(site, "/done")
    site.may_clear = True

    after = ask(site, "/done")

    assert (before[0], after[0]) == (204, 200)
    assert "Clear-Site-Data" not in before[1]
    assert 'Clear-Site-Data: "*"' in after[1]
    assert site.cleared.is_set()
