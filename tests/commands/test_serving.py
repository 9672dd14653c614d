"""`caseclock serve` and `demo --serve`: what a desk is set up with, what it refuses, and that it opens and ends."""

import gc
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from calling import Call
from listening import free_port, wait_for

from caseclock.commands import demo_desk, serving
from caseclock.desk.roles import Role
from caseclock.desk.settings import DeskSettings, SignIn


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[DeskSettings, int]]:
    """Every desk that would have been opened, and its port."""
    desks: list[tuple[DeskSettings, int]] = []
    monkeypatch.setattr(serving, "open_desk", lambda settings, port: desks.append((settings, port)))
    return desks


@pytest.mark.usefixtures("late_assessment")
def test_a_desk_without_sign_in_is_for_this_machine(
    call: Call, db: str, opened: list[tuple[DeskSettings, int]]
) -> None:
    done = call("serve", "--db", db, "--port", "8123")

    assert 0 == done.status, done
    ((settings, port),) = opened
    assert (SignIn.DEMO, "127.0.0.1", 8123, False) == (
        settings.sign_in,
        settings.listens_on,
        port,
        settings.demonstration,
    )
    assert set(Role) == {role for one in settings.demo_people for role in one.roles}
    assert {"anywhere"} == {one.authority for one in settings.demo_people}


@pytest.mark.usefixtures("late_assessment")
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--host", "0.0.0.0"), "anyone could sign in as anybody"),  # noqa: S104  # that it is refused is tested
        (("--sign-in", "password"), "is not one of demo, openid, proxy"),
        (("--sign-in", "openid"), "needs the issuer"),
        (("--sign-in", "openid", "--issuer", "https://x", "--client-id", "y"), "Set CASECLOCK_CLIENT_SECRET"),
        (("--sign-in", "proxy"), "needs the addresses it calls from"),
        (("--sign-in", "proxy", "--proxy-address", "somewhere"), "Give an address, such as 10.0.0.5"),
        (("--people", "missing.toml"), "Can't open missing.toml"),
    ],
)
def test_what_can_not_be_served_is_said(
    call: Call,
    db: str,
    opened: list[tuple[DeskSettings, int]],
    words: tuple[str, ...],
    why: str,
) -> None:
    done = call("serve", "--db", db, *words)

    assert 2 == done.status
    assert why in done.err
    assert [] == opened


def test_a_desk_needs_a_database_that_is_there(call: Call, db: str) -> None:
    done = call("serve", "--db", db)

    assert 2 == done.status
    assert "There is no Caseclock database" in done.err


@pytest.mark.usefixtures("late_assessment")
def test_a_desk_for_others_has_a_name_and_cookies_for_encrypted_connections(
    call: Call,
    db: str,
    opened: list[tuple[DeskSettings, int]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = tmp_path / "people.toml"
    people.write_text('[[group]]\nname = "G"\nauthority = "anywhere"\nrole = "viewer"\n', "utf-8")
    monkeypatch.setenv("CASECLOCK_CLIENT_SECRET", "kept elsewhere")
    words = (
        "--sign-in",
        "openid",
        "--issuer",
        "https://login.example",
        "--client-id",
        "desk",
        "--host",
        "192.0.2.7",
    )
    done = call("serve", "--db", db, *words, "--name", "Desk.Example", "--people", people, "--two-person")

    assert 0 == done.status, done
    ((settings, _),) = opened
    assert ("desk.example",) == settings.hosts
    assert (True, True, ()) == (settings.secure_cookies, settings.two_person, settings.demo_people)
    assert settings.openid is not None
    assert "kept elsewhere" == settings.openid.client_secret
    assert settings.people.person("asha", "", ["G"]).roles == {Role.VIEWER}


@pytest.mark.usefixtures("late_assessment")
def test_a_demonstration_stands_at_the_morning_its_caseload_ends(
    call: Call,
    db: str,
    opened: list[tuple[DeskSettings, int]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        sys.modules["caseclock.commands.demo"], "simulated", lambda _: (db, date(2026, 3, 31))
    )
    done = call("demo", "--serve", "--out", tmp_path)

    assert 0 == done.status, done
    ((settings, _),) = opened
    assert settings.demonstration
    assert timedelta(0) <= settings.now() - datetime(2026, 3, 31, 8, tzinfo=UTC) < timedelta(minutes=1)


def test_without_simulation_a_demonstration_has_no_caseload_to_make(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)

    assert demo_desk.simulated(tmp_path) is None


@pytest.mark.usefixtures("late_assessment")
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, call: Call, db: str) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = call("serve", "--db", db)

    assert 2 == done.status
    assert "pip install 'caseclock[desk]'" in done.err


@pytest.mark.slow
@pytest.mark.usefixtures("late_assessment")
def test_a_desk_opens_answers_and_ends_when_told(db: str) -> None:
    port, watched = free_port(), free_port()
    command = [sys.executable, "-m", "caseclock", "serve", "--db", db, "--port", str(port)]
    command += ["--metrics-port", str(watched)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as started:
        try:
            wait_for(f"http://127.0.0.1:{port}/up", started)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=10) as answer:
                page = answer.read().decode()
            with urllib.request.urlopen(f"http://127.0.0.1:{watched}/metrics", timeout=10) as answer:
                metrics = answer.read().decode()
        finally:
            started.send_signal(signal.SIGTERM)
        told = started.communicate(timeout=30)[0].decode()

    assert "Who do you want to be?" in page
    assert f"The desk is open at http://127.0.0.1:{port}/" in told
    assert "Anyone on this machine can sign in as anybody" in told
    assert "T-1" not in told
    assert re.search(r'^caseclock_desk_answers_total\{status="200"\} [12]\.0$', metrics, re.MULTILINE)
    assert "caseclock_due_timers" in metrics
    assert "/sign-in" not in metrics


@pytest.mark.usefixtures("late_assessment")
def test_a_port_for_metrics_that_is_taken_is_said(
    call: Call, db: str, opened: list[tuple[DeskSettings, int]]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = call("serve", "--db", db, "--metrics-port", str(taken.getsockname()[1]))

    assert (2, []) == (done.status, opened)
    assert "Give another" in done.err


@pytest.mark.usefixtures("late_assessment")
def test_what_a_desk_loads_for_good_is_not_gone_through_while_it_answers(
    db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spared: list[int] = []
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: spared.append(gc.get_freeze_count()))
    gc.unfreeze()
    try:
        serving.open_desk(DeskSettings(db, lambda: datetime.now(UTC)), 8123)
    finally:
        gc.unfreeze()

    assert spared[0] > 50_000
