"""Recipients as an operator names them: what is read, and what is refused with what to give instead."""

from datetime import timedelta
from pathlib import Path

import pytest
from recipients import NOON

from caseclock.outbox.channels import ByCalling
from caseclock.outbox.configuration import BadRecipients, read_recipients
from caseclock.outbox.files import ToFile
from caseclock.outbox.webhooks import ToWebhook

SECRETS = {"KEY": "a secret that is long enough"}


def read(text: str) -> list[object]:
    return list(read_recipients(text, SECRETS, lambda: NOON))


def test_every_kind_of_recipient_is_read(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("another secret, long enough\n")
    text = f"""
        [[recipient]]
        name = "log"
        to = "file"
        path = "messages.jsonl"

        [[recipient]]
        name = "case-system"
        to = "webhook"
        url = "https://example.org/hook"
        authority = "thurrock"
        kinds = ["BreachRaised", "BreachWithdrawn"]
        keys = [{{ id = "2026", env = "KEY" }}, {{ id = "2027", file = "{tmp_path / "key"}" }}]
        content = "binary"
        tries = 5
        first_wait_seconds = 1
        longest_wait_seconds = 60
        after_dead_letter = "wait"
        allow_networks = ["10.0.0.0/8", "fd00::/8"]

        [[recipient]]
        name = "ours"
        to = "callable"
        call = "builtins:print"
        parts = 4
    """
    log, system, ours = read_recipients(text, SECRETS, lambda: NOON)

    assert (ToFile, ToWebhook, ByCalling) == (type(log.channel), type(system.channel), type(ours.channel))
    assert ("thurrock", ("BreachRaised", "BreachWithdrawn")) == (system.authority, system.kinds)
    assert (5, timedelta(seconds=60), True) == (
        system.patience.tries,
        system.patience.most,
        system.patience.wait_for_dead,
    )
    assert (None, (), 20, 4) == (log.authority, log.kinds, log.patience.tries, ours.channel.parts)


WEBHOOK = '[[recipient]]\nname = "a"\nto = "webhook"\nurl = "https://example.org"\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[recipient", "not TOML"),
        ("", "recipient: Field required"),
        ('[[recipient]]\nname = "a"\nto = "pigeon"', "Input tag 'pigeon'"),
        ('[[recipient]]\nname = "Two Words"\nto = "file"\npath = "x"', "name"),
        ('[[recipient]]\nname = "a"\nto = "file"\npath = "x"\nurl = "y"', "url: Extra inputs"),
        ('[[recipient]]\nname = "a"\nto = "file"\npath = "x"\n' * 2, "Two recipients are called 'a'"),
        (WEBHOOK, "'a': it has no keys to sign with"),
        (WEBHOOK + 'keys = [{ id = "k", env = "NOT_SET" }]', "the variable NOT_SET.*is not set"),
        (WEBHOOK + 'keys = [{ id = "k" }]', "needs env .* or file"),
        (WEBHOOK + 'keys = [{ id = "k", file = "/no/such/file" }]', "can't be read"),
        (WEBHOOK + 'keys = [{ id = "two words", env = "KEY" }]', "as the id of a key"),
        (WEBHOOK.replace("https", "http") + "unsigned = true", "is not encrypted"),
        ('[[recipient]]\nname = "a"\nto = "callable"\ncall = "no_such:thing"', "can't be imported"),
        ('[[recipient]]\nname = "a"\nto = "callable"\ncall = "math:pi"', "can't be called"),
        (
            '[[recipient]]\nname = "a"\nto = "file"\npath = "x"\nfirst_wait_seconds = 9\nlongest_wait_seconds = 1',
            "Can't be patient so",
        ),
    ],
)
def test_what_can_t_be_used_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(BadRecipients, match=why):
        read(text)
