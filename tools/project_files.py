"""Tell which files belong to the project, and copy them elsewhere."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_MADE_HERE = {"__pycache__", "build", "dist", "demo"}


def project_files() -> list[Path]:
    """List the project's files, relative to its root: those git tracks, and new ones it does not ignore.

    In a copy that is not a git checkout, every file is taken but those in hidden or generated folders and
    behind links.
    """
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        found = [Path(name) for name in listed.split("\0") if name]
        return sorted(path for path in found if (ROOT / path).is_file())
    return sorted(_walk())


def _walk() -> list[Path]:
    found: list[Path] = []
    for folder, folders, files in os.walk(ROOT):
        here = Path(folder)
        folders[:] = [
            name
            for name in folders
            if (not name.startswith(".") or name == ".ci")
            and name not in _MADE_HERE
            and not name.endswith(".egg-info")
            and not (here / name).is_symlink()
        ]
        found.extend((here / name).relative_to(ROOT) for name in files if not name.endswith(".pyc"))
    return found


def copy_to(folder: Path) -> None:
    """Copy the project's files below a folder, leaving behind whatever was built or installed here."""
    for path in project_files():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target)


if __name__ == "__main__":
    import sys

    copy_to(Path(sys.argv[1]))
