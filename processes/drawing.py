"""A process drawn as SVG: a card for each state, a line of text for each way out of it, an arrow to where it leads.

Arrows to one state share one lane, and each line names where it leads, so nobody has to follow an arrow to know.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from textwrap import wrap
from xml.sax.saxutils import escape

from caseclock.processes.definition import NOT_BEGUN, Process
from caseclock.processes.diagram import label

_LEFT, _TOP, _WIDTH, _GAP = 16, 56, 560, 22
_LINE, _PADDING, _LANE = 20, 12, 18
#: letters to a line of the small type
_LETTERS = 78
#: lanes, each distinct from white by 4.5 to 1 and from its neighbours by hue
_INKS = ("#0b5394", "#8f1d14", "#0a5130", "#6b4a00", "#5b2a86", "#454d55")


@dataclass(slots=True)
class _Card:
    """A state as it is drawn."""

    name: str
    title: str
    words: list[str]
    final: bool
    top: int
    #: whether the episode that is shown stands here
    current: bool = False
    #: each way out: the lines of its text, and the state it leads to
    ways: list[tuple[list[str], str]] = field(default_factory=list)
    #: what may happen without changing it
    staying: list[str] = field(default_factory=list)

    @property
    def height(self) -> int:
        lines = 1 + len(self.words) + sum(len(text) for text, _ in self.ways) + len(self.staying)
        return 2 * _PADDING + _LINE * lines

    @property
    def entry(self) -> int:
        """Give the height at which arrows come in."""
        return self.top + _PADDING + _LINE // 2


def svg(process: Process, current: str | None = None) -> str:
    """Draw a process as an SVG document that needs no font, script or style from elsewhere.

    With `current`, the name of a state, that state is marked as the one an episode is in.
    """
    cards = _cards(process)
    for card in cards:
        card.current = card.name == current
    targets = list(dict.fromkeys(target for card in cards for _, target in card.ways))
    right = _LEFT + _WIDTH
    lanes = {name: right + _LANE * (place + 1) for place, name in enumerate(targets)}
    inks = dict(zip(targets, cycle(_INKS), strict=False))
    width, height = right + _LANE * (len(targets) + 2), cards[-1].top + cards[-1].height + _GAP
    entries = {card.name: card.entry for card in cards}
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"',
        'role="img" aria-labelledby="title description" font-family="Arial, Helvetica, sans-serif" font-size="14">',
        f'<title id="title">{escape(process.title)}: states, and the events that lead from one to another</title>',
        f'<desc id="description">{escape(" ".join(_description(cards)))}</desc>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="34" font-size="22" font-weight="bold">{escape(process.title)}</text>',
    ]
    for card in cards:
        drawn += _arrows(card, lanes, inks, entries)
    for name, lane in lanes.items():
        drawn.append(_head(entries[name], lane, inks[name]))
    for card in cards:
        drawn += _card(card)
    return "\n".join([*drawn, "</svg>"]) + "\n"


def _cards(process: Process) -> list[_Card]:
    names = {state.name: state.name.replace("_", " ") for state in process.states}
    cards = [_Card(NOT_BEGUN, "Begins", [], False, _TOP)]
    cards += [
        _Card(state.name, names[state.name], wrap(state.words, _LETTERS), state.final, 0)
        for state in process.states
    ]
    top = _TOP
    for card in cards:
        card.top = top
        staying = []
        for move in process.moves:
            if card.name not in move.when:
                continue
            if move.to in (None, card.name):
                staying.append(label(move))
            else:
                said = f"{label(move)} \N{RIGHTWARDS ARROW} {names[str(move.to)]}"
                card.ways.append((wrap(said, _LETTERS), str(move.to)))
        if staying:
            card.staying = wrap(f"without changing it: {', '.join(dict.fromkeys(staying))}", _LETTERS)
        top += card.height + _GAP
    return cards


def _description(cards: list[_Card]) -> Iterator[str]:
    for card in cards:
        if card.current:
            yield f"It is now in {card.title}."
        for text, _ in card.ways:
            yield f"From {card.title}: {' '.join(text).replace(chr(0x2192), 'to')}."


def _card(card: _Card) -> Iterator[str]:
    fill = "#f2f5f7" if card.name != NOT_BEGUN else "#ffffff"
    if card.current:
        fill = "#fff7bf"
    yield (
        f'<rect x="{_LEFT}" y="{card.top}" width="{_WIDTH}" height="{card.height}" rx="3" fill="{fill}" '
        f'stroke="#12384a" stroke-width="{5 if card.current else 3 if card.final else 1}"/>'
    )
    y = card.top + _PADDING + 15
    ending = (" (ends)" if card.final else "") + (" \N{LEFTWARDS ARROW} now here" if card.current else "")
    yield f'<text x="{_LEFT + 12}" y="{y}" font-weight="bold" font-size="16">{escape(card.title + ending)}</text>'
    for line in card.words:
        y += _LINE
        yield f'<text x="{_LEFT + 12}" y="{y}" fill="#4a545e">{escape(line)}</text>'
    for text, _ in card.ways:
        for line in text:
            y += _LINE
            yield f'<text x="{_LEFT + 12}" y="{y}">{escape(line)}</text>'
    for line in card.staying:
        y += _LINE
        yield f'<text x="{_LEFT + 12}" y="{y}" fill="#4a545e" font-style="italic">{escape(line)}</text>'


def _arrows(
    card: _Card, lanes: dict[str, int], inks: dict[str, str], entries: dict[str, int]
) -> Iterator[str]:
    """Lead each way out to the lane of its state, and along it to the height of that state."""
    right = _LEFT + _WIDTH
    y = card.top + _PADDING + 10 + _LINE * len(card.words)
    for text, target in card.ways:
        y += _LINE
        yield (
            f'<path d="M{right} {y}H{lanes[target]}V{entries[target]}" fill="none" stroke="{inks[target]}" '
            f'stroke-width="1.5"/><circle cx="{right}" cy="{y}" r="3" fill="{inks[target]}"/>'
        )
        y += _LINE * (len(text) - 1)


def _head(entry: int, lane: int, ink: str) -> str:
    """Lead a lane into its state, with the arrow's head."""
    right = _LEFT + _WIDTH
    return (
        f'<path d="M{lane} {entry}H{right + 8}" fill="none" stroke="{ink}" stroke-width="1.5"/>'
        f'<path d="M{right} {entry}l10 -5v10z" fill="{ink}"/>'
    )
