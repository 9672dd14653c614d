"""What is installed is what is here: a module or a pack forgotten in pyproject.toml vanishes from the wheel only."""

import ast
import glob
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from link_rooms import rooms
from project_files import ROOT, copy_to, project_files

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SETUPTOOLS: dict[str, Any] = PYPROJECT["tool"]["setuptools"]
#: package name -> folder, for the packages that say where they are
FOLDERS: dict[str, str] = SETUPTOOLS["package-dir"]


def installed_path(path: Path) -> str | None:
    """Say where a file of the project is found once installed; None if it stays behind."""
    for package, folder in FOLDERS.items():
        if path.is_relative_to(folder):
            return str(PurePosixPath(package.replace(".", "/"), path.relative_to(folder).as_posix()))
    return None


def files_of_packages() -> dict[str, Path]:
    return {place: path for path in project_files() if (place := installed_path(path))}


def folder_of(package: str) -> Path:
    """Find a package's folder, through the nearest package above it that says where it is."""
    above = package
    while above not in FOLDERS:
        above = above.rpartition(".")[0]
    return ROOT / FOLDERS[above] / Path(*package[len(above) :].strip(".").split("."))


def matched_by_package_data() -> dict[str, set[Path]]:
    """Find what each pattern matches, by the same function that setuptools uses."""
    return {
        f"{package}: {pattern}": {
            folder_of(package).relative_to(ROOT) / name
            for name in glob.glob(pattern, root_dir=folder_of(package), recursive=True)  # noqa: PTH207
        }
        for package, patterns in SETUPTOOLS["package-data"].items()
        for pattern in patterns
    }


def test_every_folder_with_an_init_is_a_listed_package() -> None:
    on_disk = {
        place.removesuffix("/__init__.py").replace("/", ".")
        for place in files_of_packages()
        if place.endswith("/__init__.py")
    }

    assert on_disk == set(SETUPTOOLS["packages"])


def test_every_module_lies_in_a_package() -> None:
    lost = {
        str(path)
        for place, path in files_of_packages().items()
        if path.suffix == ".py" and place.rpartition("/")[0].replace("/", ".") not in SETUPTOOLS["packages"]
    }

    assert set() == lost


def test_every_data_file_is_matched_by_package_data() -> None:
    data = {path for path in files_of_packages().values() if path.suffix != ".py"}

    assert set() == data.difference(*matched_by_package_data().values())


def test_every_pattern_of_package_data_matches_something() -> None:
    idle = {pattern for pattern, files in matched_by_package_data().items() if not files}

    assert set() == idle


def test_every_link_to_a_room_is_ignored_by_git() -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()

    assert set() == {f"/src/caseclock/{name}" for name in rooms()} - set(ignored)


def imported_by(module: Path) -> set[str]:
    """Name the top-level packages a module imports, wherever in it."""
    nodes = list(ast.walk(ast.parse((ROOT / module).read_bytes())))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return {name.partition(".")[0] for name in names}


def named(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~ ;]", requirement, maxsplit=1)[0].lower() for requirement in requirements}


def test_rooms_import_only_what_an_installation_brings() -> None:
    """What only developers have installed would be missing where Caseclock is used."""
    brought = named(PYPROJECT["project"]["dependencies"])
    extras = PYPROJECT["project"]["optional-dependencies"]
    asked_for = [one for extra, asked in extras.items() if extra != "dev" for one in asked]
    # an extra of a package is often a package of that name, as distributed is with dask[distributed]
    brought |= named(asked_for) | {one for asked in asked_for for one in re.findall(r"\[(.*?)\]", asked)}
    owners = packages_distributions()
    missing = {
        str(module): strangers
        for module in files_of_packages().values()
        if module.suffix == ".py"
        if (
            strangers := {
                name
                for name in imported_by(module) - sys.stdlib_module_names - {"caseclock"}
                if not brought & {owner.lower().replace("_", "-") for owner in owners.get(name, [])}
            }
        )
    }

    assert {} == missing


def test_what_running_needs_is_pinned_alike_for_developers() -> None:
    pinned = [
        set(re.findall(r"^(\S+==\S+)", (ROOT / file).read_text("utf-8"), re.MULTILINE))
        for file in ("requirements.txt", "constraints.txt")
    ]

    assert set() == pinned[0] - pinned[1]


def test_every_dependency_is_pinned() -> None:
    extras = PYPROJECT["project"]["optional-dependencies"]
    for file, requirements in {
        "requirements.txt": [*PYPROJECT["project"]["dependencies"], *extras["desk"], *extras["simulation"]],
        "constraints.txt": [one for extra in extras.values() for one in extra],
    }.items():
        pinned = set(re.findall(r"^([^\s=]+)==", (ROOT / file).read_text("utf-8"), re.MULTILINE))
        wanted = named(requirements) - {"caseclock"}  # an extra may name others of its own project

        assert set() == wanted - pinned, f"Pin what is missing in {file}: make lock"


@pytest.mark.slow
def test_the_wheel_holds_exactly_the_files_of_the_packages(tmp_path: Path) -> None:
    source, built = tmp_path / "source", tmp_path / "built"
    copy_to(source)
    # The wheel is made from the source distribution, as an index would: both must be whole.
    making = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(built), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == making.returncode, making.stdout + making.stderr
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert set(files_of_packages()) == inside
