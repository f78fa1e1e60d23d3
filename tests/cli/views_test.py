#!/usr/bin/env python3
"""The commands that look at files: show, diff, and explain by words. Exit codes, streams, and the HTML page held against a real parser.

    views_test.py WHARF [unittest options]
"""

import base64
import hashlib
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's python3-html5lib, for other Pythons too
try:
    import html5lib
except ImportError:
    html5lib = None

WHARF = str(pathlib.Path(sys.argv.pop(1)).resolve())
TOUR = pathlib.Path(__file__).resolve().parents[2] / "docs" / "tour"

ISA = "ISA*00*          *00*          *ZZ*ACME           *ZZ*SUPPLYCO       *250602*1403*U*00401*000000901*0*P*>~"
GS = "GS*PO*ACME*SUPPLYCO*20250602*1403*1*X*004010~"
ORDER = "ST*850*0001~BEG*00*SA*PO-4711**20250602~PO1*1*24*EA*12.50**UP*614141000012~CTT*1~SE*5*0001~"
GOOD = ISA + GS + ORDER + "GE*1*1~IEA*1*000000901~"
BAD = GOOD.replace("*24*EA", "*2X*EA")


def wharf(*arguments: str, stdin: str = "", **more) -> subprocess.CompletedProcess:
    return subprocess.run([WHARF, *arguments], input=stdin, capture_output=True, text=True, timeout=60, check=False, **more)


class Views(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)


