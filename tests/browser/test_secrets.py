"""No secret is in a command line, an environment, a log or the data folder while windows are open."""

from __future__ import annotations

import subprocess
import sys

from app.kernel.secret import Secret
from tests.support.searching import files_with, processes_with
from tests.support.stage import Stage
from tests.support.vaults import PASSPHRASE

NOTE = "her husband answers on Sundays 7381"
LOGIN = "kq9-login-password-of-anna"


def test_no_secret_is_in_a_command_line_an_environment_a_log_or_the_data_folder(stage: Stage) -> None:
    stage.make("Anna", stage.net.http_proxy)
    stage.make("Bert", stage.net.socks_proxy)
    stage.work.isolation.profiles.write_note("Anna", Secret(NOTE))
    stage.work.credentials.credentials.add("https://store.test", "anna", Secret(LOGIN))
    stage.open_store("Anna", "a")
    stage.open_store("Bert", "b")
    secrets = [
        PASSPHRASE.reveal(),
        stage.net.http_proxy.password,
        stage.net.socks_proxy.password,
        NOTE,
        LOGIN,
    ]
    roots = [stage.paths.data, stage.paths.state, stage.paths.runtime]

    in_processes = {secret: processes_with(secret) for secret in secrets}
    in_files = {secret: files_with(roots, secret, skipped="browser") for secret in secrets}

    assert in_processes == {secret: [] for secret in secrets}
    assert in_files == {secret: [] for secret in secrets}
    # The proxy's password never gets into the browser, not even into its open directory.
    for proxy in stage.net.proxies:
        assert files_with(roots, proxy.password, skipped="nothing is skipped") == []


def test_the_search_finds_a_secret_that_is_really_there(stage: Stage) -> None:
    needle = "planted-canary-5519"
    (stage.paths.data / "planted").write_bytes(b"..." + needle.encode("utf-16-le"))

    with subprocess.Popen(
        [sys.executable, "-c", "input()", needle], stdin=subprocess.PIPE, env={"PLANTED": needle}
    ) as planted:
        processes = processes_with(needle)
        assert planted.stdin is not None
        planted.stdin.close()
    files = files_with([stage.paths.data], needle, skipped="browser")

    assert f"{planted.pid} cmdline" in processes
    assert f"{planted.pid} environ" in processes
    assert files == [str(stage.paths.data / "planted")]
