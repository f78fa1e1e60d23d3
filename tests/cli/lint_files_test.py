#!/usr/bin/env python3
"""`wharf lint` over many files, its settings, and what the world does to files; SEF imports; completion and the manual page.

    lint_files_test.py WHARF [unittest options]
"""

import json
import os
import pathlib
import pty
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

WHARF = str(pathlib.Path(sys.argv.pop(1)).resolve())
ROOT = pathlib.Path(__file__).resolve().parents[2]

ISA = "ISA*00*          *00*          *ZZ*ACME           *ZZ*SUPPLYCO       *250602*1403*U*00401*000000901*0*P*>~"
GS = "GS*PO*ACME*SUPPLYCO*20250602*1403*1*X*004010~"
ORDER = "ST*850*0001~BEG*00*SA*PO-4711**20250602~PO1*1*24*EA*12.50**UP*614141000012~CTT*1~SE*5*0001~"
END = "GE*1*1~IEA*1*000000901~"
GOOD = ISA + GS + ORDER + END
BAD = GOOD.replace("*24*EA", "*2X*EA")


class Files(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name: str, text: str | bytes = GOOD) -> pathlib.Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def lint(self, *arguments: str, stdin: str | bytes = "", **more) -> subprocess.CompletedProcess:
        done = subprocess.run([WHARF, "lint", *arguments], input=stdin.encode() if isinstance(stdin, str) else stdin,
                              capture_output=True, timeout=120, check=False, cwd=self.folder, **more)
        done.stdout, done.stderr = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        return done

    def checked(self, *arguments: str) -> list[str]:
        """The files that were linted, each of which has a finding."""
        result = self.lint(*arguments, "--format", "json")
        found = json.loads(result.stdout)
        places = [one["file"] for one in (found if isinstance(found, list) else found["diagnostics"])]
        return list(dict.fromkeys(places))


class Folders(Files):
    def test_what_counts_in_a_folder(self) -> None:
        self.file("in/b.edi", BAD)
        self.file("in/a/order", BAD)
        self.file("in/a/blank", "\r\n  " + BAD)
        self.file("in/a/notes.txt", "Dear supplier")
        self.file("in/a/empty.x12", "")
        self.file("in/.hidden/x.edi", BAD)
        self.file("in/.x.edi", BAD)
        self.assertEqual(self.checked("in"), ["in/a/blank", "in/a/empty.x12", "in/a/order", "in/b.edi"])
        self.assertEqual(self.checked("in/"), ["in/a/blank", "in/a/empty.x12", "in/a/order", "in/b.edi"])
        self.assertEqual(self.checked("."), ["in/a/blank", "in/a/empty.x12", "in/a/order", "in/b.edi"])

    def test_the_order_and_the_findings_are_the_same_for_any_number_of_jobs(self) -> None:
        for i in range(40):
            self.file(f"in/{i:02}.edi", BAD.replace("4711", str(i)) if i % 3 else "not X12")
        one = self.lint("in")
        for jobs in ("2", "5", "0"):
            many = self.lint("in", "--jobs", jobs)
            self.assertEqual((many.returncode, many.stdout, many.stderr), (one.returncode, one.stdout, one.stderr))

    def test_a_file_is_linted_once_however_it_is_named(self) -> None:
        path = self.file("in/a.edi", BAD)
        (self.folder / "link.edi").symlink_to(path)
        result = self.lint("in/a.edi", "./in/a.edi", str(path), "in", "link.edi", "in/*.edi")
        self.assertIn("1 file, 1 interchange", result.stdout)

    def test_patterns(self) -> None:
        for name in ("in/a.edi", "in/x/b.edi", "in/x/y/c.edi", "in/x/d.txt", "out/e.edi"):
            self.file(name, BAD)
        self.assertEqual(self.checked("in/**/*.edi"), ["in/a.edi", "in/x/b.edi", "in/x/y/c.edi"])
        self.assertEqual(self.checked("in/x/*"), ["in/x/b.edi", "in/x/d.txt"])
        self.assertEqual(self.checked("*/[a-e].edi"), ["in/a.edi", "out/e.edi"])
        nothing = self.lint("in/*.x12")
        self.assertEqual((nothing.returncode, nothing.stderr), (2, "wharf: in/*.x12: no file fits this pattern\n"))

    def test_a_folder_without_x12_is_no_clean_check(self) -> None:
        self.file("in/notes.txt", "Dear supplier")
        result = self.lint("in")
        self.assertEqual(result.returncode, 2)
        self.assertTrue(result.stderr.startswith("wharf: in: no X12 file in this folder;"), result.stderr)

    def test_exclude(self) -> None:
        for name in ("a.edi", "b.bak.edi", "archive/c.edi", "x/archive/d.edi", "x/old/e.edi", "old/f.edi"):
            self.file(f"in/{name}", BAD)
        self.assertEqual(self.checked("in", "--exclude", "*.bak.edi", "--exclude", "archive/"), ["in/a.edi", "in/old/f.edi", "in/x/old/e.edi"])
        self.assertEqual(self.checked("in", "--exclude", "in/old", "--exclude", "*", "--exclude", "!a.edi", "--exclude", "!in"), ["in/a.edi"])
        self.assertEqual(self.checked("in/a.edi", "--exclude", "a.edi"), ["in/a.edi"])
        self.assertEqual(self.lint("in/a.edi", "--exclude", "a.edi", "--force-exclude").returncode, 0)

    def test_standard_input_has_a_name(self) -> None:
        result = self.lint("-", "--stdin-name", "in/po.edi", stdin=BAD)
        self.assertIn("--> in/po.edi:", result.stdout)
        self.assertEqual(result.returncode, 1)