class Show(Views):
    def test_a_clean_file(self) -> None:
        result = wharf("show", self.file("po.x12", GOOD))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("850 Purchase Order PO-4711", result.stdout)
        self.assertTrue(result.stdout.endswith("\n1 interchange, 1 transaction set: 0 errors, 0 warnings\n"), result.stdout[-200:])

    def test_findings_and_exit_codes(self) -> None:
        result = wharf("show", self.file("po.x12", BAD))
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        self.assertIn("! error[X12-0305]: PO102 ", result.stdout)
        warned = self.file("warned.x12", GOOD.replace("614141000012", "614141000013"))
        self.assertEqual(wharf("show", warned).returncode, 0)
        self.assertEqual(wharf("show", "--strict", warned).returncode, 1)
        missing = wharf("show", "/nowhere.x12", self.file("po.x12", GOOD))
        self.assertEqual(missing.returncode, 2)
        self.assertIn("/nowhere.x12", missing.stderr)
        self.assertIn("PO-4711", missing.stdout)
        self.assertEqual(wharf("show", self.file("text.x12", "no EDI")).returncode, 1)
        self.assertEqual(wharf("show", "--release", "123456", warned).returncode, 2)
        self.assertEqual(wharf("show", "--width", "20", warned).returncode, 2)
        self.assertEqual(wharf("show", "--guide", "/nowhere.guide", warned).returncode, 2)

    def test_standard_input_and_several_files(self) -> None:
        result = wharf("show", "-", self.file("two.x12", GOOD.replace("PO-4711", "PO-4712")), stdin=GOOD)
        self.assertEqual(result.returncode, 0)
        for expected in ("(standard input)", "two.x12", "PO-4711", "PO-4712", "2 interchanges, 2 transaction sets"):
            self.assertIn(expected, result.stdout)

    def test_colour_and_width_of_a_terminal(self) -> None:
        path = self.file("po.x12", BAD)
        self.assertNotIn("\x1b", wharf("show", path).stdout)

        def on_a_terminal(**environment: str) -> str:
            leader, follower = pty.openpty()
            with subprocess.Popen([WHARF, "show", path], stdout=follower, env={**os.environ, **environment}) as process:
                os.close(follower)
                out = b""
                while True:
                    try:
                        piece = os.read(leader, 65536)
                    except OSError:
                        break
                    if not piece:
                        break
                    out += piece
                process.wait(timeout=60)
            os.close(leader)
            return out.decode()

        self.assertIn("\x1b[1;31m", on_a_terminal(NO_COLOR=""))
        self.assertNotIn("\x1b", on_a_terminal(NO_COLOR="1"))
        narrow = wharf("show", "--width", "40", str(TOUR / "two_orders.x12")).stdout
        self.assertEqual([line for line in narrow.splitlines() if len(line) > 40 and not line.startswith(("/", "1 interchange"))], [])

    def test_a_closed_pipe_ends_quietly(self) -> None:
        sets = "".join(ORDER.replace("0001", f"{i:04}") for i in range(1, 2000))
        path = self.file("many.x12", ISA + GS + sets + "GE*1999*1~IEA*1*000000901~")
        with subprocess.Popen([WHARF, "show", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.read(100)
            process.stdout.close()
            self.assertEqual(process.stderr.read(), b"")
            self.assertIn(process.wait(timeout=60), (0, 1, -signal.SIGPIPE))

    def page(self, *files: str) -> str:
        result = wharf("show", "--html", *files)
        self.assertEqual(result.stderr, "")
        return result.stdout

    def pages(self) -> dict[str, str]:
        hostile = GOOD.replace("PO-4711", "\"><script>alert(1)</script><img src=x onerror=y>'&amp;").replace("*12.50", "*12.50\x07\x1b")
        levels = ISA + GS.replace("GS*PO", "GS*SH") + (
            "ST*856*0001~BSN*00*S1*20250602*1200~HL*1**S~TD5**2*ABCD~HL*2*1*O~PRF*4711~HL*3*2*I~LIN**UP*614141000012~SN1**5*EA~"
            "HL*4*2*I~SN1**XX*EA~HL*5*1*O~HL*6**S~SE*14*0001~GE*1*1~IEA*1*000000901~")
        return {
            "tour": self.page(str(TOUR / "two_orders.x12")),
            "hostile": self.page(self.file("hostile.x12", hostile)),
            "levels": self.page(self.file("levels.x12", levels)),
            "two": self.page(self.file("a.x12", GOOD), self.file("b.x12", BAD)),
            "nothing": self.page(self.file("<i>.x12", "no EDI")),
            "cut": self.page(self.file("cut.x12", levels[:400])),
        }

    def test_the_page_needs_nothing_and_runs_nothing(self) -> None:
        for name, page in self.pages().items():
            with self.subTest(name):
                style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
                digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
                self.assertIn(f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'", page)
                self.assertNotRegex(page.lower(), r"<script|<img|<link|<iframe|<object|<form|[\s\"]style=|[\s\"]on\w+=\"|href=|src=\"|@import|url\(|https?:")
                self.assertNotRegex(page, "[\x00-\x09\x0b-\x1f\x7f]")
                self.assertIn("prefers-color-scheme:dark", page)
                self.assertIn("@media print", page)

    @unittest.skipIf(html5lib is None, "python3-html5lib is not installed")
    def test_the_page_is_html(self) -> None:
        for name, page in self.pages().items():
            with self.subTest(name):
                parser = html5lib.HTMLParser(namespaceHTMLElements=False)
                document = parser.parse(page)
                self.assertEqual(parser.errors, [])
                self.assertEqual(document.get("lang"), "en")
                self.assertTrue(document.findtext("head/title"))
                self.assertEqual([cell.attrib for cell in document.iter("th") if cell.get("scope") not in ("row", "col")], [])
                for table in document.iter("table"):
                    columns = len(table.findall("thead/tr/th"))
                    for row in table.findall("tbody/tr"):
                        self.assertEqual(sum(int(cell.get("colspan", "1")) for cell in row), columns)
                levels = [int(element.tag[1]) for element in document.iter() if isinstance(element.tag, str) and re.fullmatch("h[1-6]", element.tag)]
                self.assertEqual(levels[0], 1)
                for before, after in zip(levels, levels[1:]):
                    self.assertLessEqual(after, before + 1, levels)
        text = "".join(html5lib.parse(self.pages()["hostile"], namespaceHTMLElements=False).itertext())
        self.assertIn("\"><script>alert(1)</script><img src=x onerror=y>'&amp;", text)
        self.assertIn("12.50␇␛", text)

    @unittest.skipIf(shutil.which("chromium") is None, "no browser here")
    def test_a_browser_takes_it(self) -> None:
        path = self.file("page.html", self.page(str(TOUR / "two_orders.x12")))
        result = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", f"--user-data-dir={self.folder}/profile", "--dump-dom", f"file://{path}"],
                                capture_output=True, text=True, timeout=120, check=False)
        if result.returncode != 0:
            self.skipTest("the browser does not start here")
        self.assertIn("<th scope=\"row\"><bdi>1</bdi></th>", result.stdout)
        self.assertNotRegex(result.stderr, "(?i)content security policy|refused to")


class Diff(Views):
    def test_exit_codes(self) -> None:
        a = self.file("a.x12", GOOD)
        same = wharf("diff", a, self.file("b.x12", GOOD.replace("~", "~\n").replace("12.50", "12.5").replace("000000901", "000000902")))
        self.assertEqual((same.returncode, same.stdout, same.stderr), (0, "no differences in 1 transaction set\n", ""))
        other = self.file("c.x12", GOOD.replace("*24*EA", "*25*EA"))
        different = wharf("diff", a, other)
        self.assertEqual((different.returncode, different.stderr), (1, ""))
        self.assertEqual(different.stdout, "850 Purchase Order PO-4711\n  ~ changed  850/PO1[1]/PO102  Quantity: 24 → 25\n\n1 changed; 1 of 1 and 1 transaction sets matched\n")
        for arguments in ((a, "/nowhere"), ("/nowhere", a), (a, self.file("text", "no EDI")), ("-", "-"), (a,), (a, other, "--format", "xml"), (a, other, "--release", "1")):
            self.assertEqual(wharf("diff", *arguments).returncode, 2, arguments)

    def test_options(self) -> None:
        a = self.file("a.x12", GOOD)
        b = self.file("b.x12", GOOD.replace("12.50", "12.5").replace("000000901", "000000902"))
        self.assertIn("~ changed  850/PO1[1]/PO104  Unit price: 12.50 → 12.5\n", wharf("diff", "--exact", a, b).stdout)
        self.assertIn("~ changed  ISA/ISA13  Interchange Control Number: 000000901 → 000000902\n", wharf("diff", "--envelope", a, b).stdout)
        found = json.loads(wharf("diff", "--exact", "--format", "json", a, "-", stdin=pathlib.Path(b).read_text()).stdout)
        self.assertEqual((found["equal"], found["matched_sets"]), (False, 1))
        self.assertEqual(found["differences"][0]["path"], "850/PO1[1]/PO104")
        self.assertEqual(json.loads(wharf("diff", "--format", "json", a, a).stdout)["differences"], [])

    def test_many_lines(self) -> None:
        lines = [f"PO1*{i}*24*EA*12.50**UP*{614141000000 + i}~" for i in range(1, 70001)]

        def order(body: list[str]) -> str:
            return ISA + GS + "ST*850*0001~BEG*00*SA*PO-4711**20250602~" + "".join(body) + f"CTT*{len(body)}~SE*{len(body) + 4}*0001~GE*1*1~IEA*1*000000901~"

        a = self.file("a.x12", order(lines))
        self.assertEqual(wharf("diff", a, a).returncode, 0)
        more = wharf("diff", a, self.file("b.x12", order(["PO1*0*1*EA*1**UP*999999999993~", *lines])))
        self.assertEqual(more.stdout.count("\n  + ") + more.stdout.count("\n  - ") + more.stdout.count("\n  ~ "), 1, more.stdout[:2000])
        self.assertIn("  + added  850/PO1[0]  ", more.stdout)


class ExplainByWords(Views):
    def test_codes_in_their_place(self) -> None:
        for words in (["REF", "DP"], ["ref01", "dp"], ["128", "DP"], ["element", "128", "DP"], ["850/REF/REF01", "DP"]):
            result = wharf("explain", *words)
            self.assertEqual((result.returncode, result.stderr), (0, ""), words)
            self.assertIn(" DP: Department Number\n", result.stdout)
        self.assertIn("it says what REF02 Reference Identification is", wharf("explain", "REF", "DP").stdout)
        unknown = wharf("explain", "N1", "ST9")
        self.assertEqual((unknown.returncode, unknown.stdout), (2, ""))
        self.assertIn("ST9 is no code of N101 (Entity Identifier Code) in 004010.", unknown.stderr)

    def test_a_bare_number_and_where_things_stand(self) -> None:
        self.assertIn('element 353 "Transaction Set Purpose Code"', wharf("explain", "353").stdout)
        self.assertIn("Stands in B2A01, BAK01, ", wharf("explain", "353").stdout)
        self.assertIn("Stands in 850", wharf("explain", "BEG").stdout)
        self.assertEqual(wharf("explain", "segment", "BEG").stdout, wharf("explain", "BEG").stdout)
        self.assertEqual(wharf("explain", "set", "850").stdout, wharf("explain", "850").stdout)

    def test_words_of_names(self) -> None:
        result = wharf("explain", "ship", "notice")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"(?m)^  856 +Ship Notice/Manifest$")
        self.assertRegex(result.stdout, r"(?m)^  BSN +Beginning Segment for Ship Notice$")
        self.assertRegex(wharf("explain", "kettle", "qqq").stderr, "has nothing called 'kettle qqq'")

    def test_near_misses(self) -> None:
        self.assertIn("did you mean BEG?", wharf("explain", "BEGG").stderr)
        self.assertIn("did you mean X12-0306?", wharf("explain", "X12-30306").stderr)


if __name__ == "__main__":
    unittest.main()
