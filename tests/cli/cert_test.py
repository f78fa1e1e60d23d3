#!/usr/bin/env python3
"""`wharf cert`: what it makes, takes in and says, held against the openssl command; and the commands of docs/as2-setup.md.

    cert_test.py WHARF [unittest options]
"""

import datetime
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

WHARF = str(pathlib.Path(sys.argv.pop(1)).resolve())
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/docs"))

GATEWAY = "identities: [{name: us, qualifier: ZZ, id: US}]\n"
OWN = "as2:\n  port: 4080\n  # ours\n  own_certificates:\n    - {file: keys/us.pem, private_key: keys/us.key}\n"
CHANNEL = """# Acme
transport: as2
as2:
  own_name: US
  partner_name: ACME
  url: https://as2.acme.example/as2
  partner_certificates:
    # the first one
    - file: keys/acme.pem
senders: []
"""


def run(*command: str, **more) -> subprocess.CompletedProcess:
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **more)


def openssl(*arguments: str, cwd: pathlib.Path) -> str:
    done = run("openssl", *arguments, cwd=cwd)
    if done.returncode != 0:
        raise AssertionError(f"openssl {arguments}: {done.stderr}")
    return done.stdout


class Cert(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for name in ("keys", "channels", "partners"):
            (self.folder / name).mkdir()
        (self.folder / "wharf.yaml").write_text(GATEWAY + OWN)
        (self.folder / "channels/acme.yaml").write_text(CHANNEL)
        self.make("us", "keys")
        self.make("acme", "keys")
        (self.folder / "keys/acme.key").unlink()

    def make(self, name: str, where: str = ".", days: int = 900) -> None:
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{where}/{name}.key", "-out", f"{where}/{name}.pem", "-days", str(days),
                "-subj", f"/CN={name}", cwd=self.folder)
        (self.folder / where / f"{name}.key").chmod(0o600)

    def wharf(self, *arguments: str, **more) -> subprocess.CompletedProcess:
        return run(WHARF, "cert", *arguments, cwd=self.folder, **more)

    def good(self, *arguments: str, **more) -> str:
        done = self.wharf(*arguments, **more)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return done.stdout

    def fingerprint(self, file: str) -> str:
        return openssl("x509", "-in", file, "-noout", "-fingerprint", "-sha256", cwd=self.folder).strip().split("=")[1]


class Request(Cert):
    def test_self_signed(self) -> None:
        text = self.good("request", "new", "--subject", "CN=WHARF,O=Example Inc,C=DE", "--email", "edi@us.example", "--host", "as2.us.example")
        self.assertIn(self.fingerprint("keys/new.pem"), text)
        self.assertEqual(stat.S_IMODE((self.folder / "keys/new.key").stat().st_mode), 0o600)
        shown = openssl("x509", "-in", "keys/new.pem", "-noout", "-text", cwd=self.folder)
        for wanted in ("Public-Key: (3072 bit)", "sha256WithRSAEncryption", "DNS:as2.us.example", "email:edi@us.example", "Digital Signature, Key Encipherment",
                       "CA:FALSE", "O = Example Inc"):
            self.assertIn(wanted, shown)
        openssl("verify", "-CAfile", "keys/new.pem", "keys/new.pem", cwd=self.folder)
        modulus = [openssl(*words, cwd=self.folder) for words in (("x509", "-in", "keys/new.pem", "-noout", "-modulus"), ("rsa", "-in", "keys/new.key", "-noout", "-modulus"))]
        self.assertEqual(*modulus)
        again = self.wharf("request", "new")
        self.assertEqual(again.returncode, 1)
        self.assertIn("exists already and is not written over", again.stderr)

    def test_for_an_authority_and_its_answer(self) -> None:
        self.make("ca")
        environment = {**os.environ, "NEW_PASS": "hunter2"}
        text = self.good("request", "new", "--csr", "--bits", "2048", "--passphrase-env", "NEW_PASS", env=environment)
        self.assertNotIn("hunter2", text)
        self.assertIn("ENCRYPTED", (self.folder / "keys/new.key").read_text())
        openssl("req", "-in", "keys/new.csr", "-verify", "-noout", cwd=self.folder)
        openssl("x509", "-req", "-in", "keys/new.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", "answer.pem", "-days", "400", cwd=self.folder)
        openssl("crl2pkcs7", "-nocrl", "-certfile", "ca.pem", "-certfile", "answer.pem", "-out", "answer.p7b", cwd=self.folder)
        wrong = self.wharf("import", "answer.p7b", "--key", "keys/new.key", "--passphrase-env", "NEW_PASS", env={**os.environ, "NEW_PASS": "hunter3"})
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("passphrase is wrong", wrong.stderr)
        self.assertNotIn("hunter3", wrong.stderr)
        text = self.good("import", "answer.p7b", "--key", "keys/new.key", "--passphrase-env", "NEW_PASS", env=environment)
        self.assertRegex(text, r"What is encrypted for it is read at once; we sign with it at once, in place of CN=us\b.*\.\nIt stands beside CN=us .* in .*keys/us\.pem, until ")
        entered = (self.folder / "wharf.yaml").read_text()
        self.assertTrue(entered.startswith(GATEWAY + OWN), entered)
        self.assertIn('private_key: keys/new.key, passphrase: "${env:NEW_PASS}"}', entered)
        self.assertIn("CN=new", self.good("list", env=environment))
        self.assertIn("unreadable", self.good("list"))  # without the variable

    def test_passphrase_from_a_file_and_none_from_a_prompt_without_a_terminal(self) -> None:
        (self.folder / "secret").write_text("hunter2\n")
        self.good("request", "new", "--bits", "2048", "--passphrase-file", "secret")
        openssl("rsa", "-in", "keys/new.key", "-passin", "pass:hunter2", "-noout", cwd=self.folder)
        asked = run("setsid", WHARF, "cert", "request", "other", "--passphrase-prompt", cwd=self.folder, stdin=subprocess.DEVNULL)
        self.assertEqual(asked.returncode, 1)
        self.assertIn("no terminal", asked.stderr)
        self.assertEqual(self.wharf("request", "other", "--passphrase", "hunter2").returncode, 2)