class Settings(Files):
    def test_the_nearest_file_above_holds(self) -> None:
        self.file(".wharf.yaml", "treat: [X12-0305=ignore, X12-0302=ignore]\n")
        self.file("a.edi", BAD)
        self.file("in/b.edi", BAD)
        self.file("in/.wharf.yaml", "strict: yes\n")
        code = json.loads(self.lint("a.edi", "--no-settings", "--format", "json").stdout)
        code = (code if isinstance(code, list) else code["diagnostics"])[0]["code"]
        self.file(".wharf.yaml", f"treat: [{code}=ignore]\n")
        self.assertEqual(self.lint("a.edi").returncode, 0)
        self.assertEqual(self.lint("in/b.edi").returncode, 1)
        self.assertEqual(self.lint("a.edi", "--no-settings").returncode, 1)
        self.assertEqual(self.lint("in/b.edi", "--settings", ".wharf.yaml").returncode, 0)
        self.assertEqual(self.lint("a.edi", "--treat", f"{code}=enforce").returncode, 1)
        self.assertEqual(self.lint("-", "--stdin-name", "x.edi", stdin=BAD).returncode, 0)

    def test_overrides_guides_and_show_settings(self) -> None:
        self.file("guides/strict.guide", 'guide strict "Strict"\nnarrows 850 of 004010\nheading\n  BEG  M 1\n    BEG01  M  codes 05\n')
        self.file(".wharf.yaml", "max_findings: 7\noverrides:\n  - files: [in/]\n    guides: [guides/strict.guide]\n    treat: [X12-0401=tolerate]\n")
        self.file("a.edi")
        self.file("in/b.edi")
        self.assertEqual(self.lint("a.edi").returncode, 0)
        self.assertEqual(self.lint("in/b.edi").returncode, 1)
        self.assertEqual(self.lint("in/b.edi", "--release", "004010").returncode, 1)
        shown = self.lint("--show-settings", "in/b.edi", "--release", "004010")
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        values = {line.split()[0]: line.split()[1:] for line in shown.stdout.splitlines()[1:]}
        config = self.folder / ".wharf.yaml"
        self.assertEqual(values["release"], ["004010", "--release"])
        self.assertEqual(values["max_findings"], ["7", f"{config}:1"])
        self.assertEqual(values["guides"], [str(self.folder / "guides/strict.guide"), f"{config}:4", "(override)"])
        self.assertEqual(values["strict"], ["no", "default"])

    def test_excludes_and_includes_of_the_file(self) -> None:
        self.file(".wharf.yaml", "exclude: [archive/, /in/skip.edi]\ninclude: [\"*.txt\"]\n")
        for name in ("in/a.edi", "in/skip.edi", "in/archive/b.edi", "in/c.txt", "in/x/skip.edi"):
            self.file(name, BAD)
        self.assertEqual(self.checked("in"), ["in/a.edi", "in/c.txt", "in/x/skip.edi"])

    def test_mistakes_have_a_line_and_the_nearest_name(self) -> None:
        for text, message, place in (
                ("relase: 004010\n", "has no setting 'relase'", "did you mean 'release'?"),
                ("treat: [X12-9999=ignore]\n", "X12-9999", ".wharf.yaml:1:9"),
                ("max_findings: many\n", "max_findings is 'many'", ".wharf.yaml:1:15"),
                ("- a\n", "settings were expected", ".wharf.yaml:1:1"),
                ("a: [\n", "", ".wharf.yaml:"),
                ("overrides:\n  - release: '004010'\n", "an override needs 'files'", ".wharf.yaml:2:5")):
            with self.subTest(text=text):
                self.file(".wharf.yaml", text)
                self.file("a.edi")
                result = self.lint("a.edi")
                self.assertEqual(result.returncode, 2)
                self.assertIn(message, result.stderr)
                self.assertIn(place, result.stderr)

    def test_a_faulty_file_stops_only_what_stands_below_it(self) -> None:
        self.file("a.edi", BAD)
        self.file("in/b.edi", BAD)
        self.file("in/.wharf.yaml", "relase: 004010\n")
        result = self.lint("a.edi", "in")
        self.assertEqual(result.returncode, 2)
        self.assertIn("a.edi:", result.stdout)
        self.assertNotIn("b.edi", result.stdout)


