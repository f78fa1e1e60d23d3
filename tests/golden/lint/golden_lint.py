#!/usr/bin/env python3
"""What `wharf lint` says about each file of this folder, character for character.

    golden_lint.py WHARF            compare; exit code 1 when anything differs
    golden_lint.py WHARF --update   write the .expect files anew; review the difference before you commit it

NAME.x12 is linted; NAME.expect holds the exit code, the text and the JSON. Names begin with the file's fate: ok_, warn_
or bad_.
"""

import difflib
import json
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
RULE = "----------\n"


def said(wharf: str, file: pathlib.Path) -> str:
    def run(*options: str) -> subprocess.CompletedProcess:
        return subprocess.run([wharf, "lint", file.name, *options], cwd=FOLDER, capture_output=True, text=True, check=False)

    text, listing = run(), run("--format", "json")
    if text.stderr or listing.stderr:
        return f"trouble: {text.stderr}{listing.stderr}"
    json.loads(listing.stdout)
    if text.returncode != listing.returncode:
        return f"exit {text.returncode} as text, {listing.returncode} as JSON\n"
    return f"exit {text.returncode}\n{RULE}{text.stdout}{RULE}{listing.stdout}"


def main() -> int:
    wharf = str(pathlib.Path(sys.argv[1]).resolve())
    update = "--update" in sys.argv
    files = sorted(FOLDER.glob("*.x12"))
    if not files:
        print("no fixtures")
        return 1
    different = 0
    for file in files:
        actual = said(wharf, file)
        fate = {"ok": 0, "warn": 0, "bad": 1}[file.name.split("_")[0]]
        if not actual.startswith(f"exit {fate}\n"):
            print(f"{file.name}: its name promises exit code {fate}, but:\n{actual}")
            different += 1
            continue
        expect = file.with_suffix(".expect")
        if update:
            expect.write_text(actual, encoding="utf-8")
            continue
        wanted = expect.read_text(encoding="utf-8") if expect.exists() else ""
        if actual != wanted:
            different += 1
            sys.stdout.writelines(difflib.unified_diff(wanted.splitlines(True), actual.splitlines(True), expect.name, "now"))
    print(f"{len(files)} files, {different} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
