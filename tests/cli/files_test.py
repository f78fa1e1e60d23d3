#!/usr/bin/env python3
"""The commands that change, lay out, count, split and redact files: what they do to the files, and when they leave them alone.

    files_test.py WHARF [unittest options]
"""

import json
import os
import pathlib
import resource
import stat
import subprocess
import sys
import tempfile
import unittest

WHARF = str(pathlib.Path(sys.argv.pop(1)).resolve())

ISA = "ISA*00*          *00*          *ZZ*ACME           *ZZ*SUPPLYCO       *250602*1403*U*00401*000000901*0*P*>~"
GS = "GS*PO*ACME*SUPPLYCO*20250602*1403*1*X*004010~"
ORDER = "ST*850*0001~BEG*00*SA*PO-4711**20250602~N1*ST*JANE DOE~PO1*1*24*EA*12.50**UP*614141000012~CTT*1~SE*6*0001~"
END = "GE*1*1~IEA*1*000000901~"
GOOD = ISA + GS + ORDER + END
TWO = ISA + GS + ORDER + ORDER.replace("0001", "0002").replace("PO-4711", "PO-4712") + END.replace("GE*1", "GE*2")
SURPLUS = GOOD.replace("JANE DOE~", "JANE DOE**~").replace("CTT*1~", "CTT*1~~")
MISCOUNTED = GOOD.replace("SE*6", "SE*9")


def wharf(*arguments: str, stdin: str = "", **more) -> subprocess.CompletedProcess:
    return subprocess.run([WHARF, *arguments], input=stdin, capture_output=True, text=True, timeout=60, check=False, **more)


class Files(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name: str, text: str) -> pathlib.Path:
        path = self.folder / name
        path.write_bytes(text.encode())
        return path

    def alone(self, *names: str) -> None:
        """No other file is left in the folder: nothing half written."""
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), sorted(names))


