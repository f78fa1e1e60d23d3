#!/usr/bin/env python3
"""The contract of the command line: exit codes, streams, standard input, mistakes, start-up.

    cli_test.py WHARF [unittest options]
"""

import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import unittest

WHARF = str(pathlib.Path(sys.argv.pop(1)).resolve())

ISA = "ISA*00*          *00*          *ZZ*ACME           *ZZ*SUPPLYCO       *250602*1403*U*00401*000000901*0*P*>~"
GS = "GS*PO*ACME*SUPPLYCO*20250602*1403*1*X*004010~"
ORDER = "ST*850*0001~BEG*00*SA*PO-4711**20250602~PO1*1*24*EA*12.50**UP*614141000012~CTT*1~SE*5*0001~"
END = "GE*1*1~IEA*1*000000901~"
GOOD = ISA + GS + ORDER + END
BAD = GOOD.replace("*24*EA", "*2X*EA")
TWO = ISA + GS + ORDER + ORDER.replace("0001", "0002").replace("PO-4711", "PO-4712") + END.replace("GE*1", "GE*2")


def wharf(*arguments: str, stdin: str = "", **more) -> subprocess.CompletedProcess:
    return subprocess.run([WHARF, *arguments], input=stdin, capture_output=True, text=True, timeout=60, check=False, **more)


class CommandLine(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, name: str, text: str) -> str:
        path = pathlib.Path(self.folder.name, name)
        path.write_text(text)
        return str(path)


class Guide(CommandLine):
    GUIDES = pathlib.Path(__file__).resolve().parents[2] / "guides"
    HEAD = 'guide demo "Demo"\nnarrows 850 of 004010\nheading\n'

    def test_check(self) -> None:
        result = wharf("guide", "check", str(self.GUIDES / "harbour-850.guide"), str(self.GUIDES / "harbour-856.guide"))
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "2 guides: no findings\n", ""))

    def test_mistakes_have_a_place_and_the_row_of_the_standard(self) -> None:
        path = self.file("demo.guide", self.HEAD + "  REF [IA]  M 1\n    REF02  M  1/40\n  BEG  O 1\n")
        result = wharf("guide", "check", path)
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        self.assertIn("error[GUIDE-0021]: lengths 1/40 are wider than element 127 has in 004010 (1/30)\n", result.stdout)
        self.assertIn(f"--> {path}:5:15\n", result.stdout)
        self.assertIn("     REF02  M  1/40\n   |               ^^^^\n", result.stdout)
        self.assertIn("element 127   AN 1/80 @005050..", result.stdout)
        self.assertTrue(result.stdout.endswith("1 guide: 2 errors\n"), result.stdout)
        findings = json.loads(wharf("guide", "check", "--format", "json", path).stdout)
        self.assertEqual([finding["code"] for finding in findings], ["GUIDE-0021", "GUIDE-0020"])

    def test_deviations_are_warnings(self) -> None:
        path = self.file("demo.guide", self.HEAD + "  TD5  O beyond 20\n")
        self.assertEqual(wharf("guide", "check", path).returncode, 0)
        self.assertEqual(wharf("guide", "check", "--strict", path).returncode, 1)

    def test_unreadable(self) -> None:
        result = wharf("guide", "check", "/nowhere.guide")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("/nowhere.guide", result.stderr)
        self.assertEqual(wharf("guide", "show", self.file("demo.guide", "guide")).returncode, 2)

    def test_show(self) -> None:
        path = str(self.GUIDES / "harbour-850.guide")
        page = wharf("guide", "show", path)
        self.assertEqual((page.returncode, page.stderr), (0, ""))
        self.assertIn("REF[IA]", page.stdout)
        self.assertEqual(wharf("explain", "850", "--guide", path).stdout, page.stdout)
        self.assertEqual(wharf("explain", "810", "--guide", path).returncode, 2)
        self.assertEqual(wharf("explain", "850", "--guide", path, "--release", "004010").returncode, 0)
        self.assertEqual(wharf("lint", "--guide", path, "--release", "005010", self.file("a.x12", GOOD)).returncode, 2)
        other = wharf("explain", "850", "--guide", path, "--release", "005010")
        self.assertEqual(other.returncode, 2)
        self.assertIn("narrows release 004010", other.stderr)
        effective = wharf("guide", "show", "--effective", path).stdout
        self.assertIn("# harbour-common.guide:", effective)
        self.assertEqual(wharf("guide", "check", self.file("again.guide", effective)).returncode, 0)