class Guides(Files):
    GUIDE = 'guide {0} "Demo"\nnarrows {1} of 004010\nheading\n'

    def test_guides_without_effect_are_told(self) -> None:
        self.file("a.edi")
        self.file("one.guide", self.GUIDE.format("one", 850))
        self.file("two.guide", self.GUIDE.format("two", 850))
        self.file("notice.guide", self.GUIDE.format("notice", 856))
        result = self.lint("a.edi", "--guide", "one.guide", "--guide", "two.guide", "--guide", "notice.guide")
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stderr, "wharf: note: guide notice is for 856 with GS08 004010: no set that was checked is one of those\n"
                                        "wharf: note: guides one and two are both for 850 of 004010; the first given counts, one\n")
        self.assertEqual(self.lint("a.edi", "--guide", "one.guide").stderr, "")


class BadInput(Files):
    def test_binary_files_are_findings(self) -> None:
        for name, content in (("zero.edi", bytes(4096)), ("noise.edi", bytes(range(256)) * 64), ("png.edi", b"\x89PNG\r\n\x1a\n" + bytes(99)), ("mixed.edi", ISA.encode() + b"\xff\xfe\x00G\x00S" + "é".encode("utf-16"))):
            with self.subTest(name=name):
                self.file(name, content)
                result = self.lint(name)
                self.assertEqual((result.returncode, result.stderr), (1, ""))
                self.assertIn("error[X12-", result.stdout)

    def test_mixed_encodings(self) -> None:
        self.file("latin.edi", GOOD.encode().replace(b"PO-4711", b"PO-\xe9\xe8") + GOOD.encode().replace(b"PO-4711", "PO-é".encode()))
        result = self.lint("latin.edi")
        self.assertIn(result.returncode, (0, 1))
        self.assertNotIn("�", result.stdout)

    def as_nobody(self) -> list[str]:
        if os.geteuid() != 0:
            return []
        if not shutil.which("setpriv"):
            self.skipTest("root may read everything, and there is no setpriv")
        os.chmod(self.folder, 0o755)
        return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

    def test_rights(self) -> None:
        self.file("in/a.edi", BAD)
        locked = self.file("in/locked/b.edi", BAD).parent
        secret = self.file("in/secret.edi", BAD)
        os.chmod(locked, 0)
        os.chmod(secret, 0)
        program = shutil.copy(WHARF, self.folder / "program")
        os.chmod(program, 0o755)
        result = subprocess.run([*self.as_nobody(), program, "lint", "in"], capture_output=True, text=True, timeout=60, check=False, cwd=self.folder)
        os.chmod(locked, 0o755)
        self.assertEqual(result.returncode, 2)
        self.assertIn("wharf: cannot read the folder in/locked: Permission denied\n", result.stderr)
        self.assertIn("in/secret.edi: ", result.stderr)
        self.assertIn("in/a.edi:", result.stdout)

    def test_links_that_loop_or_lead_nowhere(self) -> None:
        self.file("in/a.edi", BAD)
        (self.folder / "in/round.edi").symlink_to("round.edi")
        (self.folder / "in/gone.edi").symlink_to("nowhere")
        (self.folder / "in/up").symlink_to("..")
        result = self.lint("in")
        self.assertEqual(result.returncode, 2)
        self.assertIn("wharf: cannot read in/round.edi: ", result.stderr)
        self.assertIn("wharf: cannot read in/gone.edi: ", result.stderr)
        self.assertIn("1 file, 1 interchange", result.stdout)
        named = self.lint("in/round.edi", "in/gone.edi", "in/a.edi", "missing.edi")
        self.assertEqual((named.returncode, len(named.stderr.splitlines())), (2, 3))
        self.assertIn("1 file, 1 interchange", named.stdout)

    def test_a_file_that_grows_or_vanishes(self) -> None:
        growing = self.file("grow.edi", GOOD)
        stop = threading.Event()

        def grow() -> None:
            with growing.open("a") as out:
                while not stop.is_set() and out.tell() < 50_000_000:
                    out.write(GOOD)

        writer = threading.Thread(target=grow)
        writer.start()
        try:
            result = self.lint("grow.edi")
        finally:
            stop.set()
            writer.join()
        self.assertIn(result.returncode, (0, 1))
        for i in range(200):
            self.file(f"in/{i:03}.edi", BAD)
        running = subprocess.Popen([WHARF, "lint", "in", "--max-findings", "1"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        shutil.rmtree(self.folder / "in")
        out, trouble = running.communicate(timeout=60)
        self.assertIn(running.returncode, (1, 2))
        self.assertNotIn(b"internal fault", trouble)

    def test_a_million_findings(self) -> None:
        line = "PO1*1*2X*EA*12.50**UP*614141000012~"
        self.file("many.edi", ISA + GS + "ST*850*0001~BEG*00*SA*1**20250602~" + line * 1_000_000 + "SE*1000003*0001~" + END)
        result = self.lint("many.edi")
        self.assertEqual(result.returncode, 1)
        self.assertLess(len(result.stdout), 2_000_000)
        self.assertIn("not shown", result.stdout)

    def test_a_closed_pipe_is_no_trouble(self) -> None:
        for i in range(50):
            self.file(f"in/{i}.edi", BAD * 20)
        result = subprocess.run(["bash", "-c", f"set -o pipefail; '{WHARF}' lint in | head -1; echo ${{PIPESTATUS[0]}}"], capture_output=True, text=True, timeout=60, check=False, cwd=self.folder)
        self.assertEqual(result.stderr, "")
        self.assertIn(result.stdout.splitlines()[-1], ("1", "141"))

    def test_forty_columns(self) -> None:
        self.file("a.edi", BAD)
        master, slave = pty.openpty()
        import fcntl
        import struct
        import termios
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
        running = subprocess.Popen([WHARF, "lint", "a.edi", "--colour", "never"], cwd=self.folder, stdout=slave, stderr=slave, stdin=slave)
        os.close(slave)
        text = b""
        try:
            while chunk := os.read(master, 65536):
                text += chunk
        except OSError:
            pass
        self.assertEqual(running.wait(timeout=60), 1)
        excerpt = [line for line in text.decode().splitlines() if " | " in line]
        self.assertTrue(excerpt)
        self.assertTrue(all(len(line) <= 48 for line in excerpt), excerpt)

    def test_without_home_and_on_a_read_only_disk(self) -> None:
        self.file("a.edi")
        bare = {"PATH": "/usr/bin:/bin"}
        self.assertEqual(self.lint("a.edi", env=bare).returncode, 0)
        self.assertEqual(self.lint("a.edi", "--jobs", "2", env=bare | {"HOME": "/nonexistent", "TMPDIR": "/proc"}).returncode, 0)
        os.chmod(self.folder, 0o555)
        try:
            self.assertEqual(self.lint("a.edi").returncode, 0)
        finally:
            os.chmod(self.folder, 0o755)

    def test_a_full_disk_is_told(self) -> None:
        self.file("a.edi", BAD)
        with open("/dev/full", "w") as full:
            result = subprocess.run([WHARF, "lint", "a.edi"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False, cwd=self.folder)
        self.assertEqual((result.returncode, result.stderr), (2, "wharf: cannot write to standard output: No space left on device\n"))


class SefImport(Files):
    SOURCE = ROOT / "tests/golden/sef/cove-850.sef"

    def guide(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([WHARF, "guide", *arguments], capture_output=True, text=True, timeout=60, check=False, cwd=self.folder)

    def test_to_a_file_and_then_lint(self) -> None:
        result = self.guide("import", str(self.SOURCE), "-o", "cove-850.guide")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertTrue(result.stdout.endswith("guide cove-850 for 850 of 004010: 4 warnings, 3 notes\n"), result.stdout)
        self.assertEqual(self.guide("check", "cove-850.guide").returncode, 0)
        self.file("a.edi")
        found = self.lint("a.edi", "--guide", "cove-850.guide")
        self.assertEqual(found.returncode, 1)
        self.assertIn("guide cove-850", found.stdout)

    def test_to_standard_output(self) -> None:
        result = self.guide("import", str(self.SOURCE))
        self.assertEqual(result.returncode, 0)
        self.assertTrue(result.stdout.startswith("# Imported from "))
        self.assertIn("warning[SEF-0011]", result.stderr)
        self.assertEqual(self.guide("import", str(self.SOURCE), "--strict").returncode, 1)

    def test_what_cannot_be_done(self) -> None:
        self.file("orders.sef", ".INI\nORDERS,,D 96A,UN,D96A,Orders\n.SETS\nORDERS=[UNH,M]\n")
        refused = self.guide("import", "orders.sef")
        self.assertEqual((refused.returncode, refused.stdout), (1, ""))
        self.assertIn("no guide was made: 1 error\n", refused.stderr)
        self.assertEqual(self.guide("import", "missing.sef").returncode, 2)
        self.assertEqual(self.guide("import", str(self.SOURCE), "-o", "Cove.guide").returncode, 2)
        self.assertEqual(self.guide("import", str(self.SOURCE), "-o", "cove.txt").returncode, 2)
        self.assertEqual(self.guide("import", str(self.SOURCE), "-o", "missing/cove.guide").returncode, 2)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["orders.sef"])


class Shells(Files):
    def bash(self, *words: str) -> list[str]:
        """What bash offers for these words, the last being completed."""
        quoted = " ".join(f"'{word}'" for word in words)
        script = f"source <('{WHARF}' completion bash)\nCOMP_WORDS=({quoted})\nCOMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n_wharf\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
        result = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, timeout=60, check=False, cwd=self.folder)
        self.assertEqual(result.stderr, "")
        return sorted(filter(None, result.stdout.splitlines()))

    def test_bash(self) -> None:
        self.file("order.edi")
        self.file("in/x.edi")
        self.assertEqual(self.bash("wharf", "li"), ["lint"])
        self.assertEqual(self.bash("wharf", "guide", ""), ["check", "import", "show"])
        self.assertEqual(self.bash("wharf", "guide", "check", "--form"), ["--format"])
        self.assertEqual(self.bash("wharf", "lint", "--format", "j"), ["json", "junit"])
        self.assertEqual(self.bash("wharf", "lint", "--format", "=", "sa"), ["sarif"])
        self.assertEqual(self.bash("wharf", "lint", "o"), ["order.edi"])
        self.assertEqual(self.bash("wharf", "lint", "--strict", "--guide", "or"), ["order.edi"])
        self.assertEqual(self.bash("wharf", "lint", "--config", ""), ["in"])
        self.assertEqual(self.bash("wharf", "lint", "--jobs", ""), [])
        self.assertEqual(self.bash("wharf", "completion", "b"), ["bash"])
        self.assertIn("--exclude", self.bash("wharf", "lint", "--"))
        self.assertNotIn("--exclude", self.bash("wharf", "ack", "--"))

    def test_bash_through_readline(self) -> None:
        self.file("order.edi")
        master, slave = pty.openpty()
        running = subprocess.Popen(["bash", "--norc", "-i"], cwd=self.folder, stdin=slave, stdout=slave, stderr=slave, env=os.environ | {"TERM": "dumb", "PS1": "$ "}, start_new_session=True)
        os.close(slave)
        os.write(master, f"source <('{WHARF}' completion bash); wharf() {{ echo \"got:$*\"; }}\n".encode())
        os.write(master, b"wharf expl\tBEG --rel\t004010\nexit\n")
        text = b""
        try:
            while chunk := os.read(master, 65536):
                text += chunk
        except OSError:
            pass
        running.wait(timeout=60)
        self.assertIn("got:explain BEG --release 004010", text.decode())

    def test_zsh(self) -> None:
        script = subprocess.run([WHARF, "completion", "zsh"], capture_output=True, text=True, timeout=60, check=True).stdout
        self.assertTrue(script.startswith("#compdef wharf\n"))
        if not shutil.which("zsh"):
            self.skipTest("zsh is not here")
        self.file("_wharf", script)
        self.file("order.edi")
        self.assertEqual(subprocess.run(["zsh", "-n", "_wharf"], cwd=self.folder, capture_output=True, text=True, timeout=60, check=False).stderr, "")
        drive = ("zmodload zsh/zpty; zpty z zsh -f -i; zpty -w z 'PS1=; autoload -Uz compinit; compinit -u -D; source ./_wharf; zstyle \":completion:*\" verbose no; LISTMAX=0'; sleep 2;"
                 "zpty -w -n z $'wharf gui\\t im\\t ord\\t\\C-a\\C-kecho end\\n'; sleep 2; zpty -r z got '*end*end*'; print -r -- $got")
        shown = subprocess.run(["zsh", "-f", "-c", drive], cwd=self.folder, capture_output=True, text=True, timeout=60, check=False).stdout
        self.assertIn("guide", shown)
        self.assertIn("import", shown)
        self.assertIn("order.edi", shown)

    def test_the_manual_page_is_fresh_and_correct(self) -> None:
        made = subprocess.run([WHARF, "man"], capture_output=True, text=True, timeout=60, check=True).stdout
        if os.environ.get("WHARF_UPDATE"):
            (ROOT / "man").mkdir(exist_ok=True)
            (ROOT / "man/wharf.1").write_text(made)
        self.assertEqual((ROOT / "man/wharf.1").read_text(), made, "man/wharf.1 is out of date: run with WHARF_UPDATE=1")
        self.assertIn(".SS \"wharf lint FILE...\"", made)
        for tool in (["mandoc", "-Tlint", "-Wwarning"], ["groff", "-man", "-ww", "-Tascii", "-z"]):
            if shutil.which(tool[0]):
                checked = subprocess.run([*tool, str(ROOT / "man/wharf.1")], capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual((checked.stdout if tool[0] == "mandoc" else "") + checked.stderr, "", tool[0])

    def test_the_hooks_call_what_there_is(self) -> None:
        import yaml
        hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
        self.assertEqual([hook["id"] for hook in hooks], ["wharf-lint", "wharf-guide"])
        self.file("a.edi", BAD)
        self.file("b.guide", 'guide b "B"\nnarrows 850 of 004010\nheading\n')
        for hook, name, code in ((hooks[0], "a.edi", 1), (hooks[1], "b.guide", 0)):
            words = hook["entry"].split()
            done = subprocess.run([WHARF, *words[1:], name], capture_output=True, timeout=60, check=False, cwd=self.folder)
            self.assertEqual(done.returncode, code)


if __name__ == "__main__":
    unittest.main()