class Import(Cert):
    def test_every_form(self) -> None:
        self.make("next")
        openssl("x509", "-in", "next.pem", "-outform", "DER", "-out", "next.cer", cwd=self.folder)
        openssl("crl2pkcs7", "-nocrl", "-certfile", "next.pem", "-outform", "DER", "-out", "next.p7b", cwd=self.folder)
        for file in ("next.pem", "next.cer", "next.p7b"):
            text = self.good("import", file, "--channel", "acme", "--dry-run")
            self.assertIn(self.fingerprint("next.pem"), text)
        self.assertEqual((self.folder / "channels/acme.yaml").read_text(), CHANNEL)
        text = self.good("import", "next.cer", "--channel", "acme", "--from", "2026-02-01", "--use", "encryption")
        self.assertIn("on the telephone", text)
        self.assertRegex(text, r"(?m)^We encrypt for it (at once|from 2026-02-01 on), in place of CN=acme")
        self.assertNotIn("Signatures made with it", text)
        self.assertRegex(text, r"\nIt stands beside CN=acme .* in .*keys/acme.pem, until \d{4}-\d\d-\d\d\.\n")
        edited = (self.folder / "channels/acme.yaml").read_text()
        self.assertRegex(edited, r"\n    - file: keys/acme.pem\n    - \{file: keys/acme-[-0-9]+.pem, use: encryption, from: 2026-02-01\} # imported .*, SHA-256 [0-9a-f]{16}\nsenders")
        self.assertEqual(re.sub(r"\n    - \{.*", "", edited), CHANNEL)
        file = re.search(r"keys/acme-[-0-9]+.pem", edited)[0]
        self.assertEqual(self.fingerprint(file), self.fingerprint("next.pem"))
        self.assertIn("It is there already", self.good("import", "next.pem", "--channel", "acme"))

    def test_the_right_file_after_the_wrong_one(self) -> None:
        self.make("right")
        self.make("wrong")
        for name in ("wrong", "right"):
            before = {"wrong": "acme", "right": "wrong"}[name]
            text = self.good("import", f"{name}.pem", "--channel", "acme")
            self.assertRegex(text, rf"we encrypt for it at once, in place of CN={before}\b.*\.\n")
            self.assertEqual(text.count("It stands beside "), {"wrong": 1, "right": 2}[name])
        shown = re.findall(r"(?m)^acme +partner .*CN=(\w+)  .*  ((?:not used|encrypts).*)$", self.good("list"))
        self.assertEqual(shown, [("acme", "not used to encrypt"), ("wrong", "not used to encrypt"), ("right", "encrypts now")])
        self.assertRegex(self.good("import", "wrong.pem", "--channel", "acme"), r"It is there already: .*\nBut CN=right.* goes on being used; set `until` for it in ")

    def test_the_first_certificate_of_a_channel(self) -> None:
        bare = re.sub(r"  partner_certificates:\n.*\n.*\n", "", CHANNEL)
        (self.folder / "channels/acme.yaml").write_text(bare)
        self.assertIn("PARTNER-0006", run(WHARF, "partner", "check", cwd=self.folder).stdout)
        self.assertRegex(self.good("list"), r"(?m)^acme +partner +missing: there is no certificate of the partner's to encrypt for; `wharf cert import`")
        missing = self.wharf("check")
        self.assertEqual(missing.returncode, 1)
        self.assertIn("acme: missing: there is no certificate of the partner's", missing.stdout)
        before = sorted(self.folder.rglob("*"))
        shown = self.good("import", "keys/acme.pem", "--channel", "acme", "--dry-run")
        self.assertRegex(shown, r"nothing was changed; without --dry-run it is written to .*keys/acme-\d{4}-\d\d-\d\d.pem and entered in .*channels/acme.yaml")
        self.assertIn("we encrypt for it at once.\n", shown)
        self.assertEqual((sorted(self.folder.rglob("*")), (self.folder / "channels/acme.yaml").read_text()), (before, bare))
        ours = self.wharf("import", "keys/us.pem", "--channel", "acme")
        self.assertEqual(ours.returncode, 1)
        self.assertIn("is our own certificate", ours.stderr)
        self.assertIn("we encrypt for it at once.\n", self.good("import", "keys/acme.pem", "--channel", "acme"))
        self.assertRegex(self.good("list"), r"(?m)^acme +partner .*  encrypts now$")
        self.assertEqual(run(WHARF, "partner", "check", cwd=self.folder).returncode, 0)

    def test_refusals(self) -> None:
        self.make("next")
        for arguments, reason in ((("next.pem",), "--channel"), (("next.pem", "--channel", "acne"), "there are: acme"),
                                  (("next.key", "--channel", "acme"), "must never leave its owner"), (("wharf.yaml", "--channel", "acme"), "no X.509 certificate"),
                                  (("next.pem", "--channel", "acme", "--fingerprint", "AB:CD"), "the fingerprint is another one"),
                                  (("next.pem", "--channel", "acme", "--from", "tomorrow"), "'tomorrow': it is a day")):
            done = self.wharf("import", *arguments)
            self.assertEqual(done.returncode, 1, done)
            self.assertIn(reason, done.stderr)
        self.assertEqual((self.folder / "channels/acme.yaml").read_text(), CHANNEL)
        later = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)).strftime("%Y-%m-%d")
        self.assertRegex(self.good("import", "next.pem", "--channel", "acme", "--from", later, "--dry-run"),
                         rf"we encrypt for it from {later} on, in place of CN=acme\b.*\.\nIt stands beside CN=acme ")
        self.assertEqual(self.wharf("import", "nowhere.pem", "--channel", "acme").returncode, 2)

    def test_it_takes_the_place_of_the_one_used_on_its_day(self) -> None:
        days = [(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%d") for days in (30, 60)]
        for name, day, before in (("next", days[0], "acme"), ("after", days[1], "next")):
            self.make(name)
            self.assertRegex(self.good("import", f"{name}.pem", "--channel", "acme", "--from", day), rf"from {day} on, in place of CN={before}\b")


class Check(Cert):
    def test_check_and_list(self) -> None:
        self.assertEqual(self.good("check"), "all certificates are good for 30 days or more\n")
        soon = self.wharf("check", "--days", "1000")
        self.assertEqual(soon.returncode, 1)
        self.assertRegex(soon.stdout, r"(?m)^wharf.yaml: expires: our certificate CN=us .* ends on")
        self.assertRegex(soon.stdout, r"(?m)^acme: expires: the partner's certificate CN=acme .* ends on")
        kinds = [one["kind"] for one in json.loads(self.wharf("check", "--days", "1000", "--json").stdout)]
        self.assertEqual(kinds, ["expires", "expires"])
        (self.folder / "keys/us.key").chmod(0o644)
        self.assertIn("open-key: the key in", self.wharf("check").stdout)
        listed = json.loads(self.good("list", "--json"))
        self.assertEqual([(one["use"], one.get("channel"), one["signs_now"], one["encrypts_now"]) for one in listed],
                         [("own", None, True, False), ("partner", "acme", False, True)])
        self.assertEqual(listed[1]["sha256"], self.fingerprint("keys/acme.pem").replace(":", "").lower())
        self.assertEqual(listed[1]["serial"], openssl("x509", "-in", "keys/acme.pem", "-noout", "-serial", cwd=self.folder).strip().split("=")[1])
        (self.folder / "keys/acme.pem").unlink()
        self.assertIn("acme: unreadable: partner", self.wharf("check").stdout)
        checked = run(WHARF, "partner", "check", cwd=self.folder)
        self.assertIn("PARTNER-0038", checked.stdout)

    def test_expired_is_found_without_openssl_too(self) -> None:
        # A certificate of 2020, made by `openssl ca`, because `req` knows no past.
        self.make("authority")
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "old.key", "-out", "old.csr", "-subj", "/CN=old", cwd=self.folder)
        (self.folder / "index.txt").write_text("")
        (self.folder / "ca.cnf").write_text("[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nrand_serial=yes\n[p]\ncommonName=supplied\n")
        openssl("ca", "-batch", "-config", "ca.cnf", "-cert", "authority.pem", "-keyfile", "authority.key", "-in", "old.csr", "-out", "keys/acme.pem",
                "-startdate", "20200101000000Z", "-enddate", "20210101000000Z", cwd=self.folder)
        light = run(WHARF, "partner", "check", cwd=self.folder).stdout
        self.assertIn("PARTNER-0039", light)
        self.assertIn("ended on 2021-01-01", light)
        self.assertIn("acme: expired: the partner's certificate CN=old", self.wharf("check").stdout)


class Rollover(Cert):
    def test_rollover(self) -> None:
        text = self.good("rollover", "--bits", "2048")
        day = re.search(r"from (\d{4}-\d\d-\d\d) on", text)[1]
        self.assertIn("to the partner of: acme", text)
        edited = (self.folder / "wharf.yaml").read_text()
        self.assertTrue(edited.startswith(GATEWAY + OWN), edited)
        listed = json.loads(self.good("list", "--json"))
        self.assertEqual([(one["use"], one["signs_now"], one.get("from")) for one in listed[:2]], [("own", True, None), ("own", False, day)])
        self.assertEqual(listed[0]["subject"], listed[1]["subject"])
        again = self.wharf("rollover")
        self.assertEqual(again.returncode, 1)
        self.assertIn("follows already", again.stderr)
        self.assertEqual((self.folder / "wharf.yaml").read_text(), edited)
        self.good("rollover", "--again", "--bits", "2048")
        self.assertEqual(len(json.loads(self.good("list", "--json"))), 4)
        of_all = self.wharf("rollover", "--channel", "acme")
        self.assertEqual(of_all.returncode, 1)
        self.assertIn("Leave --channel out", of_all.stderr)
        self.assertEqual(self.wharf("rollover", "--channel", "nowhere").returncode, 1)
        (self.folder / "wharf.yaml").write_text(GATEWAY + OWN)
        self.assertIn("there would be none between", self.wharf("rollover", "--on", "2098-01-01").stderr)

    def test_rollover_today_is_not_repeated_either(self) -> None:
        today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
        self.good("rollover", "--on", today, "--bits", "2048")
        self.assertIn("followed a short while ago", self.wharf("rollover").stderr)

    def test_rollover_at_a_time_of_day(self) -> None:
        soon = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=20)).strftime("%Y-%m-%d")
        text = self.good("rollover", "--on", f"{soon} 06:00 America/New_York", "--bits", "2048")
        self.assertIn(f"at {soon} 06:00 America/New_York: we sign with the new one", text)
        self.assertIn(f'from: "{soon} 06:00 America/New_York"', (self.folder / "wharf.yaml").read_text())
        self.assertEqual(run(WHARF, "partner", "check", cwd=self.folder).returncode, 0)
        self.assertIn("Nowhere", self.wharf("rollover", "--again", "--on", f"{soon} 06:00 Nowhere").stderr)

    def test_what_partner_check_finds(self) -> None:
        channel = self.folder / "channels/acme.yaml"
        channel.write_text(CHANNEL.replace("keys/acme.pem", "keys/us.pem"))
        found = run(WHARF, "partner", "check", cwd=self.folder).stdout
        self.assertIn("PARTNER-0044", found)
        self.assertIn("is our own", found)
        channel.write_text(CHANNEL)
        (self.folder / "keys/us.key").unlink()
        found = run(WHARF, "partner", "check", cwd=self.folder).stdout
        self.assertIn("PARTNER-0038", found)
        self.assertIn("our key", found)
        self.make("other")
        shutil.copy(self.folder / "other.key", self.folder / "keys/us.key")
        checked = run(WHARF, "partner", "check", cwd=self.folder)
        self.assertEqual(checked.returncode, 1)
        self.assertRegex(checked.stdout, r"PARTNER-0046.*keys/us\.key does not belong to the certificate in .*keys/us\.pem")
        self.assertIn("does not belong to", self.wharf("check").stdout)  # OpenSSL says so, too
        (self.folder / "channels/files.yaml").write_text(
            "transport: ftps\nftps: {host: ftps.acme.example, user: x, password: \"${env:X}\", tls: {authorities: keys/none.pem}}\npickup: {inbox: in}\nsenders: []\n")
        self.assertIn("tls.authorities: ", run(WHARF, "partner", "check", cwd=self.folder).stdout)
        (self.folder / "channels/files.yaml").write_text(
            "transport: ftps\nftps: {host: \"ftps.acme.example:21\", user: x, password: \"${env:X}\"}\npickup: {inbox: in}\nsenders: []\n")
        self.assertIn("a port is the setting `port`", run(WHARF, "partner", "check", cwd=self.folder).stdout)
        (self.folder / "channels/files.yaml").write_text(
            "transport: https\nhttps: {}\npickup: {outbox: \"https://edi.acme.example/orders\"}\nsenders: []\n")
        self.assertIn("PARTNER-0043", run(WHARF, "partner", "check", cwd=self.folder).stdout)


