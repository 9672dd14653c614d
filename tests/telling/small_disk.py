"""A disk so small that it is soon full: a file system in memory, where the machine lets one be mounted."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp


class SmallDisk:
    """A folder on a file system of its own, with something on it that may be removed to make room."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def load(self, megabytes: float) -> None:
        """Take so much of the room away."""
        self._ballast.write_bytes(b"\0" * int(megabytes * 1e6))

    def fill_up(self, but: float) -> None:
        """Leave so many megabytes free."""
        free = shutil.disk_usage(self.folder).free / 1e6
        self.load(max(0.0, free - but))

    def make_room(self) -> None:
        """Give that room back."""
        self._ballast.unlink()


@contextmanager
def small_disk(megabytes: int) -> Iterator[SmallDisk | None]:
    """Mount a disk of so many megabytes; None where the machine does not let one be mounted."""
    folder = Path(mkdtemp(prefix="caseclock-disk-"))
    try:
        words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "caseclock", str(folder)]
        if (
            shutil.which("mount") is None
            or subprocess.run(words, capture_output=True, check=False).returncode
        ):
            yield None
            return
        try:
            yield SmallDisk(folder)
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
    finally:
        folder.rmdir()
