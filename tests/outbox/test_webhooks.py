"""Webhooks, spoken to for real: what arrives, who signed it, and what becomes of every way not to answer."""

import hashlib
import hmac
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from recipients import NOON, Receiver, message

from caseclock.outbox.addresses import networks
from caseclock.outbox.channels import NotTaken
from caseclock.outbox.cloud_events import Content
from caseclock.outbox.signing import BadKey, Key, is_signed, signed
from caseclock.outbox.webhooks import BadUrl, ToWebhook, Webhook

OLD, NEW = Key("2025", b"a secret of long ago"), Key("2026", b"the secret of today")


def refusal(channel: ToWebhook) -> NotTaken:
    with pytest.raises(NotTaken) as refused:
        channel.tell([message(1)])
    channel.close()
    return refused.value


def test_a_message_arrives_as_a_structured_cloud_event(receiver: Receiver) -> None:
    receiver.webhook().tell([message(7)])

    (got,) = receiver.received
    assert "application/cloudevents+json; charset=utf-8" == got.headers["Content-Type"]
    assert {
        "specversion": "1.0",
        "id": "e-7",
        "source": "urn:caseclock:thurrock",
        "type": "caseclock.BreachRaised",
        "subject": "C-1042",
        "time": "2026-03-02T12:00:00.000000Z",
        "datacontenttype": "application/json",
        "sequence": "0000000000000000007",
        "partitionkey": "thurrock/C-1042",
        "data": {"event_id": "e-7", "type": "BreachRaised", "case_id": "C-1042", "data": {"n": 7}},
    } == got.event()


def test_a_message_arrives_as_a_binary_cloud_event(receiver: Receiver) -> None:
    receiver.webhook(content=Content.BINARY, source="urn:case system").tell([message(7, "Ç 50%")])

    (got,) = receiver.received
    told = {name.lower(): value for name, value in got.headers.items()}
    assert ("application/json", "1.0", "e-7") == (told["content-type"], told["ce-specversion"], told["ce-id"])
    assert ("urn:case%20system:thurrock", "%C3%87%2050%25") == (told["ce-source"], told["ce-subject"])
    assert "ce-datacontenttype" not in told
    assert {"n": 7} == got.event()["data"]


def test_what_is_sent_is_signed_by_every_key_as_anyone_can_check(receiver: Receiver) -> None:
    receiver.webhook(keys=(OLD, NEW)).tell([message(1)])

    (got,) = receiver.received
    told = got.headers["Caseclock-Timestamp"].encode() + b"." + got.body
    by_hand = {
        f"{name}={hmac.new(secret, told, hashlib.sha256).hexdigest()}"
        for name, secret in (("2025", b"a secret of long ago"), ("2026", b"the secret of today"))
    }
    assert by_hand == set(got.headers["Caseclock-Signature"].split(", "))
    assert str(int(NOON.timestamp())) == got.headers["Caseclock-Timestamp"]


@pytest.mark.parametrize(
    ("keys", "body", "later", "holds"),
    [
        ([OLD], b"{}", 0, True),
        ([NEW], b"{}", 300, True),
        ([NEW], b"{}", 301, False),
        ([NEW], b"{ }", 0, False),
        ([Key("2026", b"some other secret")], b"{}", 0, False),
        ([Key("2027", b"the secret of today")], b"{}", 0, False),
        ([], b"{}", 0, False),
    ],
)
def test_a_signature_holds_for_its_key_its_body_and_five_minutes(
    keys: list[Key], body: bytes, later: int, holds: bool
) -> None:
    headers = signed(b"{}", [OLD, NEW], NOON)

    assert holds == is_signed(headers, body, keys, NOON + timedelta(seconds=later))


@pytest.mark.parametrize("headers", [{}, {"Caseclock-Timestamp": "now", "Caseclock-Signature": "2026=ab"}])
def test_what_is_not_signed_is_not_signed(headers: dict[str, str]) -> None:
    assert not is_signed(headers, b"{}", [NEW], NOON)


def test_a_key_that_could_be_guessed_is_refused_and_a_secret_is_never_shown() -> None:
    with pytest.raises(BadKey, match="shorter than 16 bytes"):
        Key("2026", b"secret")
    with pytest.raises(BadKey, match="as the id"):
        Key("two words", b"the secret of today")
    assert "secret of" not in repr(NEW)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_answer_of_success_is_enough(receiver: Receiver, status: int) -> None:
    receiver.answer = lambda _: status
    channel = receiver.webhook()
    channel.tell([message(1)])
    channel.tell([message(2)])
    channel.close()

    assert (2, 1) == (len(receiver.received), receiver.connections)  # one connection is kept open


