#!/usr/bin/env python3
"""Runs the commands that README.md shows and compares what they print; checks that the links of all pages lead somewhere.

    readme_test.py BUILD_FOLDER

A line `…` stands for any lines, `…` within a line for any text up to the line's end.
"""

import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
SKIPPED = {"build", "demo-data", ".git"}
PAGES = sorted(str(page.relative_to(ROOT)) for page in ROOT.rglob("*.md") if page.relative_to(ROOT).parts[0] not in SKIPPED)


def anchors(page: pathlib.Path) -> set[str]:
    """The names a link may use after `#`: headings in small letters, blanks as hyphens, other signs left out."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def console_blocks(page: str) -> list[tuple[str, str]]:
    """(command, expected output) of every ```console block."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def pattern(expected: str) -> re.Pattern:
    lines = []
    for line in expected.splitlines():
        if line == "…":
            lines.append(r"(?:.*\n)*?")
        else:
            lines.append(".*".join(re.escape(part) for part in line.split("…")) + r"\n")
    return re.compile("".join(lines))


class Readme(unittest.TestCase):
    def test_every_command_prints_what_is_shown(self) -> None:
        blocks = console_blocks("README.md")
        self.assertGreater(len(blocks), 4)
        guides = console_blocks("docs/guides.md")
        self.assertGreater(len(guides), 2)
        for command, expected in blocks + guides:
            with self.subTest(command=command):
                here = command.replace("build/release/", f"{BUILD}/")
                result = subprocess.run(["sh", "-c", here], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
                self.assertIsNotNone(pattern(expected).fullmatch(result.stdout), result.stdout)
                self.assertLess(result.returncode, 2, result.stderr)

    def test_a_wrong_output_would_be_noticed(self) -> None:
        self.assertIsNone(pattern("one\n…\nthree\n").fullmatch("one\ntwo\nfour\n"))
        self.assertIsNotNone(pattern("one\n…\nth…\n").fullmatch("one\ntwo\ntwo\nthree\n"))

    def test_links_lead_somewhere(self) -> None:
        self.assertIn("README.md", PAGES)
        for page in PAGES:
            for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)", (ROOT / page).read_text()):
                if "://" in target or target.startswith("mailto:"):
                    continue
                with self.subTest(page=page, target=target, anchor=anchor):
                    there = (ROOT / page).parent / target if target else ROOT / page
                    self.assertTrue(there.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(there))

    def test_pages_that_are_named_exist(self) -> None:
        for page in PAGES:
            for name in re.findall(r"`((?:docs|tools|tests|src|schemas|translators|grammars|cmake)/[\w./-]+\.\w+)`", (ROOT / page).read_text()):
                with self.subTest(page=page, name=name):
                    placeholder = re.search(r"(?<![A-Za-z])(?:CODE|LAYER|NAME|NNN)(?![A-Za-z])", name)
                    self.assertTrue(placeholder or (ROOT / name).exists())

    def test_every_decision_is_listed(self) -> None:
        index = (ROOT / "docs/adr/README.md").read_text()
        for page in (ROOT / "docs/adr").glob("0*.md"):
            self.assertIn(f"]({page.name})", index)

    def test_contributing_fits_on_two_screens(self) -> None:
        lines = (ROOT / "CONTRIBUTING.md").read_text().splitlines()
        self.assertLessEqual(len(lines), 100)
        self.assertLessEqual(max(map(len, lines)), 130)


if __name__ == "__main__":
    unittest.main()