class Documentation(Cert):
    """docs/as2-setup.md, its files and its commands, in order."""

    def test_the_page(self) -> None:
        sys.argv.insert(1, ".")  # readme_test takes its folder from there
        from readme_test import console_blocks, pattern  # noqa: PLC0415

        page = (ROOT / "docs/as2-setup.md").read_text()
        shutil.rmtree(self.folder / "keys")
        (self.folder / "channels/acme.yaml").unlink()
        blocks = re.findall(r"^```yaml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
        (self.folder / "wharf.yaml").write_text(GATEWAY + blocks[0])
        (self.folder / "channels/acme-as2.yaml").write_text(re.sub(r"senders: .*", "senders: []", blocks[1]))
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "a.key", "-out", "acme.cer", "-days", "900", "-subj", "/CN=ACME", "-outform", "DER", cwd=self.folder)
        environment = {**os.environ, "PATH": f"{pathlib.Path(WHARF).parent}:{os.environ['PATH']}", "FINGERPRINT": self.fingerprint("acme.cer")}
        commands = console_blocks("docs/as2-setup.md")
        self.assertGreater(len(commands), 5)
        for command, expected in commands:
            done = run("sh", "-c", command, cwd=self.folder, env=environment)
            self.assertEqual(done.returncode, 0, f"{command}: {done.stderr}")
            self.assertIsNotNone(pattern(expected).fullmatch(done.stdout), f"{command}\n{done.stdout}")
        checked = run(WHARF, "partner", "check", cwd=self.folder)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)