class Lint(CommandLine):
    def test_clean(self) -> None:
        result = wharf("lint", self.file("a.x12", GOOD))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout, "1 file, 1 interchange, 1 transaction set: no findings\n")

    def test_findings(self) -> None:
        result = wharf("lint", self.file("a.x12", BAD))
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        self.assertIn('PO1*1*2X*EA*12.50**UP*614141000012\n   |       ^^\n', result.stdout)
        self.assertTrue(result.stdout.endswith("1 file, 1 interchange, 1 transaction set: 1 error\n"), result.stdout)

    def test_standard_input(self) -> None:
        result = wharf("lint", "-", stdin=BAD)
        self.assertEqual(result.returncode, 1)
        self.assertIn("--> (standard input):1:198  interchange 000000901", result.stdout)

    def test_lines_of_what_comes_through_a_pipe(self) -> None:
        lines = GOOD.count("~") + 5
        for padding, place in ((0, f"--> (standard input):{lines}:7  interchange 000000902"), (17_000_000, "--> (standard input)  interchange 000000902")):
            text = GOOD.replace("~", "~\n") + "\n" * padding + BAD.replace("~", "~\r\n").replace("901", "902")
            result = wharf("lint", "-", stdin=text)
            self.assertEqual(result.returncode, 1)
            self.assertIn(place, result.stdout)
        whole = self.file("a.x12", text)
        with open(whole, encoding="utf-8") as file:  # a file on standard input can be read again
            result = subprocess.run([WHARF, "lint", "-"], stdin=file, capture_output=True, text=True, timeout=60, check=False)
        self.assertIn(f"--> (standard input):{17_000_000 + lines}:7  ", result.stdout)

    def test_quiet_says_only_what_is_wrong(self) -> None:
        result = wharf("lint", "--quiet", self.file("a.x12", GOOD))
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        result = wharf("lint", "-q", self.file("b.x12", BAD))
        self.assertEqual(result.returncode, 1)
        self.assertTrue(result.stdout.endswith("= more: wharf explain X12-0305\n"), result.stdout)

    def test_statistics(self) -> None:
        good, bad = self.file("a.x12", GOOD), self.file("b.x12", BAD)
        self.assertEqual(wharf("lint", "--statistics", good).stdout, "1 file, 1 interchange, 1 transaction set: no findings\n")
        result = wharf("lint", "--statistics", bad, self.file("c.x12", BAD))
        self.assertEqual(result.returncode, 1)
        self.assertTrue(result.stdout.startswith("2  X12-0305  error    "), result.stdout)
        self.assertTrue(result.stdout.endswith("transaction sets: 2 errors\n"), result.stdout)
        (row,) = json.loads(wharf("lint", "--statistics", "--format", "json", bad).stdout)
        self.assertEqual((row["code"], row["count"], row["severity"]), ("X12-0305", 1, "error"))
        # beyond what is kept
        lines = "".join(f"PO1*{i}*2X*EA*12.50~" for i in range(1500))
        many = self.file("c.x12", BAD.replace("PO1*1*2X*EA*12.50**UP*614141000012~CTT*1~SE*5", f"{lines}CTT*1500~SE*{1504}"))
        (row,) = json.loads(wharf("lint", "--statistics", "--format", "json", many).stdout)
        self.assertEqual((row["code"], row["count"]), ("X12-0305", 1500))
        self.assertIn(": 1500 errors\n", wharf("lint", "--statistics", many).stdout)
        self.assertIn("1000 errors and 500 more, not shown", wharf("lint", many).stdout)

    def test_colour(self) -> None:
        file = self.file("a.x12", BAD)
        self.assertNotIn("\x1b", wharf("lint", file).stdout)
        self.assertIn("\x1b[1;31merror[X12-0305]", wharf("lint", "--colour", "always", file).stdout)
        self.assertIn("\x1b", wharf("lint", "--color=always", file, env={**os.environ, "NO_COLOR": "1"}).stdout)
        self.assertEqual(wharf("lint", "--colour", "pink", file).returncode, 2)

    def test_partner(self) -> None:
        root = str(pathlib.Path(__file__).resolve().parents[2])
        file = self.file("a.x12", GOOD)
        result = wharf("lint", "--partner", "harbour", "--config", root, file)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("guide harbour-850", result.stdout)
        self.assertIn("harbour-850.guide:", result.stdout)
        self.assertEqual(wharf("lint", file).returncode, 0)
        result = wharf("lint", "--partner", "harbor", "--config", root, file)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("did you mean 'harbour'?", result.stderr)
        self.assertEqual(wharf("lint", "--partner", "harbour", "--config", self.folder.name, file).returncode, 2)

    def test_partner_decides_what_becomes_of_findings(self) -> None:
        """kessel-drives has the hash total of CTT02 ignored in its invoices; elsewhere trailing separators."""
        root = str(pathlib.Path(__file__).resolve().parents[2])
        invoice = (GS.replace("*PO*", "*IN*").replace("*1*X", "*2*X") + "ST*810*0001~BIG*20250602*INV1***~IT1*1*24*EA*12.50~TDS*30000~CTT*1*99~SE*6*0001~GE*1*2~")
        both = ISA + GS + ORDER.replace("CTT*1~", "CTT*1*99~").replace("20250602~", "20250602***~") + "GE*1*1~" + invoice + "IEA*2*000000901~"
        file = self.file("a.x12", both)
        codes = lambda *words: sorted((found["code"], found["group"]) for found in json.loads(wharf("lint", "--format", "json", *words, file).stdout))
        plain = [("X12-0317", "1"), ("X12-0317", "2"), ("X12-0403", "1"), ("X12-0403", "2")]
        self.assertEqual(codes(), plain)
        profile = ("--partner", "kessel-drives", "--config", root)
        self.assertEqual(codes(*profile), [("X12-0317", "2"), ("X12-0403", "1")])
        self.assertEqual(codes(*profile, "--jobs", "2"), [("X12-0317", "2"), ("X12-0403", "1")])
        self.assertEqual(codes(*profile, "--treat", "X12-0403=ignore"), [("X12-0317", "2")])

    def test_could_not_run_wins_over_several_files(self) -> None:
        result = wharf("lint", self.file("bad.x12", BAD), "/no/such/file", self.file("good.x12", GOOD))
        self.assertEqual(result.returncode, 2)
        self.assertIn("No such file or directory", result.stderr)
        self.assertIn("2 files, 2 interchanges", result.stdout)

    def test_json(self) -> None:
        self.assertEqual(wharf("lint", "--format=json", self.file("a.x12", GOOD)).stdout, "[]\n")
        file = self.file("b.x12", BAD)
        result = wharf("lint", "--format", "json", file)
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        (finding,) = json.loads(result.stdout)
        offset = BAD.index("2X")
        for name, value in {"severity": "error", "file": file, "offset": offset, "length": 2, "interchange": "000000901",
                            "group": "1", "transaction": "0001", "segment_id": "PO1", "segment_position": 3, "element": 2,
                            "value": "2X", "path": "850/PO1/PO102"}.items():
            self.assertEqual(finding.get(name), value, name)
        self.assertLessEqual(set(finding), {"code", "severity", "message", "help", "file", "offset", "length", "interchange",
                                            "group", "transaction", "segment_id", "segment_position", "element", "component",
                                            "value", "path", "line", "column", "loop", "related"})
        self.assertEqual((finding["line"], finding["column"], finding["loop"]), (1, offset + 1, "PO1"))
        two = json.loads(wharf("lint", "--format", "json", file, self.file("again.x12", BAD)).stdout)
        self.assertEqual(len(two), 2)

    def test_strict_makes_warnings_count(self) -> None:
        # ST02 of one digit is too short; a trailing blank is only a warning: find one of ours that is a warning
        file = self.file("a.x12", GOOD + "\n\n")
        plain = json.loads(wharf("lint", "--format", "json", file).stdout)
        if not plain:
            file = self.file("a.x12", GOOD.replace("ZZ*ACME ", "ZZ*acme "))
            plain = json.loads(wharf("lint", "--format", "json", file).stdout)
        expected = 1 if any(finding["severity"] == "warning" for finding in plain) else 0
        self.assertEqual(wharf("lint", "--strict", file).returncode, expected)

    def test_readable_bytes_that_are_no_x12_are_a_finding(self) -> None:
        for text in ("", "hello", "UNA:+.? 'UNB+UNOA:2'", "ISA*00*"):
            result = wharf("lint", "-", stdin=text)
            self.assertEqual((result.returncode, result.stderr), (1, ""), text)

    def test_large_file_with_jobs(self) -> None:
        body = GOOD * 3000  # duplicates of control numbers, one finding each
        file = self.file("large.x12", body)
        one = wharf("lint", "--max-findings", "5", file)
        self.assertEqual(one.returncode, 0, "warnings, however many")
        self.assertEqual(wharf("lint", "--max-findings", "5", "--strict", file).returncode, 1)
        self.assertIn("5 warnings and 2994 more, not shown", one.stdout)
        self.assertEqual(wharf("lint", "--max-findings", "5", "--jobs", "3", file).stdout, one.stdout)
        self.assertEqual(wharf("lint", "-j", "many", file).returncode, 2)

    def test_pipe(self) -> None:
        result = wharf("lint", "--jobs", "2", "-", stdin=GOOD)
        self.assertEqual((result.returncode, result.stdout), (0, "1 file, 1 interchange, 1 transaction set: no findings\n"))

    def test_release(self) -> None:
        file = self.file("a.x12", GOOD)
        self.assertEqual(wharf("lint", "--release", "005010", file).returncode, 0)
        self.assertEqual(wharf("lint", "--release", "999999", file).returncode, 2)

    def test_grammars_folder(self) -> None:
        file = self.file("a.x12", GOOD)
        overlay = pathlib.Path(self.folder.name, "grammars")
        (overlay / "sets").mkdir(parents=True)
        (overlay / "sets" / "850").write_text("this is no grammar\n")
        result = wharf("lint", "--grammars", str(overlay), file)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("sets/850:1", result.stderr)
        self.assertEqual(wharf("lint", "--grammars", "/no/such/folder", file).returncode, 2)

    def test_colour_only_on_a_terminal(self) -> None:
        file = self.file("a.x12", BAD)
        self.assertNotIn("\x1b", wharf("lint", file).stdout)
        for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
            ours, theirs = pty.openpty()
            clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
            subprocess.run([WHARF, "lint", file], stdout=theirs, env=clean | environment, check=False, timeout=60)
            os.close(theirs)
            shown = os.read(ours, 100000).decode()
            os.close(ours)
            self.assertEqual("\x1b[" in shown, coloured)

    def test_a_closed_pipe_ends_quietly(self) -> None:
        file = self.file("a.x12", ISA + GS + ORDER.replace("*24*", "*2X*") * 2000 + END)
        for ignored in (False, True):
            command = ("trap '' PIPE; " if ignored else "") + f"{WHARF} lint {file} | head -1"
            result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(result.stderr, "")
            self.assertIn("error[", result.stdout)

    def test_full_disk_is_trouble(self) -> None:
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = subprocess.run([WHARF, "lint", "-"], input=BAD, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("No space left", result.stderr)


class Acknowledge(CommandLine):
    def test_there_and_back(self) -> None:
        original = self.file("a.x12", BAD)
        written = wharf("ack", original, "--as", "997", "--at", "2025-06-03T09:00")
        self.assertEqual((written.returncode, written.stderr), (1, ""))
        self.assertIn("AK4*2*330*6*2X~\nAK5*R*5~\nAK9*R*1*1*0~\n", written.stdout)
        self.assertEqual(wharf("lint", "-", stdin=written.stdout).returncode, 0)
        read = wharf("ack", "--read", "-", "--original", original, stdin=written.stdout)
        self.assertEqual((read.returncode, read.stderr), (1, ""))
        self.assertIn("850 0001 refused\n", read.stdout)
        self.assertIn('PO1*1*2X*EA*12.50**UP*614141000012\n   |       ^^\n', read.stdout)
        listed = json.loads(wharf("ack", "--read", "-", "--format", "json", stdin=written.stdout).stdout)
        self.assertEqual(listed["groups"][0]["sets"][0]["notes"][0]["elements"][0]["value"], "2X")
        self.assertEqual(listed["findings"][0]["code"], "ACK-0004")

    def test_accepted(self) -> None:
        target = pathlib.Path(self.folder.name, "out.997")
        written = wharf("ack", self.file("a.x12", GOOD), "--output", str(target))
        self.assertEqual((written.returncode, written.stdout, written.stderr), (0, "", ""))
        self.assertEqual(wharf("ack", "--read", str(target)).returncode, 0)
        nothing = wharf("ack", str(target))
        self.assertEqual((nothing.returncode, nothing.stdout), (0, ""))
        self.assertIn("nothing to answer", nothing.stderr)

    def test_options_take_one_value_each(self) -> None:
        first, second = self.file("a.x12", GOOD), self.file("b.x12", GOOD)
        guide = self.file("short.guide", 'guide short "Short"\nnarrows 850 of 004010\n\ndetail\n  loop PO1  M 1\n')
        for options in (["--treat", "X12-0306=ignore"], ["--guide", guide]):
            linted = wharf("lint", *options, first, second)
            self.assertEqual((linted.returncode, linted.stderr), (0, ""))
            self.assertIn("2 files", linted.stdout)
        self.assertEqual(wharf("ack", "--treat", "X12-0306=ignore", first).returncode, 0)

    def test_a_guide(self) -> None:
        file = self.file("a.x12", GOOD)
        guide = self.file("short.guide", 'guide short "Short"\nnarrows 850 of 004010\n\ndetail\n  loop PO1  M 1\n    PO102  M  from 100\n')
        self.assertEqual(wharf("ack", file).returncode, 0)
        written = wharf("ack", file, "--guide", guide)
        self.assertEqual((written.returncode, written.stderr), (1, ""))
        self.assertRegex(written.stdout, r"AK4\*2\*330\*7\*\d+~")
        broken = wharf("ack", file, "--guide", self.file("broken.guide", "narrows 8\n"))
        self.assertEqual((broken.returncode, broken.stdout), (2, ""))
        self.assertIn("nothing was answered", broken.stderr)

    def test_could_not_run(self) -> None:
        file = self.file("a.x12", GOOD)
        for words, said in (
            (["--as", "999"], "release 004010 has no 999"),
            (["--at", "yesterday"], "2025-06-02T14:03"),
            (["--as", "824"], "none of 997, 999, ta1"),
            (["--accept-with-errors", "X12-9999"], "X12-9999"),
            (["--original", file], "--read"),
            (["--read"], "holds no 997, 999 or TA1"),
        ):
            with self.subTest(words=words):
                result = wharf("ack", file, *words)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(said, result.stderr)
        foreign = wharf("ack", self.file("a.txt", "hello"))
        self.assertEqual(foreign.returncode, 1)
        self.assertIn("there is no interchange to answer", foreign.stderr)


class Mistakes(CommandLine):
    def test_unknown_command(self) -> None:
        result = wharf("lnit", "x")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertEqual(result.stderr, "wharf: there is no command 'lnit'; did you mean 'lint'?\n")
        self.assertIn("see wharf --help", wharf("frobnicate").stderr)

    def test_no_command(self) -> None:
        result = wharf()
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("a command is needed", result.stderr)

    def test_wrong_options(self) -> None:
        for arguments in (["lint"], ["lint", "--formt", "json", "x"], ["lint", "--format", "yaml", "x"], ["--nonsense"],
                          ["document"], ["document", "chekc"], ["translate"]):
            result = wharf(*arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), arguments)
            self.assertIn("--help", result.stderr, arguments)
        self.assertIn("did you mean --format?", wharf("lint", "--formt", "json", "x").stderr)

    def test_help_and_version(self) -> None:
        result = wharf("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for word in ("lint", "explain", "translate", "document", "translator", "serve", "poll", "message", "exchange", "alarm", "dead-letter", "cert"):
            self.assertIn(word, result.stdout)
        self.assertIn("--strict", wharf("lint", "--help").stdout)
        for words in (["lint"], ["partner", "check"], ["explain"]):
            self.assertIn(f"Usage: wharf {' '.join(words)} ", wharf(*words, "--help").stdout)
        self.assertRegex(wharf("--version").stdout, r"^wharf \d+\.\d+\.\d+\n$")

    def test_the_gateway_is_a_program_of_its_own(self) -> None:
        alone = pathlib.Path(self.folder.name, "wharf")
        alone.write_bytes(pathlib.Path(WHARF).read_bytes())
        alone.chmod(0o755)
        result = subprocess.run([alone, "serve"], capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("wharf-gateway, which is not installed", result.stderr)
        beside = alone.with_name("wharf-gateway")
        beside.write_text('#!/bin/sh\necho "$0 $*"\nexit 7\n')
        beside.chmod(0o755)
        result = subprocess.run([alone, "message", "list", "--limit=3"], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 7)
        self.assertEqual(result.stdout, f"{beside} message list --limit=3\n")


class Explain(CommandLine):
    def test_codes(self) -> None:
        result = wharf("explain", "x12-0001")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertTrue(result.stdout.startswith("X12-0001 "), result.stdout)
        unknown = wharf("explain", "X12-0999")
        self.assertEqual((unknown.returncode, unknown.stdout), (2, ""))
        self.assertIn("there is no code X12-0999", unknown.stderr)

    def test_what_there_is(self) -> None:
        result = wharf("explain")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"(?m)^  850  Purchase Order$")
        self.assertRegex(result.stdout, r"(?m)^  X12-0001 +error ")

    def test_the_standard(self) -> None:
        for words, expected in ((["N1"], "P0304"), (["850"], "BEG"), (["element", "98"], "Entity Identifier Code")):
            result = wharf("explain", *words)
            self.assertEqual((result.returncode, result.stderr), (0, ""), words)
            self.assertIn(expected, result.stdout)
        self.assertEqual(wharf("explain", "850", "--release", "005010").returncode, 0)
        self.assertEqual(wharf("explain", "850", "--release", "123456").returncode, 2)
        self.assertEqual(wharf("explain", "QQQ").returncode, 2)
        for word in ("BEG02", "beg02", "850/BEG/BEG02"):
            self.assertIn("Purchase Order Type Code", wharf("explain", word).stdout, word)
        self.assertIn("wharf explain 999 --release 005010", wharf("explain", "999").stderr)
        self.assertEqual(wharf("explain", "999", "--release", "005010").returncode, 0)


class Translate(CommandLine):
    def test_one_document(self) -> None:
        result = wharf("translate", self.file("a.x12", GOOD), "--to", "json")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        document = json.loads(result.stdout)
        self.assertEqual((document["document"], document["number"]), ("purchase_order", "PO-4711"))
        self.assertEqual(document["lines"][0]["quantity"], "24")
        self.assertEqual(document["source"]["interchange"], "000000901")

    def test_several_are_an_array_and_good_neighbours_go_through(self) -> None:
        result = wharf("translate", "-", "--to", "json", stdin=TWO)
        self.assertEqual([order["number"] for order in json.loads(result.stdout)], ["PO-4711", "PO-4712"])
        broken = TWO.replace("*24*EA", "*2X*EA", 1)
        for pretty in ([], ["--pretty"]):
            result = wharf("translate", "-", "--to", "json", *pretty, stdin=broken)
            self.assertEqual(result.returncode, 1)
            self.assertIn("set 0001 (850)", result.stderr)
            self.assertEqual([order["number"] for order in json.loads(result.stdout)], ["PO-4712"])

    def test_there_and_back(self) -> None:
        document = wharf("translate", "-", stdin=GOOD).stdout
        back = wharf("translate", "-", "--to", "x12", stdin=document)
        self.assertEqual((back.returncode, back.stderr), (0, ""))
        self.assertIn("~BEG*00*SA*PO-4711**20250602~", back.stdout)
        self.assertEqual(back.stdout[102], "T")  # ISA15: only the gateway writes real ones
        again = wharf("translate", "-", stdin=back.stdout)
        one, two = json.loads(document), json.loads(again.stdout)
        for made in (one, two):
            del made["source"]
            made.pop("test", None)
        self.assertEqual(one, two)

    def test_other_formats_by_way_of_canonical_documents(self) -> None:
        head = ("PO Number,PO Date,Purpose,Type,Currency,Ship To ID,Ship To Name,Ship To Address,Ship To City,Ship To Region,"
                "Ship To Postal Code,Ship To Country,Requested Delivery,Line,Buyer Item,Vendor Item,UPC,Description,Quantity,"
                "Unit,Unit Price,Line Delivery\n")
        row = '4711,2025-06-02,original,stand_alone,,0042,"Miller, J",1 Main,Akron,OH,44301,US,,{},B1,V1,,Bolt,{},each,1.50,\n'
        order = self.file("po.csv", head + row.format(1, 10) + row.format(2, 3))
        result = wharf("translate", order, "--translator", "csv/purchase_order")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        document = json.loads(result.stdout)
        self.assertEqual((document["number"], document["lines"][1]["quantity"]), ("4711", "3"))
        x12 = wharf("translate", order, "--translator", "csv/purchase_order", "--to", "x12")
        self.assertEqual(x12.returncode, 0, x12.stderr)
        self.assertIn("*4711**20250602~", x12.stdout)
        self.assertIn("N1*ST*Miller, J*92*0042~", x12.stdout)
        back = wharf("translate", "-", "--translator", "csv/purchase_order", "--to", "csv", stdin=x12.stdout)
        self.assertEqual(back.returncode, 0, back.stderr)
        self.assertIn('4711,2025-06-02,original,stand_alone,,0042,"Miller, J",1 Main,Akron', back.stdout)
        xml = wharf("translate", "-", "--translator", "cxml/order_request", stdin=result.stdout)
        self.assertIn('orderID="4711"', xml.stdout, xml.stderr)
        broken = wharf("translate", "-", "--translator", "csv/purchase_order", stdin=head + row.format(1, "ten"))
        self.assertEqual(broken.returncode, 1)
        self.assertIn(":2:", broken.stderr)
        self.assertIn("MAP-0101", broken.stderr)
        self.assertEqual(wharf("translate", order, "--translator", "csv/purchase_order", "--to", "xml").returncode, 2)
        self.assertEqual(wharf("translate", order, "--to", "csv").returncode, 2)

    def test_the_profile_says_what_becomes_of_texts(self) -> None:
        root = pathlib.Path(self.folder.name)
        for folder in ("partners/acme", "channels"):
            (root / folder).mkdir(parents=True)
        (root / "wharf.yaml").write_text("identities: [{name: us, qualifier: ZZ, id: US}]\n")
        profile = root / "partners/acme/profile.yaml"
        plain = ("name: ACME\nidentifiers: [{qualifier: ZZ, id: ACME}]\nchannel: box\n"
                 "documents: [{set: 850, direction: outbound}]\n")
        (root / "channels/box.yaml").write_text(
            "transport: folder\nfolder: {root: box}\npickup: {inbox: in, outbox: out}\nsenders: [acme]\n")
        order = json.loads(wharf("translate", "-", stdin=GOOD).stdout)
        order["parties"] = [{"role": "ship_to", "name": "Müller & Söhne " + "x" * 60}]
        file = self.file("order.json", json.dumps(order))
        for texts, code, expected in (("", 1, "MAP-0111"), ("texts: {too_long: cut}\n", 0, "MAP-0124"),
                                      ("texts: {too_long: cut, set: basic, characters: transliterate}\n", 0, "MAP-0125")):
            profile.write_text(plain + texts)
            result = wharf("translate", file, "--to", "x12", "--partner", "acme", "--config", str(root))
            self.assertEqual(result.returncode, code, result.stderr)
            self.assertIn(expected, result.stderr)
        self.assertIn("~N1*ST*MUELLER & SOEHNE XXX", result.stdout)

    def test_a_held_document_is_not_written(self) -> None:
        root = pathlib.Path(self.folder.name)
        for folder in ("maps", "partners/acme", "channels"):
            (root / folder).mkdir(parents=True)
        (root / "wharf.yaml").write_text("translators: maps\nidentities: [{name: us, qualifier: ZZ, id: US}]\n")
        (root / "partners/acme/profile.yaml").write_text(
            "name: ACME\nidentifiers: [{qualifier: ZZ, id: ACME}]\nchannel: box\ndocuments: [{set: 850, direction: outbound}]\n")
        (root / "channels/box.yaml").write_text(
            "transport: folder\nfolder: {root: box}\npickup: {inbox: in, outbox: out}\nsenders: [acme]\n")
        (root / "maps/orders.map").write_text(
            "translator acme/orders extends csv/purchase_order\nin lines[]\n"
            "  replace quantity  Quantity  on error hold\n  replace unit_price  \"Unit Price\"  on error pass\n")
        cases = pathlib.Path(__file__).resolve().parents[2] / "translators/csv/purchase_order.tests"
        head = (cases / "minimal.csv").read_text().splitlines()[0]
        columns = head.split(",")

        def row(**cells: str) -> str:
            return ",".join(cells.get(name.replace(" ", "_"), "") for name in columns)

        order = self.file("orders.csv", "\n".join((head, row(PO_Number="1", Quantity="ten"), row(PO_Number="2", Quantity="2"),
                                                   row(PO_Number="3", Quantity="3", Unit_Price="free"))) + "\n")
        result = wharf("translate", order, "--translator", "acme/orders", "--partner", "acme",
                       "--config", str(root))
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("warning[MAP-0109]", result.stderr)
        self.assertIn("orders.csv:2:", result.stderr)
        self.assertIn("1 document is held for a person and not written", result.stderr)
        documents = json.loads(result.stdout)
        self.assertEqual([document["number"] for document in documents], ["2", "3"])
        self.assertEqual(documents[1]["lines"][0]["extensions"]["csv"]["Unit Price"], "free")

    def test_what_cannot_be_translated(self) -> None:
        text = ISA + GS.replace("PO*ACME", "TX*ACME") + "ST*864*0001~BMG*00~MIT*1~MSG*hello~SE*5*0001~" + END
        result = wharf("translate", "-", "--to", "json", stdin=text)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("MAP-0901", result.stderr)
        result = wharf("translate", "-", "--to", "json", stdin="hello")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertEqual(wharf("translate", "/no/such/file").returncode, 2)
        self.assertEqual(wharf("translate", "-", "--to", "json", stdin="{}").returncode, 2)
        self.assertEqual(wharf("translate", "-", "--partner", "nobody", "--config", self.folder.name, stdin=GOOD).returncode, 2)

    def test_wrong_documents(self) -> None:
        for text, code in (("{", "DOC-0900"), ('{"schema":"nonsense"}', "DOC-"), ("[{}]", "DOC-")):
            result = wharf("translate", "-", "--to", "x12", stdin=text)
            self.assertEqual((result.returncode, result.stdout), (1, ""), text)
            self.assertIn(code, result.stderr)


class ExplainLog(CommandLine):
    def test_words_of_the_log_and_of_receipts(self) -> None:
        for words, expected in ((("transmission_failed",), "is tried again"), (("connected",), "has logged in"), (("authentication-failed",), "Compare fingerprints"),
                                (("processed/error:", "decryption-failed"), "no key for the message"), (("processed/Error: Decryption-Failed",), "no key for the message"),
                                (("unsupported", "format"), "AS2: the sender asked"), (("AS2_RECEIPT_OVERDUE",), "To do"), (("HL_INVALID",), "hl")):
            result = wharf("explain", *words)
            self.assertEqual((result.returncode, result.stderr), (0, ""), words)
            self.assertIn(expected.lower(), " ".join(result.stdout.lower().split()), words)
        for word, meant in (("transmision_failed", "transmission_failed"), ("autentication-failed", "authentication-failed"), ("AS2_RECEIPT_OVERDU", "AS2_RECEIPT_OVERDUE")):
            result = wharf("explain", word)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn(f"did you mean {meant}?", result.stderr)

    def test_the_standard_is_still_searched(self) -> None:
        both = wharf("explain", "ta1").stdout
        self.assertLess(both.index("Interchange Acknowledgment"), both.index("In the gateway's log"))
        self.assertTrue(wharf("explain", "api").stdout.startswith("api"))
        self.assertIn("--release 004010", wharf("explain", "received").stdout)
        searched = wharf("explain", "received", "--release", "004010")
        self.assertEqual(searched.returncode, 0, searched.stderr)
        self.assertNotIn("To do", searched.stdout)
        self.assertIn("ship", wharf("explain", "ship", "notice").stdout.lower())


class Check(CommandLine):
    def test_documents(self) -> None:
        good = wharf("translate", "-", stdin=GOOD).stdout
        result = wharf("document", "check", "-", stdin=good)
        self.assertEqual((result.returncode, result.stdout), (0, "1 file, 1 document: no findings\n"))
        bad = json.loads(good)
        bad["lines"][0]["quantity"] = 24
        result = wharf("document", "check", "-", "--format", "json", stdin=json.dumps(bad))
        self.assertEqual(result.returncode, 1)
        self.assertEqual([finding["path"] for finding in json.loads(result.stdout)], ["/lines/0/quantity"])
        self.assertEqual(wharf("document", "check", "/no/such/file").returncode, 2)

    def test_configuration(self) -> None:
        root = pathlib.Path(__file__).resolve().parents[2]
        result = wharf("partner", "check", "--config", str(root))
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        explained = wharf("partner", "explain", "acme-supplies", "--config", str(root))
        self.assertEqual((explained.returncode, explained.stderr), (0, ""))
        self.assertIn("partners/acme-supplies/profile.yaml:", explained.stdout)
        wrong = pathlib.Path(self.folder.name, "wharf.yaml")
        wrong.write_text("store:\n  fil: x.db\n")
        result = wharf("partner", "check", "--config", self.folder.name)
        self.assertEqual(result.returncode, 1)
        self.assertIn("wharf.yaml:2", result.stdout)
        self.assertEqual(wharf("partner", "check", "--config", "/no/such/folder").returncode, 2)

    def test_configuration_with_a_broken_map(self) -> None:
        root = pathlib.Path(self.folder.name)
        for folder in ("partners/acme", "channels", "maps/acme"):
            (root / folder).mkdir(parents=True)
        (root / "wharf.yaml").write_text(
            "translators: maps\nidentities: [{name: us, qualifier: ZZ, id: US}]\n"
            "targets: [{name: erp, url: 'http://127.0.0.1:1/', production: yes}]\n")
        (root / "partners/acme/profile.yaml").write_text(
            "name: ACME\nidentifiers: [{qualifier: ZZ, id: ACME}]\nchannel: box\n"
            "documents: [{set: 850, direction: inbound, translator: acme/850, targets: [erp]}]\n")
        (root / "channels/box.yaml").write_text(
            "transport: folder\nfolder: {root: box}\npickup: {inbox: in, outbox: out}\nsenders: [acme]\n")
        edit = root / "maps/acme/850.map"
        edit.write_text("translator acme/850 extends x12/850\nremove  contract_number\n")
        result = wharf("partner", "check", "--config", str(root))
        self.assertEqual((result.returncode, result.stdout), (0, "1 partner, 1 channel: no findings\n"))
        edit.write_text("translator acme/850 extends x12/850\nremove  contrct_number\n")
        result = wharf("partner", "check", "--config", str(root), "--format", "json")
        self.assertEqual([(f["code"], f["help"]) for f in json.loads(result.stdout)],
                         [("MAP-0005", "did you mean `contract_number`?")])
        self.assertEqual(result.returncode, 1)
        edit.unlink()
        self.assertIn("MAP-0004", wharf("partner", "check", "--config", str(root)).stdout)

    def test_what_is_missing_is_named_in_the_documents_own_words(self) -> None:
        document = ('{"schema": "wharf/purchase_order/1", "document": "purchase_order", "number": "1", "purpose": "original",'
                    ' "date": "2025-06-02", "currency": "EUR", "references": [{"value": "1"}], "lines": [{"position": 1}]}')
        result = wharf("translate", "-", stdin=document)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("= help: Give it `type`.", result.stderr)
        self.assertIn("= help: Give it `references[0].kind`.", result.stderr)
        self.assertNotIn("CUR", result.stderr)
        result = wharf("document", "check", "-", stdin=document.replace('"value": "1"', '"nr": "1"'))
        self.assertIn("The fields here are `kind`, `value`", result.stdout)

    def test_refusals_say_what_is_possible(self) -> None:
        for words, expected in ((("lint", "--format", "xml", "x"), "xml is none of text|json|sarif|github|junit"),
                                (("translate", "--to", "edifact", "x"), "edifact is none of json, x12, csv, fixed, xml")):
            result = wharf(*words)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn(expected, result.stderr)

    def test_translators(self) -> None:
        result = wharf("translator", "check", "x12/850", "x12/855", "x12/856", "x12/810")
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        result = wharf("translator", "check", self.file("mine.map", "this is no map\n"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("mine.map:1", result.stdout)
        self.assertEqual(wharf("translator", "check", "/no/such/file.map").returncode, 2)

    def test_a_map_is_held_against_the_partners_guide(self) -> None:
        guide = str(Guide.GUIDES / "harbour-856.guide")
        result = wharf("translator", "check", "x12/856", "--guide", guide)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        short = self.file("856.map", "translator acme/856 extends x12/856\nin shape node\n  remove cargo[]\n"
                                     "in shape party\n  remove identifiers[]\n")
        result = wharf("translator", "check", short, "--guide", guide)
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn("HL[S]/TD1 is mandatory in the guide harbour-856, and no line writes it.", result.stdout)
        self.assertIn("HL[S]/N1[ST]/N103 is mandatory in the guide harbour-856, and no line writes it.", result.stdout)
        self.assertIn("harbour-856.guide:", result.stdout)
        self.assertEqual(wharf("translator", "check", short).returncode, 0)


class StartUp(CommandLine):
    def test_nothing_heavy_is_loaded(self) -> None:
        needed = subprocess.run(["readelf", "-d", WHARF], capture_output=True, text=True, check=True).stdout
        libraries = [line.split("[")[1].rstrip("]") for line in needed.splitlines() if "(NEEDED)" in line]
        allowed = ("libstdc++.so", "libm.so", "libgcc_s.so", "libc.so", "ld-linux", "libasan.so", "libubsan.so", "libtsan.so")
        self.assertTrue(libraries)
        for library in libraries:
            self.assertTrue(library.startswith(allowed), library)


if __name__ == "__main__":
    unittest.main()
