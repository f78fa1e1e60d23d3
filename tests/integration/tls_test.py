"""The API over TLS: served with the certificate of wharf.yaml, which is changed while the gateway runs."""
import http.client
import os
import signal
import ssl
import subprocess
import unittest

import harness
from harness import purchase_order


class TlsSite(harness.Site):
    """`listen.tls` with a key that has a passphrase; the certificate is its own authority."""

    def __init__(self):
        super().__init__()
        self.certify()
        configuration = self.folder / "wharf.yaml"
        configuration.write_text(configuration.read_text().replace(
            "listen:\n", "listen:\n  tls: {certificate: keys/api.pem, private_key: keys/api.key, "
                         "passphrase: \"${env:API_PASSPHRASE}\"}\n"))

    def certify(self):
        keys = self.folder / "keys"
        keys.mkdir(exist_ok=True)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-days", "30",
                        "-subj", "/CN=api", "-addext", "subjectAltName=IP:127.0.0.1", "-passout", "pass:secret",
                        "-keyout", keys / "api.key", "-out", keys / "api.pem"], check=True, capture_output=True)
        self.trusted = ssl.create_default_context(cafile=keys / "api.pem")

    def connect(self):
        return http.client.HTTPSConnection("127.0.0.1", self.api_port, timeout=30, context=self.trusted)

    def serve(self, environment=None):
        return super().serve({"API_PASSPHRASE": "secret", **(environment or {})})


class Tls(unittest.TestCase):
    def setUp(self):
        self.site = TlsSite()
        self.addCleanup(self.site.close)

    def test_an_order_is_posted(self):
        self.site.serve()
        status, answer = self.site.post(purchase_order("PO-1"))
        self.assertEqual(status, 202, answer)
        self.site.wait_for_log(" tls=yes")
        plain = http.client.HTTPConnection("127.0.0.1", self.site.api_port, timeout=30)
        self.addCleanup(plain.close)
        with self.assertRaises((OSError, http.client.HTTPException)):
            plain.request("GET", "/v1/health")
            plain.getresponse()

    def test_a_renewed_certificate_is_taken_without_a_connection_lost(self):
        self.site.serve()
        kept = self.site.connect()
        self.addCleanup(kept.close)

        def health(connection):
            connection.request("GET", "/v1/health")
            answer = connection.getresponse()
            answer.read()
            return answer.status

        self.assertEqual(health(kept), 200)
        self.site.certify()
        with self.assertRaises(ssl.SSLCertVerificationError):
            health(self.site.connect())
        self.site.process.send_signal(signal.SIGHUP)
        self.site.wait_for_log("certificate_read")
        fresh = self.site.connect()
        self.addCleanup(fresh.close)
        self.assertEqual(health(fresh), 200)
        self.assertEqual(health(kept), 200)
        (self.site.folder / "keys" / "api.key").write_text("no key")
        self.site.process.send_signal(signal.SIGHUP)
        self.site.wait_for_log("certificate_refused")
        self.assertIn("api.key", self.site.log())
        other = self.site.connect()
        self.addCleanup(other.close)
        self.assertEqual(health(other), 200, "what served goes on serving")

    def test_a_certificate_that_cannot_serve_is_told(self):
        os.remove(self.site.folder / "keys" / "api.pem")
        done = self.site.run("serve", environment={"API_PASSPHRASE": "secret"})
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"listen.tls", done.stderr)
        self.assertIn(b"api.pem", done.stderr)
        done = self.site.run("serve", environment={})
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"API_PASSPHRASE", done.stderr)


if __name__ == "__main__":
    unittest.main()