class Example(Cert):
    def test_the_example_channel(self) -> None:
        text = (ROOT / "channels/kessel-as2.yaml.example").read_text()
        (self.folder / "channels/acme.yaml").unlink()
        shutil.copy(self.folder / "keys/acme.pem", self.folder / "keys/kessel-2026.pem")
        for ending in ("pem", "key"):
            shutil.copy(self.folder / f"keys/us.{ending}", self.folder / f"keys/wharf-2026.{ending}")
        for shown in (text, re.sub(r"(?m)^( *)# ([a-z_0-9]+: )", r"\1\2", text)):  # and with all that is commented out
            (self.folder / "channels/kessel-as2.yaml").write_text(re.sub(r"senders: .*", "senders: []", shown))
            for name in re.findall(r"keys/kessel-[a-z-]+.pem", shown):
                shutil.copy(self.folder / "keys/acme.pem", self.folder / name)
            if "\n    client_certificates" in shown:
                (self.folder / "wharf.yaml").write_text(GATEWAY + OWN.replace("port: 4080", "tls_port: 4443\n  tls: {certificate: keys/us.pem, private_key: keys/us.key}"))
            checked = run(WHARF, "partner", "check", "--strict", cwd=self.folder, env={**os.environ, **{name: "x" for name in re.findall(r"\$\{env:(\w+)\}", shown)}})
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
            self.assertIn("0 partners, 1 channel", checked.stdout)


if __name__ == "__main__":
    unittest.main()
