"""`berth proxy import`, `spread`, `change-ip` and `trust` as people and scripts run them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from app.demo.internet import LocalInternetThread
from app.isolation.network.proxy_string import write
from tests.network.ssh_server import SshServer
from tests.support.commands import berth


@pytest.fixture
def internet(home: Path) -> Iterator[LocalInternetThread]:
    with LocalInternetThread() as internet:
        berth("setting", "set", "network.echo_urls", internet.net.echo_url)
        yield internet


@pytest.fixture
def server(internet: LocalInternetThread) -> Iterator[SshServer]:
    server = internet.run(_started(internet))
    yield server
    internet.run(server.kill())


async def _started(internet: LocalInternetThread) -> SshServer:
    server = SshServer(internet.net)
    await server.start()
    return server


async def _with_another_key(server: SshServer) -> None:
    await server.kill()
    server.key = asyncssh.generate_private_key("ssh-ed25519")
    await server.start()


def test_a_file_is_imported_and_what_was_left_out_is_told(home: Path, tmp_path: Path):
    file = tmp_path / "list.txt"
    file.write_text("# ours\n203.0.113.7:80:anna:s3cr3t\na.example:80:b.example:81\nnonsense s3cr3t\n")

    first = berth("proxy", "import", str(file), "--provider", "Lumi", "--json")
    words = berth("proxy", "import", str(file))
    decided = berth("proxy", "import", str(file), "--order", "login-first", "--json")
    file.write_text("203.0.113.7:80:anna:s3cr3t\n")
    again = berth("proxy", "import", str(file))
    listed = berth("proxy", "list", "--json")

    assert (first.code, words.code, decided.code, again.code) == (1, 1, 1, 0)
    assert first.json["counts"] == {"added": 1, "ambiguous": 1, "wrong": 1}
    two, wrong = first.json["left_out"]
    assert (two["line"], two["standing"]) == (3, "ambiguous")
    assert two["readings"] == {"address-first": "a.example", "login-first": "b.example"}
    assert (wrong["line"], wrong["standing"]) == (4, "wrong")
    assert "`--order address-first` or `--order login-first`" in words.out
    assert decided.json["counts"]["added"] == 1
    assert {row["host"] for row in listed.json["proxies"]} == {"203.0.113.7", "b.example"}
    assert [row["provider"] for row in listed.json["proxies"] if row["host"] == "203.0.113.7"] == ["Lumi"]
    assert "s3cr3t" not in first.out + words.out + decided.out + listed.out + first.err + words.err


def test_a_file_that_is_not_there_is_a_usage_error(home: Path, tmp_path: Path):
    missing = berth("proxy", "import", str(tmp_path / "nowhere.txt"))

    assert missing.code == 2
    assert "cannot be read" in missing.err


def test_fifty_thousand_lines_with_junk_are_read(home: Path, tmp_path: Path):
    file = tmp_path / "many.txt"
    with file.open("w") as out:
        for at in range(50_000):
            if at % 10 == 0:
                out.write("!!! sponsored: buy more proxies, now !!!\n")
            elif at % 10 == 1:
                out.write("\x00\x01" * 50 + "\n")
            elif at % 50 == 2:
                out.write(f"a{at}.example:80:b.example:81\n")
            else:
                out.write(f"10.{at >> 16}.{at >> 8 & 255}.{at & 255}:8080:user{at}:pw\n")

    done = berth("proxy", "import", str(file), "--json")

    assert done.code == 1
    assert done.json["counts"] == {"added": 39_000, "ambiguous": 1_000, "wrong": 10_000}
    assert len(done.json["left_out"]) == 1_000


def test_a_new_address_is_asked_for_and_its_token_stays_secret(home: Path, internet: LocalInternetThread):
    net = internet.net
    host, port = net.address("store.test")
    text = f"{write(net.http_proxy.upstream)}[http://{host}:{port}/me?token=s3cr3t]"
    berth("proxy", "add", "-", "--name", "US", stdin=text + "\n")
    berth("proxy", "add", "h.example:80", "--name", "None")

    private = berth("proxy", "change-ip", "US")
    none = berth("proxy", "change-ip", "None")
    missing = berth("proxy", "change-ip", "Nobody")

    assert (private.code, none.code, missing.code) == (1, 2, 4)
    assert "private network" in private.err
    assert "s3cr3t" not in private.out + private.err
    assert net.requests("store.test") == ()


def test_a_servers_key_is_learned_then_refused_when_it_changes_then_trusted(
    home: Path, internet: LocalInternetThread, server: SshServer
):
    berth("proxy", "add", "-", "--name", "S", stdin=write(server.upstream) + "\n")
    first = berth("proxy", "check", "S", "--json")
    same = berth("proxy", "trust", "S", "--json")
    internet.run(_with_another_key(server))

    changed = berth("proxy", "check", "S", "--json")
    asked = berth("proxy", "trust", "S", "--json")
    wrong = berth("proxy", "trust", "S", "--key", "SHA256:another")
    trusted = berth("proxy", "trust", "S", "--key", server.key.get_fingerprint(), "--json")
    last = berth("proxy", "check", "S", "--json")

    assert first.json["proxies"][0]["exit"]["ip"] == server.exit_ip
    assert first.json["proxies"][0]["host_key"].startswith("ssh-ed25519 SHA256:")
    assert same.json["trusted"] is True
    assert changed.json["proxies"][0]["check_problem"]["error"] == "host-key-changed"
    assert (asked.code, asked.json["trusted"]) == (1, False)
    assert asked.json["offered"] == server.fingerprint
    assert wrong.code == 1
    assert trusted.code == 0
    assert last.json["proxies"][0]["check_problem"] is None


def test_only_ssh_servers_have_keys(home: Path):
    berth("proxy", "add", "h.example:80", "--name", "H")

    assert berth("proxy", "trust", "H").code == 2


def test_profiles_are_given_an_unused_proxy_each_or_none_is(home: Path):
    for number in (1, 2):
        berth("proxy", "add", f"http://p{number}.example:80", "--name", f"P{number}")
    for name in ("Anna", "Bea", "Cora"):
        berth("profile", "new", name)

    too_few = berth("proxy", "spread", "Anna", "Bea", "Cora")
    done = berth("proxy", "spread", "Anna", "Bea", "--json")
    shown = berth("profile", "show", "Bea", "--json")

    nobody = berth("proxy", "spread", "--group", "Nowhere")
    assert (nobody.code, "Which profiles?" in nobody.err) == (2, True)
    assert too_few.code == 1
    assert "Only 2 of 3 stores can have an unused proxy that fits." in too_few.err
    assert done.code == 0
    proxies = {row["name"]: row["id"] for row in berth("proxy", "list", "--json").json["proxies"]}
    assert [one["proxy"] for one in done.json["given"]] == [proxies["P1"], proxies["P2"]]
    assert "P2" in shown.out
