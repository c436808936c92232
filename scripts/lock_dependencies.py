"""Resolve pyproject.toml into requirements.lock and environment.yml: `make lock`.

    python scripts/lock_dependencies.py [--environment-only]

requirements.lock holds one version and all its hashes a package, good for every platform and for Python 3.11 to 3.13;
what builds the project is locked with what it needs. environment.yml repeats the versions for conda. uv does the
resolving: the one on PATH, else one installed into a folder that is thrown away.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEART = ("jupyterlab", "pandas", "plotly", "geopandas", "nltk")
UNIVERSAL = ("--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade")
NO_ADDRESS = ("--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header")


def find_uv(folder: Path) -> str:
    """The uv on PATH, or a fresh one in `folder`."""
    if at_hand := shutil.which("uv"):
        return at_hand
    venv.create(folder, with_pip=True)
    binaries = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([binaries / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
    return str(binaries / "uv")


def resolve(uv: str, folder: Path) -> str:
    """The text of the lock: every extra of pyproject.toml, and what builds the project."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    build = folder / "build.in"
    build.write_text("\n".join(project["build-system"]["requires"]), encoding="utf-8")
    out = folder / "requirements.lock"
    inputs = ("pyproject.toml", build, "--all-extras", "--output-file", out)
    subprocess.run([uv, "pip", "compile", "--quiet", *inputs, *UNIVERSAL, *NO_ADDRESS], cwd=ROOT, check=True)
    return out.read_text(encoding="utf-8")


def pins(lock: str) -> list[str]:
    """The lock's requirements without hashes, e.g. "numpy==2.4.6 ; python_full_version < '3.12'"."""
    return [line.rstrip(" \\") for line in lock.splitlines() if re.match(r"\w", line)]


def environment(lock: str) -> str:
    """environment.yml: python and pip from conda, all else by pip at the versions of the lock, the heart first."""
    by_name = {name: pin for pin in pins(lock) if (name := pin.partition("==")[0]) in HEART}
    rest = [pin for pin in pins(lock) if pin.partition("==")[0] not in HEART]
    item = "      - {}\n".format
    return "".join(
        [
            "# For conda: `conda env create`, then `conda activate news-atlas`. Written by `make lock` from\n",
            "# requirements.lock: the same versions, without the hashes, which conda has no place for.\n",
            "name: news-atlas\nchannels:\n  - conda-forge\n",
            "dependencies:\n  - python >=3.11,<3.14\n  - pip\n  - pip:\n",
            "      # the heart\n",
            *(item(by_name[name]) for name in HEART),
            "      # what these need, and the rest of the lock\n",
            *(item(f'"{pin}"' if ";" in pin else pin) for pin in rest),
            "      # the project itself\n",
            item("--editable ."),
        ]
    )


def main() -> None:
    """Write the lock and the environment; with --environment-only, the environment from the lock that is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment-only", action="store_true", help="keep requirements.lock as it is")
    args = parser.parse_args()
    path = ROOT / "requirements.lock"
    if not args.environment_only:
        with tempfile.TemporaryDirectory() as folder:
            lock = resolve(find_uv(Path(folder) / "uv"), Path(folder))
        if "://" in lock:
            sys.exit("The lock would name an address: it was not written. Look for URLs in pyproject.toml.")
        path.write_text(lock, encoding="utf-8", newline="\n")
    lock = path.read_text(encoding="utf-8")
    (ROOT / "environment.yml").write_text(environment(lock), encoding="utf-8", newline="\n")
    print(f"{len(pins(lock))} requirements in requirements.lock and environment.yml")


if __name__ == "__main__":
    main()
