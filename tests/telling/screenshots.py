"""Pictures of pages for the documentation: taken by tests, made small without anything that has to be installed."""

import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Page

Bytes = npt.NDArray[np.uint8]

FOLDER = Path(__file__).parents[2] / "docs" / "images" / "desk"
#: a longer page is cut here
TALLEST = 2200


def take(page: Page, name: str) -> None:
    """Take the whole page as `name`.png."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wide = page.viewport_size["width"] if page.viewport_size else 1100
    tall = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
    taken = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": wide, "height": tall})
    (FOLDER / f"{name}.png").write_bytes(smaller(taken))


def smaller(png: bytes) -> bytes:
    """Write a picture of 24 bits with at most 256 colours: those it uses most, and for the rest the nearest of them."""
    width, height, rows = _pixels(png)
    coarse = (rows.reshape(-1, 3) & 0xF8).astype(np.uint32)
    codes = coarse[:, 0] << 16 | coarse[:, 1] << 8 | coarse[:, 2]
    found, place, counts = np.unique(codes, return_inverse=True, return_counts=True)
    kept = np.argsort(counts)[::-1][:256]
    palette = np.stack([found[kept] >> 16 & 0xFF, found[kept] >> 8 & 0xFF, found[kept] & 0xFF], 1).astype(
        np.int32
    )
    every = np.stack([found >> 16 & 0xFF, found >> 8 & 0xFF, found & 0xFF], 1).astype(np.int32)
    nearest = ((every[:, None, :] - palette[None, :, :]) ** 2).sum(2).argmin(1).astype(np.uint8)
    indexed = nearest[place].reshape(height, width)
    lines = np.hstack([np.zeros((height, 1), np.uint8), indexed]).tobytes()
    # what was cut off to make colours alike is put back, so that white is white
    colours = (palette | palette >> 5).astype(np.uint8).tobytes()
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", colours),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _pixels(png: bytes) -> tuple[int, int, Bytes]:
    """Read a picture as Chromium writes it: 8 bits a colour, three colours or four, not interlaced."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert 8 == depth, "8 bits a colour"
    channels = {2: 3, 6: 4}[kind]
    packed, at = b"", 8
    while at < len(png):
        length = struct.unpack(">I", png[at : at + 4])[0]
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += length + 12
    lines = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, width * channels + 1)
    above = np.zeros(width * channels, np.uint8)
    rows = np.empty((height, width * channels), np.uint8)
    for number, line in enumerate(lines):
        above = rows[number] = _unfiltered(int(line[0]), line[1:], above, channels)
    return width, height, rows.reshape(height, width, channels)[:, :, :3]


def _unfiltered(how: int, line: Bytes, above: Bytes, channels: int) -> Bytes:
    """Undo the filter of one line, as the format has it: none, left, above, the mean of both, or Paeth's."""
    if how == 0:
        return line
    if how == 2:
        return np.add(line, above, dtype=np.uint8)
    out = np.zeros(len(line) + channels, np.int32)
    up = np.concatenate([np.zeros(channels, np.int32), above.astype(np.int32)])
    told = line.astype(np.int32)
    if how == 1:
        for channel in range(channels):
            out[channels + channel :: channels] = np.cumsum(told[channel::channels])
        return (out[channels:] & 0xFF).astype(np.uint8)
    for at in range(len(line)):
        left, over, corner = out[at], up[at + channels], up[at]
        if how == 3:
            guess = (left + over) >> 1
        else:
            near = (abs(over - corner), abs(left - corner), abs(left + over - 2 * corner))
            guess = (
                left if near[0] <= near[1] and near[0] <= near[2] else over if near[1] <= near[2] else corner
            )
        out[at + channels] = (told[at] + guess) & 0xFF
    return out[channels:].astype(np.uint8)
