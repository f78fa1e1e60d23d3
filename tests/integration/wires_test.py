"""FTPS and HTTPS end to end: an order comes in from a partner's FTPS server, its 997 goes out by PUT to his HTTPS server; an order in by HTTPS, the 997
out by FTPS."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import harness

BODY = ["BEG*00*SA*4711**20250602", "N1*ST*STORE*92*0107", "PO1*1*12*EA*5.25**UP*012345678905", "CTT*1"]

VSFTPD = """\
listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
run_as_launching_user=YES
seccomp_sandbox=NO
anonymous_enable=YES
anon_root={root}
write_enable=YES
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_world_readable_only=NO
anon_umask=022
force_dot_files=YES
ssl_enable=YES
allow_anon_ssl=YES
force_anon_logins_ssl=YES
force_anon_data_ssl=YES
require_ssl_reuse=YES
ssl_ciphers=HIGH
rsa_cert_file={certificate}
rsa_private_key_file={key}
"""


class Partner:
    """A partner's FTPS server over `ftp`, and his HTTPS server over `web`, with one certificate."""

    def __init__(self, test):
        folder = tempfile.TemporaryDirectory(prefix="wharf-partner-")
        test.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.ftp, self.web = self.folder / "ftp", self.folder / "web"
        for one in (self.ftp / "in", self.ftp / "out", self.web / "in", self.web / "out"):
            one.mkdir(parents=True)
        self.certificate, self.key = self.folder / "server.pem", self.folder / "server.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.key, "-out", self.certificate],
                       check=True, capture_output=True)
        self.ftp_port = harness.free_port()
        (self.folder / "vsftpd.conf").write_text(VSFTPD.format(port=self.ftp_port, root=self.ftp, certificate=self.certificate, key=self.key))
        self.start(test, ["/usr/sbin/vsftpd", str(self.folder / "vsftpd.conf")])
        harness.wait_for(self.answers, 20, "vsftpd")
        web = self.start(test, [sys.executable, str(harness.ROOT / "tests/support/https_files.py"), str(self.web), str(self.certificate), str(self.key),
                                "--token", "let-me-in"], stdout=subprocess.PIPE)
        self.web_port = int(web.stdout.readline())

    @staticmethod
    def start(test, command, **more):
        try:
            process = subprocess.Popen(command, **more)
        except FileNotFoundError:
            raise unittest.SkipTest(f"{command[0]} is not installed") from None

        def end():
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()
        test.addCleanup(end)
        return process

    def answers(self):
        import socket
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.ftp_port)) == 0

    def requests(self, method):
        lines = (self.web / "requests").read_text().splitlines()
        return [one for one in map(json.loads, lines) if one["method"] == method]


class Wires(unittest.TestCase):
    def setUp(self):
        self.partner = Partner(self)
        self.site = harness.Site()
        self.addCleanup(self.site.close)
        os.environ["PARTNER_PASSWORD"], os.environ["PARTNER_TOKEN"] = "anything", "let-me-in"

    def channel(self, name, text):
        partner = self.partner
        (self.site.folder / "channels" / f"{name}.yaml").write_text(
            text.format(ftp_port=partner.ftp_port, web=f"https://localhost:{partner.web_port}", certificate=partner.certificate))

    def ftps(self, name, pickup, senders):
        self.channel(name, "transport: ftps\n"
                           "ftps: {{host: localhost, port: {ftp_port}, user: anonymous, password: \"${{env:PARTNER_PASSWORD}}\", tls: {{authorities: {certificate}}}}}\n"
                           f"pickup: {pickup}\nsenders: [{senders}]\n")

    def https(self, name, pickup, senders):
        self.channel(name, "transport: https\n"
                           "https: {{listing: index, bearer_token: \"${{env:PARTNER_TOKEN}}\", idempotency_header: Idempotency-Key, tls: {{authorities: {certificate}}}}}\n"
                           f"pickup: {pickup}\nsenders: [{senders}]\n")

    def order(self):
        return harness.interchange(901, [harness.group("PO", 901, [harness.transaction_set("850", "0001", BODY)])])

    def check_order(self, answer):
        document, = self.site.receiver.documents()
        self.assertEqual((document["number"], document["lines"][0]["quantity"]), ("4711", "12"))
        self.assertEqual(harness.body_of(answer)[-1], "AK9*A*1*1*1")

    def test_in_by_ftps_out_by_https(self):
        self.ftps("acme-in", "{{inbox: in, archive: in/taken}}", "acme")
        self.https("van", "{{outbox: \"{web}/out/{{name}}\"}}", "")
        (self.partner.ftp / "in" / "order.edi").write_text(self.order())
        (self.partner.ftp / "in" / "half.edi.part").write_text("ISA")
        self.site.poll(0)
        sent, = (self.partner.web / "out").iterdir()
        self.check_order(sent.read_text())
        put, = self.partner.requests("PUT")
        self.assertEqual(put["fields"]["if-none-match"], "*")
        self.assertEqual(len(put["fields"]["idempotency-key"]), 64)
        self.assertEqual(sorted(one.name for one in (self.partner.ftp / "in").iterdir()), ["half.edi.part", "taken"])
        self.assertEqual((self.partner.ftp / "in/taken/order.edi").read_text(), self.order())
        self.site.poll(0)
        self.assertEqual(len(self.site.receiver.documents()), 1, "taken once")

    def test_in_by_https_out_by_ftps(self):
        self.https("acme-in", "{{inbox: \"{web}/in/\"}}", "acme")
        self.ftps("van", "{{outbox: out}}", "")
        (self.partner.web / "in" / "order.edi").write_text(self.order())
        self.site.poll(0)
        sent, = (self.partner.ftp / "out").iterdir()
        self.check_order(sent.read_text())
        self.assertEqual(len(self.partner.requests("DELETE")), 1)
        self.assertEqual(list((self.partner.web / "in").iterdir()), [])

    def test_one_file_behind_a_url_that_stays(self):
        self.channel("acme-in", "transport: https\nhttps: {{bearer_token: \"${{env:PARTNER_TOKEN}}\", tls: {{authorities: {certificate}}}}}\n"
                                "pickup: {{inbox: \"{web}/in/today.edi\", leave: yes}}\nsenders: [acme]\n")
        file = self.partner.web / "in" / "today.edi"
        file.write_text(self.order())
        for _ in range(3):
            self.site.poll(0)
        self.assertEqual(len(self.site.receiver.documents()), 1)
        self.assertTrue(file.exists())
        self.assertEqual(len(self.site.sent()), 1, "one 997")

    def test_the_log_names_engine_and_server_and_a_wrong_certificate_is_told(self):
        self.ftps("acme-in", "{{inbox: in}}", "acme")
        (self.partner.ftp / "in" / "order.edi").write_text(self.order())
        log = self.site.poll(0).stderr.decode()
        self.assertRegex(log, r"connected .*engine=libcurl/.*listing=LIST")
        text = (self.site.folder / "channels/acme-in.yaml").read_text()
        (self.site.folder / "channels/acme-in.yaml").write_text(text.replace(f", tls: {{authorities: {self.partner.certificate}}}", ""))
        done = self.site.run("poll", "--once")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("certificate", done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