@pytest.mark.parametrize(
    ("status", "unreachable"),
    [
        (400, False),
        (422, False),
        (413, False),
        (401, True),
        (404, True),
        (429, True),
        (500, True),
        (503, True),
    ],
)
def test_an_answer_of_failure_is_told_from_one_about_the_message(
    receiver: Receiver, status: int, unreachable: bool
) -> None:
    receiver.answer = lambda _: status
    refused = refusal(receiver.webhook())

    assert (f"127.0.0.1 answered {status}.", unreachable) == (str(refused), refused.unreachable)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("Mon, 02 Mar 2026 12:01:00 GMT", 60),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("soon", None),
    ],
)
def test_who_asks_to_be_left_alone_is_heard(receiver: Receiver, header: str, seconds: int | None) -> None:
    receiver.answer = lambda _: (503, {"Retry-After": header})

    asked = refusal(receiver.webhook()).retry_after
    assert (None if seconds is None else timedelta(seconds=seconds)) == asked


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answer = lambda _: (307, {"Location": "http://169.254.169.254/latest/meta-data"})
    refused = refusal(receiver.webhook())

    assert "Redirects are not followed" in str(refused)
    assert 1 == len(receiver.received)


def test_a_connection_that_was_closed_meanwhile_is_opened_anew(receiver: Receiver) -> None:
    receiver.answer = lambda got: (200, {"Connection": "close"}) if not got.path else 200
    channel = receiver.webhook()
    receiver.answer = lambda _: (200, {"Connection": "close"})
    for number in (1, 2, 3):
        channel.tell([message(number)])

    assert (3, 3) == (len(receiver.received), receiver.connections)


@pytest.fixture
def raw() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """Serve one connection by a function of the raw socket, until the test is over; gives the port."""
    over, listening, threads = threading.Event(), socket.create_server(("127.0.0.1", 0)), []

    def serve(act: Callable[[socket.socket], None]) -> int:
        def one() -> None:
            taken, _ = listening.accept()
            with taken:
                try:
                    act(taken)
                    over.wait(10)
                except OSError:  # the other side has had enough, which is what is tested
                    pass

        threads.append(threading.Thread(target=one))
        threads[-1].start()
        return int(listening.getsockname()[1])

    yield serve
    over.set()
    for thread in threads:
        thread.join(10)
    listening.close()


def says_nothing(_taken: socket.socket) -> None:
    return


def drips(taken: socket.socket) -> None:
    taken.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:  # each byte within the time-out of a read: only a time-out of the whole ends this
        taken.sendall(b"X: y\r\n")
        threading.Event().wait(0.05)


def talks_nonsense(taken: socket.socket) -> None:
    taken.sendall(b"220 mail.example.org ESMTP\r\n\r\n")


def breaks_off(taken: socket.socket) -> None:
    taken.recv(10)
    taken.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (says_nothing, "did not answer within 0.3 seconds"),
        (drips, "did not answer within 0.3 seconds"),
        (talks_nonsense, "could not be reached, or broke off"),
        (breaks_off, "could not be reached, or broke off"),
    ],
    ids=["says nothing", "drips", "talks nonsense", "breaks off"],
)
def test_whoever_does_not_answer_as_one_should_is_given_up_in_time(
    raw: Callable[[Callable[[socket.socket], None]], int], act: Callable[[socket.socket], None], words: str
) -> None:
    url = f"http://127.0.0.1:{raw(act)}/"
    webhook = Webhook(url, seconds=0.3, allowed=networks(["127.0.0.1"]), plain_http=True)
    began = monotonic()
    refused = refusal(ToWebhook(webhook, lambda: NOON))

    assert words in str(refused)
    assert refused.unreachable
    assert monotonic() - began < 3


def test_a_handshake_that_never_ends_is_given_up_too(
    raw: Callable[[Callable[[socket.socket], None]], int],
) -> None:
    webhook = Webhook(f"https://127.0.0.1:{raw(says_nothing)}/", seconds=0.3, allowed=networks(["127.0.0.1"]))
    refused = refusal(ToWebhook(webhook, lambda: NOON, tls=ssl.create_default_context()))

    assert "did not answer within 0.3 seconds" in str(refused)


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    webhook = Webhook(f"http://127.0.0.1:{port}/", allowed=networks(["127.0.0.1"]), plain_http=True)

    assert "could not be reached" in str(refusal(ToWebhook(webhook, lambda: NOON)))


def test_loopback_is_refused_unless_it_is_allowed(receiver: Receiver) -> None:
    refused = refusal(receiver.webhook(allowed=()))

    assert "leads to 127.0.0.1, which is not on the public internet" in str(refused)
    assert [] == receiver.received


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.org/", "is not the URL of a webhook"),
        ("https:///hook", "is not the URL of a webhook"),
        ("https://example.org:99999/", "is not the URL of a webhook"),
        ("http://example.org/", "is not encrypted"),
        ("https://name:word@example.org/", "may hold no name or password"),
    ],
)
def test_urls_that_can_t_be_used_are_refused_when_they_are_read(url: str, why: str) -> None:
    with pytest.raises(BadUrl, match=why):
        Webhook(url)


def test_the_instant_of_signing_is_that_of_sending(receiver: Receiver) -> None:
    told = iter([datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 2, 13, tzinfo=UTC)])
    webhook = Webhook(receiver.url, (NEW,), allowed=networks(["127.0.0.1"]), plain_http=True)
    channel = ToWebhook(webhook, lambda: next(told))
    channel.tell([message(1)])
    channel.tell([message(1)])
    channel.close()

    first, second = (int(got.headers["Caseclock-Timestamp"]) for got in receiver.received)
    assert 3600 == second - first
