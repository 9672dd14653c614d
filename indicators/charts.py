"""Charts drawn as SVG: bars and lines that need no script, style or font from elsewhere, and read without colour.

Every chart has a title and says its message in words; whoever uses one puts the table it is drawn from beneath it.
Only attributes are used, no style, so that a page with a strict content security policy can hold them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from math import ceil, floor, log10
from xml.sax.saxutils import escape

#: inks, each at least 4.5 to 1 from white; neighbours differ by their dashes and marks too
INKS = ("#1d5a9e", "#8f1d14", "#0a5130", "#5b2a86")
_DASHES = ("", "9 4", "3 3", "12 3 3 3")
_TEXT, _RULE = "#0b0c0c", "#b1b4b6"
_LEFT, _TOP, _RIGHT, _BOTTOM = 52, 44, 132, 48
_WIDTH, _HEIGHT = 720, 300
#: the most that is left for the names of lines at their ends
_WIDEST_NAME = 260


@dataclass(frozen=True, slots=True)
class Series:
    """A line of a chart; None where there is no value. An interval is drawn as a band around it."""

    name: str
    values: Sequence[float | None]
    low: Sequence[float | None] = field(default=())
    high: Sequence[float | None] = field(default=())


def bars(
    chart_id: str,
    title: str,
    message: str,
    labels: Sequence[str],
    values: Sequence[float | None],
    *,
    unit: str = "",
    between: Sequence[tuple[float, float]] = (),
    limit: tuple[int, str] | None = None,
) -> str:
    """Draw bars with their values above them; `message` says what they show, `chart_id` must be unique on a page.

    `between` gives each bar its interval; `limit` marks the place before so many bars with words, such as a last day.
    """
    right = 16
    known = [value for value in values if value is not None]
    scale = _Scale.to([*known, *(high for _, high in between)], _WIDTH - _LEFT - right)
    drawn = [*_begin(chart_id, title, message), *scale.rules(unit)]
    step = (_WIDTH - _LEFT - right) / max(1, len(values))
    for place, (label, value) in enumerate(zip(labels, values, strict=True)):
        middle = _LEFT + step * (place + 0.5)
        drawn.append(_label(middle, label))
        if value is None:
            drawn.append(_text(middle, scale.y(0) - 6, "none", size=12, anchor="middle"))
            continue
        top, width = scale.y(value), step * 0.62
        drawn.append(
            f'<rect x="{middle - width / 2:.1f}" y="{top:.1f}" width="{width:.1f}" '
            f'height="{max(0.5, scale.y(0) - top):.1f}" fill="{INKS[0]}"/>'
        )
        if between:
            low, high = (scale.y(end) for end in between[place])
            drawn.append(_whisker(f"M{middle:.1f} {low:.1f}V{high:.1f}", f"M{middle - 5:.1f} {low:.1f}h10"
                                  f"M{middle - 5:.1f} {high:.1f}h10"))  # fmt: skip
            top = min(top, high)
        drawn.append(_text(middle, top - 6, number(value, unit), size=13, anchor="middle"))
    if limit is not None:
        x = _LEFT + step * limit[0]
        drawn.append(
            f'<path d="M{x:.1f} {_TOP - 8}V{_HEIGHT - _BOTTOM}" stroke="{_TEXT}" stroke-width="2" '
            'stroke-dasharray="6 4" fill="none"/>'
        )
        drawn.append(_text(x + 6, _TOP + 2, limit[1], size=13, weight="bold"))
    return "\n".join([*drawn, "</svg>"])


def lines(
    chart_id: str,
    title: str,
    message: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    unit: str = "",
    top: float | None = None,
) -> str:
    """Draw lines, each named at its end; `top` is the highest value of the scale where it is not told by the values."""
    known = [
        value
        for one in series
        for told in (one.values, one.low, one.high)
        for value in told
        if value is not None
    ]
    right = min(_WIDEST_NAME, max(_RIGHT, *(24 + 8 * len(one.name) for one in series)))
    scale = _Scale.to([*known, *([top] if top is not None else [])], _WIDTH - _LEFT - right)
    drawn = [*_begin(chart_id, title, message), *scale.rules(unit)]
    step = (_WIDTH - _LEFT - right) / max(1, len(labels) - 1)
    xs = [_LEFT + step * place for place in range(len(labels))]
    every = max(1, ceil(len(labels) / 12))
    drawn += [
        _label(x, label)
        for place, (x, label) in enumerate(zip(xs, labels, strict=True))
        if place % every == 0
    ]
    ends: list[float] = []
    for place, (one, ink, dash) in enumerate(zip(series, cycle(INKS), cycle(_DASHES), strict=False)):
        drawn += _band(one, xs, scale, ink)
        drawn += _line(one, xs, scale, ink, dash, place)
        last = next((value for value in reversed(one.values) if value is not None), None)
        if last is not None:
            y = scale.y(last)
            while any(abs(y - other) < 15 for other in ends):
                y += 15
            ends.append(y)
            drawn.append(_text(xs[-1] + 10, y + 4, one.name, size=13, ink=ink, weight="bold"))
    return "\n".join([*drawn, "</svg>"])


def differences(
    chart_id: str,
    title: str,
    message: str,
    labels: Sequence[str],
    means: Sequence[float],
    between: Sequence[tuple[float, float]],
    *,
    unit: str = "",
) -> str:
    """Draw differences from nought, a row each: a mark at the mean, a line as long as its interval, the words beside.

    A mark is full where the interval leaves nought out, and hollow where chance may explain the difference.
    """
    left, right, row = 190, 130, 34
    height = _TOP + row * len(means) + 30
    most = max([abs(end) for pair in between for end in pair] + [1e-9])
    middle, half = left + (_WIDTH - left - right) / 2, (_WIDTH - left - right) / 2 - 6
    drawn = list(_begin(chart_id, title, message, height))
    drawn.append(
        f'<path d="M{middle:.1f} {_TOP - 10}V{height - 26}" stroke="{_TEXT}" stroke-width="1.5" fill="none"/>'
    )
    drawn.append(_text(middle, height - 8, "no difference", size=12, anchor="middle"))
    for place, (label, mean, (low, high)) in enumerate(zip(labels, means, between, strict=True)):
        y = _TOP + row * (place + 0.5)
        at, first, last = (middle + half * value / most for value in (mean, low, high))
        drawn.append(_text(left - 12, y + 4, label, size=13, anchor="end"))
        drawn.append(
            _whisker(
                f"M{first:.1f} {y:.1f}H{last:.1f}", f"M{first:.1f} {y - 5:.1f}v10M{last:.1f} {y - 5:.1f}v10"
            )
        )
        ink = INKS[0] if low > 0 or high < 0 else "#ffffff"
        drawn.append(
            f'<circle cx="{at:.1f}" cy="{y:.1f}" r="6" fill="{ink}" stroke="{INKS[0]}" stroke-width="2.5"/>'
        )
        told = f"{'+' if mean > 0 else ''}{number(round(mean, 1), unit)}"
        drawn.append(_text(_WIDTH - right + 12, y + 4, told, size=13, weight="bold"))
    return "\n".join([*drawn, "</svg>"])


def _whisker(line: str, ends: str) -> str:
    """Draw the line of an interval with its ends, on white so that it is seen on a bar too."""
    return (
        f'<path d="{line}" stroke="#ffffff" stroke-width="4" fill="none"/>'
        f'<path d="{line}{ends}" stroke="{_TEXT}" stroke-width="2" fill="none"/>'
    )


def number(value: float, unit: str = "") -> str:
    """Write a value as short as it stays true: 84%, 1,204, 3.5.

    >>> number(84.0, "%"), number(1204), number(3.46)
    ('84%', '1,204', '3.5')
    """
    whole = abs(value) >= 100 or value == round(value)
    return f"{value:,.0f}{unit}" if whole else f"{value:,.1f}{unit}"


@dataclass(frozen=True, slots=True)
class _Scale:
    """From nought to the highest value, rounded up to where a rule is drawn."""

    highest: float
    step: float
    width: float

    @classmethod
    def to(cls, values: Sequence[float], width: float) -> "_Scale":
        most = max([*values, 0]) or 1
        rough = most / 4
        power = 10.0 ** floor(log10(rough))
        step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough)
        return cls(step * ceil(most / step), step, width)

    def y(self, value: float) -> float:
        """Give the height at which a value lies."""
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * max(0.0, value) / self.highest

    def rules(self, unit: str) -> Iterator[str]:
        """Draw the rules across, each with its value."""
        for place in range(round(self.highest / self.step) + 1):
            value = self.step * place
            y = self.y(value)
            yield (
                f'<path d="M{_LEFT} {y:.1f}h{self.width:.1f}" stroke="{_RULE if place else _TEXT}" fill="none"/>'
            )
            yield _text(_LEFT - 8, y + 4, number(value, unit), size=12, anchor="end")


def _begin(chart_id: str, title: str, message: str, height: int = _HEIGHT) -> Iterator[str]:
    name = escape(chart_id, {'"': "&quot;"})
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'height="{height}" role="img" aria-labelledby="{name}-title {name}-message" '
        'font-family="Arial, Helvetica, sans-serif">'
    )
    yield f'<title id="{name}-title">{escape(title)}</title>'
    yield f'<desc id="{name}-message">{escape(message)}</desc>'
    yield f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>'
    yield _text(0, 18, title, size=16, weight="bold")


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: int,
    anchor: str = "start",
    ink: str = _TEXT,
    weight: str = "normal",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{ink}" '
        f'font-weight="{weight}">{escape(words)}</text>'
    )


def _label(x: float, words: str) -> str:
    first, _, second = words.partition("\n")
    below = _text(x, _HEIGHT - _BOTTOM + 34, second, size=12, anchor="middle") if second else ""
    return _text(x, _HEIGHT - _BOTTOM + 18, first, size=12, anchor="middle") + below


def _stretches(values: Sequence[float | None]) -> Iterator[list[int]]:
    """Give the places that follow one another without a gap."""
    places: list[int] = []
    for place, value in enumerate([*values, None]):
        if value is not None:
            places.append(place)
        elif places:
            yield places
            places = []


def _line(one: Series, xs: Sequence[float], scale: _Scale, ink: str, dash: str, shape: int) -> Iterator[str]:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    for places in _stretches(one.values):
        points = [(xs[place], scale.y(one.values[place] or 0)) for place in places]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield f'<polyline points="{path}" fill="none" stroke="{ink}" stroke-width="2.5"{dashes}/>'
        for x, y in points:
            yield _mark(x, y, ink, shape)


def _mark(x: float, y: float, ink: str, shape: int) -> str:
    if shape % 3 == 1:
        return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{ink}"/>'
    if shape % 3 == 2:
        return f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z" fill="{ink}"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{ink}"/>'


def _band(one: Series, xs: Sequence[float], scale: _Scale, ink: str) -> Iterator[str]:
    if not one.low or not one.high:
        return
    both = [None if low is None or high is None else 1.0 for low, high in zip(one.low, one.high, strict=True)]
    for places in _stretches(both):
        upper = [f"{xs[place]:.1f},{scale.y(one.high[place] or 0):.1f}" for place in places]
        lower = [f"{xs[place]:.1f},{scale.y(one.low[place] or 0):.1f}" for place in reversed(places)]
        yield f'<polygon points="{" ".join([*upper, *lower])}" fill="{ink}" fill-opacity="0.15"/>'
