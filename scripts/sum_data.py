"""Write data/checksums.csv: the sha256 of every data file that results rest on. Run it after data/ changed.

    python scripts/sum_data.py [--check]

The record of every analysis names the checksum of that list; `newsatlas doctor` holds the files against it.
"""

import subprocess
import sys

from helpers.doctor import CHECKSUMS, ROOT, checksum_rows

# What a user adds to is not part of a release: articles, corrections, a gazetteer of one's own.
LEFT_OUT = ("data/articles/", "data/corrections.csv", "data/checksums.csv", "data/README.md", "data/licences.csv")


def main() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "data"]
    files = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    kept = sorted(file for file in files if file and not file.startswith(LEFT_OUT) and (ROOT / file).is_file())
    text = "".join(f"{','.join(row)}\n" for row in [("path", "sha256"), *checksum_rows(kept)])
    if "--check" in sys.argv[1:]:
        sys.exit(CHECKSUMS.read_text("utf-8") != text and f"{CHECKSUMS} is not of these files: run {sys.argv[0]}.")
    CHECKSUMS.write_text(text, "utf-8")
    print(f"{CHECKSUMS}: {len(kept)} files")


if __name__ == "__main__":
    main()
