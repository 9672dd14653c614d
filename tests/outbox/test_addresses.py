"""Where a webhook may lead: never into a network that only this machine can reach, whatever a name is made to say."""

import socket
from collections.abc import Callable
from ipaddress import ip_address

import pytest
from recipients import Receiver

from caseclock.outbox.addresses import AddressRefused, connect, is_public, networks


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("127.9.9.9", False),
        ("0.0.0.0", False),  # noqa: S104
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::a00:1", False),  # 10.0.0.1 by NAT64
        ("2002:7f00:1::", False),  # 127.0.0.1 by 6to4
        ("::7f00:1", False),
    ],
)
def test_which_addresses_are_anyone_s(address: str, public: bool) -> None:
    assert public == is_public(ip_address(address))


def found(*addresses: str, port: int = 80) -> Callable[..., list[tuple[object, ...]]]:
    """Look a name up as a name server would that says these addresses."""

    def look_up(_host: str, _port: int, **_: object) -> list[tuple[object, ...]]:
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]

    return look_up


def test_a_name_that_leads_to_private_addresses_is_refused_by_what_it_leads_to() -> None:
    with pytest.raises(AddressRefused, match=r"rebound.example leads to 10.0.0.1, ::1"):
        connect("rebound.example", 80, allowed=(), seconds=1, look_up=found("10.0.0.1", "::1"))  # type: ignore[arg-type]


def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(receiver: Receiver) -> None:
    answers = iter([found("127.0.0.1", port=receiver.port), found("10.0.0.1")])

    def rebinding(host: str, port: int, **ways: object) -> object:
        return next(answers)(host, port, **ways)

    opened = connect(
        "rebinds.example",
        receiver.port,
        allowed=networks(["127.0.0.1"]),
        seconds=1,
        look_up=rebinding,  # type: ignore[arg-type]
    )
    with opened:
        assert ("127.0.0.1", receiver.port) == opened.getpeername()
    assert 1 == len(list(answers))  # it was asked once


def test_of_several_addresses_only_those_that_may_be_are_tried(receiver: Receiver) -> None:
    look_up = found("10.0.0.1", "127.0.0.1", port=receiver.port)
    opened = connect("mixed.example", 1, allowed=networks(["127.0.0.0/8"]), seconds=1, look_up=look_up)  # type: ignore[arg-type]
    with opened:
        assert "127.0.0.1" == opened.getpeername()[0]