class Fix(Files):
    def test_in_place(self) -> None:
        path = self.file("po.x12", SURPLUS)
        path.chmod(0o640)
        result = wharf("lint", "--fix", str(path))
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(path.read_text(), GOOD)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o640)
        self.assertEqual(result.stderr, "mended in 1 file: 1 X12-0006 doubled-terminator, 1 X12-0317 trailing-separators\n")
        self.assertEqual(result.stdout, "1 file, 1 interchange, 1 transaction set: no findings\n")
        self.alone("po.x12")
        before = path.stat()
        again = wharf("lint", "--fix", str(path))
        self.assertEqual((again.returncode, again.stderr), (0, "nothing was mended\n"))
        self.assertEqual((path.stat().st_ino, path.stat().st_mtime_ns), (before.st_ino, before.st_mtime_ns), "not even touched")

    def test_what_is_left_is_reported(self) -> None:
        path = self.file("po.x12", SURPLUS.replace("*24*EA", "*2X*EA"))
        result = wharf("lint", "--fix", str(path))
        self.assertEqual(result.returncode, 1)
        self.assertIn("*2X*EA", path.read_text())
        self.assertIn("1 error\n", result.stdout)
        self.assertIn("mended in 1 file", result.stderr)

    def test_counts_only_when_told(self) -> None:
        path = self.file("po.x12", MISCOUNTED)
        result = wharf("lint", "--fix", str(path))
        self.assertEqual((result.returncode, path.read_text()), (1, MISCOUNTED))
        self.assertIn("1 count or trailer number more with --unsafe-fixes", result.stderr)
        self.assertEqual(wharf("lint", "--fix", "--unsafe-fixes", str(path)).returncode, 0)
        self.assertEqual(path.read_text(), GOOD)

    def test_diff(self) -> None:
        path = self.file("po.x12", SURPLUS)
        result = wharf("lint", "--diff", str(path))
        self.assertEqual((result.returncode, path.read_text()), (1, SURPLUS))
        self.assertIn(f"--- {path}\n+++ {path} (mended)\n", result.stdout)
        self.assertIn("\n-N1*ST*JANE DOE**~\n+N1*ST*JANE DOE~\n", result.stdout)
        self.assertIn("would mend in 1 file", result.stderr)
        clean = wharf("lint", "--diff", str(self.file("good.x12", MISCOUNTED)))
        self.assertEqual((clean.returncode, clean.stdout), (0, ""))

    def test_standard_input_and_pipes_come_out(self) -> None:
        result = wharf("lint", "--fix", "-", stdin=SURPLUS)
        self.assertEqual((result.returncode, result.stdout), (0, GOOD))
        self.assertIn("no findings", result.stderr)
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        with subprocess.Popen([WHARF, "lint", "--fix", str(pipe)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            pipe.write_text(SURPLUS)
            self.assertEqual(process.communicate(timeout=60)[0], GOOD)
        self.assertTrue(stat.S_ISFIFO(pipe.stat().st_mode))

    def test_a_link_stays_a_link(self) -> None:
        path = self.file("real.x12", SURPLUS)
        link = self.folder / "link.x12"
        link.symlink_to("real.x12")
        self.assertEqual(wharf("lint", "--fix", str(link)).returncode, 0)
        self.assertTrue(link.is_symlink())
        self.assertEqual(path.read_text(), GOOD)

    def test_what_cannot_be_written_stays_as_it_is(self) -> None:
        path = self.file("po.x12", SURPLUS)
        (self.folder / "other.x12").hardlink_to(path)
        result = wharf("lint", "--fix", str(path))
        self.assertEqual((result.returncode, path.read_text()), (2, SURPLUS))
        self.assertIn("hard links", result.stderr)
        (self.folder / "other.x12").unlink()
        self.assertEqual(wharf("lint", "--fix", str(self.folder / "gone.x12")).returncode, 2)

        def small_files_only() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        full = subprocess.run([WHARF, "lint", "--fix", str(path)], capture_output=True, text=True, check=False, preexec_fn=small_files_only)
        self.assertNotEqual(full.returncode, 0)
        self.assertEqual(path.read_text(), SURPLUS)

    def test_no_rights(self) -> None:
        path = self.file("po.x12", SURPLUS)
        as_root = os.geteuid() == 0

        def fix_as_nobody() -> subprocess.CompletedProcess:
            return wharf("lint", "--fix", str(path), **({"preexec_fn": lambda: os.setuid(65534)} if as_root else {}))

        path.chmod(0o444)
        self.folder.chmod(0o755)
        result = fix_as_nobody()
        self.assertEqual((result.returncode, path.read_text()), (2, SURPLUS), result)
        self.assertIn("Permission denied", result.stderr)
        path.chmod(0o666)
        self.folder.chmod(0o555)
        result = fix_as_nobody() # the file may be written, but nothing can be put beside it
        self.folder.chmod(0o755)
        self.assertEqual((result.returncode, path.read_text()), (2, SURPLUS), result)
        self.assertIn("cannot create a file beside", result.stderr)
        self.alone("po.x12")

    @unittest.skipUnless(os.geteuid() == 0, "only root may give files away")
    def test_the_owner_is_kept(self) -> None:
        path = self.file("po.x12", SURPLUS)
        os.chown(path, 1234, 4321)
        path.chmod(0o4750)
        self.assertEqual(wharf("lint", "--fix", str(path)).returncode, 0)
        now = path.stat()
        self.assertEqual((now.st_uid, now.st_gid, stat.S_IMODE(now.st_mode)), (1234, 4321, 0o4750))
        self.folder.chmod(0o777)
        path.write_text(SURPLUS)
        path.chmod(0o666)
        result = wharf("lint", "--fix", str(path), preexec_fn=lambda: os.setuid(65534))
        self.assertEqual((result.returncode, path.read_text()), (2, SURPLUS))
        self.assertIn("cannot keep owner", result.stderr)
        self.alone("po.x12")

    def test_quiet_and_formats(self) -> None:
        path = self.file("po.x12", SURPLUS)
        result = wharf("lint", "--fix", "--quiet", str(path))
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        other = wharf("lint", "--fix", "--format", "json", str(self.file("b.x12", SURPLUS.replace("*24*EA", "*2X*EA"))))
        self.assertEqual([finding["code"] for finding in json.loads(other.stdout)], ["X12-0305"])

    def test_several(self) -> None:
        bad = self.file("bad.x12", SURPLUS)
        self.assertEqual(wharf("lint", "--fix", str(bad), "/nowhere.x12", str(self.file("good.x12", GOOD))).returncode, 2)
        self.assertEqual(bad.read_text(), GOOD)

    def test_what_is_no_x12_stays(self) -> None:
        path = self.file("hello", "hello")
        self.assertEqual(wharf("lint", "--fix", str(path)).returncode, 1)
        self.assertEqual(path.read_text(), "hello")

    def test_mistakes(self) -> None:
        path = str(self.file("po.x12", GOOD))
        self.assertEqual(wharf("lint", "--unsafe-fixes", path).returncode, 2)
        self.assertEqual(wharf("lint", "--fix", "--diff", path).returncode, 0, "shown, not written")


class Fmt(Files):
    def test_there_and_back(self) -> None:
        for wire in (GOOD, GOOD.replace("~", "~\n"), GOOD.replace("~", "~\r\n"), GOOD + "\n", GOOD.replace("~", "\n")):
            result = subprocess.run([WHARF, "fmt", "-"], input=wire.encode(), capture_output=True, check=False)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(b"\n  N1*ST*JANE DOE", result.stdout)
            back = subprocess.run([WHARF, "fmt", "--wire", "-"], input=result.stdout, capture_output=True, check=False)
            self.assertEqual(back.stdout, wire.encode())

    def test_in_place_and_check(self) -> None:
        path = self.file("po.x12", GOOD)
        other = self.file("other.x12", TWO)
        result = wharf("fmt", "--check", str(path), str(other))
        self.assertEqual((result.returncode, result.stdout), (1, f"{path}\n{other}\n"))
        self.assertEqual(path.read_text(), GOOD)
        self.assertEqual(wharf("fmt", "--wire", "--check", str(path)).returncode, 0)
        self.assertEqual(wharf("fmt", "--write", str(path)).returncode, 0)
        self.assertEqual(wharf("fmt", "--check", str(path)).returncode, 0)
        self.assertEqual(wharf("fmt", "--wire", "--check", str(path)).returncode, 1)
        self.assertEqual(wharf("lint", str(path)).returncode, 0)
        self.assertEqual(wharf("fmt", "--wire", "-w", str(path)).returncode, 0)
        self.assertEqual(path.read_text(), GOOD)
        self.alone("po.x12", "other.x12")

    def test_refused(self) -> None:
        path = self.file("hello", "hello")
        result = wharf("fmt", "--write", str(path))
        self.assertEqual((result.returncode, path.read_text()), (1, "hello"))
        self.assertIn("holds no X12 interchange", result.stderr)
        self.assertEqual(wharf("fmt", "/nowhere").returncode, 2)


class Stat(Files):
    def test_text_and_json(self) -> None:
        path = str(self.file("po.x12", TWO))
        text = wharf("stat", path)
        self.assertEqual((text.returncode, text.stderr), (0, ""))
        self.assertIn("ZZ ACME -> ZZ SUPPLYCO: 1 interchange, 2 sets", text.stdout)
        told = json.loads(wharf("stat", "--format", "json", path, "-", stdin=GOOD).stdout)
        self.assertEqual((told["files"], told["transaction_sets"], told["bytes"]), (2, 3, len(TWO) + len(GOOD)))
        self.assertEqual(told["codes"]["N101"]["codes"], {"ST": 3})
        self.assertEqual(told["partners"][0]["sets_by_id"], {"850": 3})

    def test_trouble(self) -> None:
        self.assertEqual(wharf("stat", "-", stdin="hello").returncode, 1)
        self.assertEqual(wharf("stat", "/nowhere", str(self.file("po.x12", GOOD))).returncode, 2)


class Split(Files):
    def test_sets(self) -> None:
        path = str(self.file("po.x12", TWO))
        into = self.folder / "out" / "of"
        result = wharf("split", path, "--into", str(into))
        self.assertEqual((result.returncode, result.stdout), (0, f"2 files written into {into}\n"), result.stderr)
        self.assertEqual((into / "po-000000901-1-850-0001.x12").read_text(), GOOD)
        self.assertEqual(wharf("lint", *map(str, into.iterdir())).returncode, 0)
        again = wharf("split", path, "--into", str(into))
        self.assertEqual(again.returncode, 2)
        self.assertIn("is there already", again.stderr)
        (into / "po-000000901-1-850-0001.x12").write_text("old")
        self.assertEqual(wharf("split", path, "--into", str(into), "--overwrite").returncode, 0)
        self.assertEqual((into / "po-000000901-1-850-0001.x12").read_text(), GOOD)
        self.assertEqual(len(list(into.iterdir())), 2)
        for by, count in (("group", 1), ("interchange", 1)):
            folder = self.folder / by
            self.assertEqual(wharf("split", path, "-", "--by", by, "--into", str(folder), stdin=GOOD).returncode, 0)
            self.assertEqual(len(list(folder.iterdir())), count + 1)

    def test_names_stay_in_the_folder(self) -> None:
        evil = TWO.replace("ST*850*0001", "ST*850*/../../x").replace("SE*6*0001", "SE*6*/../../x")
        into = self.folder / "in"
        wharf("split", str(self.file("po.x12", evil)), "--into", str(into))
        self.assertEqual(len(list(into.iterdir())), 2)
        self.alone("po.x12", "in")

    def test_links_in_the_folder_are_not_followed(self) -> None:
        target = self.file("target", "mine")
        into = self.folder / "in"
        into.mkdir()
        (into / "po-000000901-1-850-0001.x12").symlink_to(target)
        path = str(self.file("po.x12", GOOD))
        self.assertEqual(wharf("split", path, "--into", str(into)).returncode, 2)
        self.assertEqual(wharf("split", path, "--into", str(into), "--overwrite").returncode, 0)
        self.assertEqual(target.read_text(), "mine")

    def test_faults_are_told(self) -> None:
        result = wharf("split", "-", "--into", str(self.folder / "in"), stdin=TWO.replace("GE*2", "GE*3"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("X12-0122", result.stderr)
        self.assertEqual(wharf("split", "-", "--into", str(self.folder / "in"), stdin="hello").returncode, 1)
        self.assertEqual(wharf("split", "-", "--into", str(self.file("plain", "")), stdin=GOOD).returncode, 2)


class Redact(Files):
    def test_to_standard_output(self) -> None:
        path = str(self.file("po.x12", GOOD))
        result = wharf("redact", path)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(len(result.stdout), len(GOOD))
        for gone in ("JANE", "DOE", "12.50"):
            self.assertNotIn(gone, result.stdout)
        self.assertIn("*PO-4711*", result.stdout)
        self.assertEqual(wharf("lint", "-", stdin=result.stdout).returncode, 0)
        self.assertNotEqual(wharf("redact", path).stdout, result.stdout, "another key each time")
        everything = wharf("redact", "--identifiers", "--envelope", path).stdout
        for gone in ("PO-4711", "614141000012", "ACME", "SUPPLYCO"):
            self.assertNotIn(gone, everything)

    def test_a_key_file_gives_the_same_again(self) -> None:
        path, key = str(self.file("po.x12", GOOD)), self.folder / "key"
        first = wharf("redact", path, "--key-file", str(key)).stdout
        self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
        self.assertEqual(wharf("redact", path, "--key-file", str(key)).stdout, first)
        self.assertEqual(wharf("redact", path, "--key-file", str(self.file("short", "abc"))).returncode, 2)

    def test_several_into_a_folder(self) -> None:
        a, b, into = self.file("a.x12", GOOD), self.file("b.x12", TWO), self.folder / "out"
        self.assertEqual(wharf("redact", str(a), str(b)).returncode, 2)
        self.assertEqual(wharf("redact", str(a), str(b), "--into", str(into)).returncode, 0)
        name = (into / "a.x12").read_text().split("N1*ST*")[1].split("~")[0]
        self.assertEqual((into / "b.x12").read_text().count(name), 2, "the same name is the same in all files")
        self.assertEqual(wharf("redact", str(a), "--into", str(into)).returncode, 2)
        self.assertEqual(wharf("redact", str(a), "--into", str(self.folder)).returncode, 2, "never over the original")
        self.assertEqual(a.read_text(), GOOD)
        self.assertEqual(wharf("redact", "-", stdin="hello").returncode, 1)


if __name__ == "__main__":
    unittest.main()
