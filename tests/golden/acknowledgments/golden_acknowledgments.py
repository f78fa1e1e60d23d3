#!/usr/bin/env python3
"""What `wharf ack` answers to each file of this folder, byte for byte, and docs/acknowledgments.md, which shows all of it.

    golden_acknowledgments.py WHARF            compare; exit code 1 when anything differs
    golden_acknowledgments.py WHARF --update   write answers and page anew; review the difference before you commit it

NAME.x12 is answered as a 997 and a 999 (NAME.997, NAME.999), or, when the name begins with ta1, as a TA1 (NAME.ta1).
NAME.options, when there is one, holds options of its own. `codes.txt` names the file that shows each code, or why none can. NAME.guide, when there is one, is the partner's guide.
Each answer must pass `wharf lint`, and `wharf ack --read` must understand it; of names with "mixed" that text is kept (NAME.read).
"""

import difflib
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parents[2]
PAGE = ROOT / "docs/acknowledgments.md"
BEGIN, END = "<!-- generated: begin -->\n", "<!-- generated: end -->\n"
# what stands in codes.txt: (segment, element of the code, data element, title), of the 997, of the 999, of a TA1
LISTS = {
    "AK304": ("997", "AK3", (4,), "720", "AK304, segments"),
    "AK403": ("997", "AK4", (3,), "723", "AK403, data elements"),
    "AK502": ("997", "AK5", (2, 3, 4, 5, 6), "718", "AK502 to AK506, transaction sets"),
    "AK905": ("997", "AK9", (5, 6, 7, 8, 9), "716", "AK905 to AK909, functional groups"),
    "TA105": ("ta1", "TA1", (5,), "I18", "TA105, interchanges"),
    "IK304": ("999", "IK3", (4,), "620", "IK304, segments and guides"),
    "IK403": ("999", "IK4", (3,), "621", "IK403, data elements and guides"),
    "IK502": ("999", "IK5", (2, 3, 4, 5, 6), "618", "IK502 to IK506, transaction sets and guides"),
}


# The identifier that is wrong is the one the answer goes to: it is repeated, and as wrong there.
REPEATS_WHAT_IS_WRONG = {"ak905-7", "ak905-8", "ta105-005", "ta105-006", "ta105-007", "ta105-008"}


class Checker:
    def __init__(self, wharf: str, update: bool):
        self.wharf, self.update, self.faults = wharf, update, 0

    def run(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([self.wharf, *words], cwd=FOLDER, capture_output=True, check=False, timeout=60)

    def fault(self, text: str) -> None:
        self.faults += 1
        print(text)

    def compare(self, path: pathlib.Path, actual: str) -> None:
        if self.update:
            if actual:
                path.write_text(actual, encoding="utf-8", newline="")
            else:
                path.unlink(missing_ok=True)
            return
        wanted = path.read_bytes().decode("utf-8") if path.exists() else ""
        if wanted != actual:
            self.fault("".join(difflib.unified_diff(wanted.splitlines(True), actual.splitlines(True), path.name, "now")))

    def answer(self, file: pathlib.Path, kind: str) -> None:
        guide = file.with_suffix(".guide")
        options = ["--guide", guide.name, "--guide-findings"] if guide.exists() else []
        more = file.with_suffix(".options")
        options += more.read_text(encoding="utf-8").split() if more.exists() else []
        said = self.run("ack", file.name, "--as", kind, "--at", "2025-06-03T09:00", "--control-number", "1", *options)
        target = file.with_suffix("." + kind)
        if kind == "999" and said.returncode == 2 and b"has no 999" in said.stderr:
            target.unlink(missing_ok=True) if self.update else None
            return
        if said.returncode not in (0, 1):
            self.fault(f"{file.name} as {kind}: exit {said.returncode}: {said.stderr.decode()}")
            return
        text = said.stdout.decode("utf-8")
        self.compare(target, text)
        if not text:
            return
        lint = self.run("lint", target.name)
        right = lint.returncode == 0 and b"warning" not in lint.stdout
        if not right and file.stem not in REPEATS_WHAT_IS_WRONG:
            self.fault(f"{target.name} does not pass our own validation:\n{lint.stdout.decode()}")
        read = self.run("ack", "--read", target.name, "--original", file.name)
        if read.returncode != said.returncode:
            self.fault(f"{target.name}: written with exit {said.returncode}, read with {read.returncode}:\n{read.stdout.decode()}{read.stderr.decode()}")
        if file.stem.startswith("mixed"):
            self.compare(file.with_suffix(f".{kind}.read"), read.stdout.decode("utf-8"))


def meanings(number: str) -> dict[str, str]:
    out = {}
    for line in (ROOT / "grammars/x12/codes" / number).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"  (\S+)(?: (.*))?$", line):
            out[match[1]] = (match[2] or "").strip(". ")
    return out


