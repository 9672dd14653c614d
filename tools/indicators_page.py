"""The reference page on indicators: what each is counted of, who says so, and which are not given."""

from markdown_text import anchor, codes, paragraphs, table

from caseclock.indicators.catalogue import INDICATORS, Indicator
from caseclock.indicators.published import NOT_GIVEN
from caseclock.processes.catalogue import shipped_packs
from caseclock.timers.timescale import Kind

OPENING = """\
What `caseclock scorecard` counts, in the words of the [glossary](../glossary.md).
The period is so many months to a day: its last day counts, the day after which it begins does not.

Of what is to be done in time two shares are given:
that done in time, whenever it was written up;
and that both done and written up in time, of those of which it is told when they were written up.
A return does not tell.

Figures counted from fewer than five are marked."""

RECORDING = """\
For each recording standard of an authority, the share of events written up in time,
of those written up in the period to which it applies.
What a return tells is in neither number. These standards ship:"""

UNITS = {
    "percent": "percent",
    "rate": "per 10,000 children",
    "count": "a count",
    "days": "days, on average",
}


def indicators_page(generated: str) -> str:
    """Make the page; `generated` says in it that it is made, and by what."""
    parts = ["# Indicators", generated, OPENING]
    for group in dict.fromkeys(one.group for one in INDICATORS):
        parts.append(f"## {_sentence(group)}")
        for one in INDICATORS:
            if one.group == group:
                parts += [f"### {_sentence(one.name)}", _indicator(one)]
    parts += [
        "## Recording",
        RECORDING,
        _standards(),
        "## Not given",
        "Lines of the published scorecard that the pathways can't give, and why:",
        "\n".join(f"- {_sentence(name)}. {why}" for (_, name), why in NOT_GIVEN.items()),
    ]
    return paragraphs(parts)


def _indicator(one: Indicator) -> str:
    a_year = ", for a whole year" if one.a_year else ""
    lines = [f"- `{one.id}`, {UNITS[one.unit]}{a_year}", f"- numerator: {one.numerator}"]
    if one.denominator:
        lines.append(f"- denominator: {one.denominator}")
    if one.definition:
        lines.append(f"- {one.definition}")
    if one.timely:
        lines.append("- with the share both done and written up in time")
    return "\n".join([*lines, f"- source: {one.source}"])


def _standards() -> str:
    return table(
        ("standard", "authority", "written up", "within", "target share"),
        (
            (
                f"[`{rule.id}`](timescales.md#{anchor(rule.id)})",
                str(rule.authority),
                codes(dict.fromkeys(start.clause.event for start in rule.starts)),
                rule.limits[0].limit.words(),
                "" if rule.target_percent is None else f"{rule.target_percent}%",
            )
            for pack in shipped_packs()
            for rule in pack.timescales
            if rule.kind is Kind.RECORDING
        ),
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
