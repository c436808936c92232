"""Fetch the small plotly.js the report is drawn with: the basic bundle at the version plotly.py speaks (needs npm).

plotly.py brings the whole of plotly.js (4.7 MB); bars, lines and our maps need the basic part (1.2 MB) alone.
Run it again after an upgrade of plotly: `.venv/bin/python scripts/build_plotly.py`.
"""

import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

from plotly.offline import get_plotlyjs_version

PACKAGE = "plotly.js-basic-dist-min"
TARGET = Path(__file__).parents[1] / "src" / "helpers" / "templates" / "report"
FILES = {"package/plotly-basic.min.js": "plotly.min.js", "package/LICENSE": "plotly.LICENSE.txt"}


def main() -> None:
    """Download the bundle with npm, which checks its integrity, and keep script and licence."""
    version = get_plotlyjs_version()
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{PACKAGE}@{version}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            for member, name in FILES.items():
                (TARGET / name).write_bytes(archive.extractfile(member).read())
    script = (TARGET / "plotly.min.js").read_bytes()
    assert b"</script" not in script.lower() and b"\r" not in script, "the script cannot be inlined as it is"
    print(f"plotly.js {version}: {len(script):,} bytes, sha256 {hashlib.sha256(script).hexdigest()}")


if __name__ == "__main__":
    main()