def produced(name: str, kind: str, segment: str, elements: tuple[int, ...]) -> set[str]:
    path = FOLDER / f"{name}.{kind}"
    found = set()
    for line in path.read_text(encoding="utf-8").replace("~", "").splitlines() if path.exists() else []:
        parts = line.split(line[3] if len(line) > 3 else "*")
        if parts[0] == segment:
            found.update(parts[i] for i in elements if i < len(parts))
    return found


def page(checker: Checker) -> str:
    entries = [line.split(None, 3) for line in (FOLDER / "codes.txt").read_text(encoding="utf-8").splitlines() if line.strip() and line[0] != "#"]
    out, shown = [], {}
    for listed, (kind, segment, elements, number, title) in LISTS.items():
        out += [f"### {title} (element {number})\n\n", "| code | means | shown by |\n|---|---|---|\n"]
        known = meanings(number)
        told = {entry[1]: entry for entry in entries if entry[0] == listed}
        for code in sorted(set(known) | set(told), key=lambda c: (c[0] == "I", int(c.lstrip("I")))):
            words = known.get(code, "") or "(no meaning published)"
            if code not in told:
                checker.fault(f"codes.txt says nothing of {listed} {code}")
                continue
            name, reason = told[code][2], (told[code][3] if len(told[code]) > 3 else "")
            if name == "-":
                out.append(f"| {code} | {words} | not written: {reason} |\n")
                continue
            if code not in produced(name, kind, segment, elements):
                checker.fault(f"{name}.{kind} does not show {listed} {code}")
            shown.setdefault(name, []).append(f"{listed} {code}")
            out.append(f"| {code} | {words} | [{name}](#{name}) |\n")
        out.append("\n")
    out.append("## The files\n")
    for file in sorted(FOLDER.glob("*.x12"), key=lambda f: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", f.stem)]):
        name = file.stem
        out.append(f"\n### {name}\n\n")
        for kind in ("guide", "options", "x12", "997", "999", "ta1"):
            part = file.with_suffix("." + kind)
            if part.exists():
                heading = {"x12": "what came", "guide": "the guide", "options": "options of `wharf ack`"}.get(kind, "the " + kind.upper())
                out.append(f"{heading[0].upper() + heading[1:]}:\n\n```\n{part.read_text(encoding='utf-8').rstrip()}\n```\n\n")
    return "".join(out)


def main() -> int:
    checker = Checker(str(pathlib.Path(sys.argv[1]).resolve()), "--update" in sys.argv)
    files = sorted(FOLDER.glob("*.x12"))
    for file in files:
        for kind in ("ta1",) if file.stem.startswith("ta1") else ("997", "999"):
            checker.answer(file, kind)
    written = PAGE.read_text(encoding="utf-8")
    before, after = written.split(BEGIN)[0], written.split(END)[1]
    checker.compare(PAGE, before + BEGIN + "\n" + page(checker) + END + after)
    print(f"{len(files)} files, {checker.faults} faults")
    return 1 if checker.faults or not files else 0


if __name__ == "__main__":
    sys.exit(main())
