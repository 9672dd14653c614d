"""Lay the git-ignored links that let type checkers and import-linter find the rooms at the root."""

import os
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def rooms() -> dict[str, str]:
    """Map each room's name to its folder, as pyproject tells setuptools."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    mapping = config["tool"]["setuptools"]["package-dir"]
    return {name.removeprefix("caseclock."): folder for name, folder in mapping.items() if "." in name}


def main() -> None:
    for name, folder in rooms().items():
        link = ROOT / "src" / "caseclock" / name
        if link.exists():
            continue
        link.unlink(missing_ok=True)  # a link whose target is gone
        if os.name == "nt":
            import _winapi

            _winapi.CreateJunction(str(ROOT / folder), str(link))  # type: ignore[attr-defined]
        else:
            link.symlink_to(os.path.relpath(ROOT / folder, link.parent), target_is_directory=True)


if __name__ == "__main__":
    main()
