#!/usr/bin/env python3
"""AS2 against peers that are not ours, both directions: messages and receipts made and checked with the `openssl` command, over the
whole matrix of signing, encryption and compression; and with libas2 for node where NODE_PATH leads to it
(npm install libas2 pkijs@2.1.90).

    as2_peer_test.py [--quick] [--size MEGABYTES]

Our side is as2_probe, named by WHARF_AS2_PROBE: the state machines and the packing and unpacking around them, without HTTP.
CompressedData (RFC 3274) is beyond Debian's openssl, so the peer writes and reads it itself, with Python's zlib.
"""
import argparse
import base64
import email
import email.policy
import hashlib
import itertools
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROBE = os.environ.get("WHARF_AS2_PROBE", str(ROOT / "build" / "dev" / "as2_probe"))
QUICK = False
SIZE = 0

DIGESTS = ["sha1", "sha256", "sha384", "sha512"]
CIPHERS = {"3des": "-des3", "aes128-cbc": "-aes128", "aes192-cbc": "-aes192", "aes256-cbc": "-aes256",
           "aes128-gcm": "-aes-128-gcm", "aes192-gcm": "-aes-192-gcm", "aes256-gcm": "-aes-256-gcm"}
ORDER = b"ISA*00*          *00*          *ZZ*PEER           *ZZ*WHARF          *250602*1403*U*00401*000000001*0*P*>~\x01\xff\r\nIEA*0*000000001~\r\n"


def run(*arguments, data=None):
    made = subprocess.run([str(one) for one in arguments], input=data or b"", capture_output=True)
    if made.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, arguments))}: exit code {made.returncode}: {made.stderr.decode(errors='replace')}")
    return made.stdout


def openssl(*arguments, data=None):
    return run("openssl", *arguments, data=data)


def probe(command, **arguments):
    """The lines it prints, as a list of (word, rest)."""
    text = run(PROBE, command, *[f"{name}={value}" for name, value in arguments.items() if value is not None]).decode()
    return [tuple((line + " ").split(" ", 1)) for line in text.splitlines()]


def value(lines, word):
    found = [rest.strip() for name, rest in lines if name == word]
    return found[0] if found else None


# --- The peer's own MIME and CMS ---------------------------------------------------------------------------------------

def der(tag, *content):
    body = b"".join(content)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


DATA = bytes.fromhex("06092a864886f70d010701")
COMPRESSED = bytes.fromhex("060b2a864886f70d0109100109")
ZLIB = bytes.fromhex("060b2a864886f70d0109100308")


def compressed_data(content):
    inner = der(0x30, DATA, der(0xa0, der(0x04, zlib.compress(content))))
    return der(0x30, COMPRESSED, der(0xa0, der(0x30, b"\x02\x01\x00", der(0x30, ZLIB), inner)))


def decompressed(message):
    begin = message.index(b"\x78\x9c") if b"\x78\x9c" in message else message.index(b"\x78")
    return zlib.decompressobj().decompress(message[begin:])


def entity(content_type, body, *more):
    return "".join(f"{line}\r\n" for line in (f"Content-Type: {content_type}", *more)).encode() + b"\r\n" + body


def compressed_entity(inner):
    return entity("application/pkcs7-mime; smime-type=compressed-data; name=smime.p7z", compressed_data(inner), "Content-Transfer-Encoding: binary")


def split(whole):
    head, body = whole.split(b"\r\n\r\n", 1)
    return email.message_from_bytes(head + b"\r\n\r\n", policy=email.policy.compat32), body


def parts_of(headers, body):
    boundary = headers.get_param("boundary").encode()
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    assert pieces[-1].startswith(b"--"), "no closing boundary"
    return [piece.removeprefix(b"\r\n") for piece in pieces[1:-1]]


class Peer:
    """Keys of both sides, and what the openssl command does with them."""

    def __init__(self, folder, is_new=True):
        self.folder = folder
        if not is_new:
            return
        for name, extra in {"wharf": [], "peer": [], "stranger": []}.items():
            openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.crt",
                    "-days", "3650", "-subj", f"/O=Test/CN={name}", *extra)

    def certificate(self, name):
        return self.folder / f"{name}.crt"

    def pair(self, name):
        return f"{self.folder / name}.crt,{self.folder / name}.key"

    def key(self, name):
        return self.folder / f"{name}.key"

    def signature(self, content, digest="sha256", signer="peer", options=()):
        (self.folder / "content").write_bytes(content)
        return openssl("cms", "-sign", "-binary", "-in", self.folder / "content", "-signer", self.certificate(signer), "-inkey", self.key(signer),
                       "-md", digest, "-outform", "DER", *options)

    def signed(self, inner, digest="sha256", signer="peer", options=(), encoding="base64"):
        signature = self.signature(inner, digest, signer, options)
        if encoding == "base64":
            signature = base64.encodebytes(signature).replace(b"\n", b"\r\n")
        head = f"Content-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
        body = b"--bound\r\n" + inner + b"\r\n--bound\r\n" + head + signature + b"\r\n--bound--\r\n"
        return entity(f'multipart/signed; boundary="bound"; protocol="application/pkcs7-signature"; micalg={digest}', body)

    def encrypted(self, inner, cipher="aes128-cbc", options=(), stream=True):
        (self.folder / "plain").write_bytes(inner)
        return openssl("cms", "-encrypt", "-binary", *(["-stream"] if stream else []), CIPHERS[cipher], "-in", self.folder / "plain",
                       "-outform", "DER", *options, *([] if "-recip" in options else [self.certificate("wharf")]))

    def encrypted_entity(self, inner, cipher="aes128-cbc", options=(), stream=True):
        return entity("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", self.encrypted(inner, cipher, options, stream))

    def wrap(self, payload, content, digest, cipher, compression):
        """The message made of an entity, and the bytes that its MIC is made of."""
        made, source = payload, content
        if compression == "before" or (compression and not digest):
            made, source = compressed_entity(made), payload
        if digest:
            source = made
            made = self.signed(made, digest)
            if compression == "after":
                made = compressed_entity(made)
        elif cipher:
            source = payload
        if cipher:
            made = self.encrypted_entity(made, cipher)
        return made, source

    def decrypted(self, message):
        (self.folder / "message").write_bytes(message)
        return openssl("cms", "-decrypt", "-binary", "-inform", "DER", "-in", self.folder / "message", "-recip", self.certificate("peer"),
                       "-inkey", self.key("peer"))

    def verify(self, content, signature, signer="wharf"):
        """Raises when the signature is not good."""
        (self.folder / "content").write_bytes(content)
        (self.folder / "signature").write_bytes(signature)
        openssl("cms", "-verify", "-binary", "-inform", "DER", "-in", self.folder / "signature", "-content", self.folder / "content",
                "-CAfile", self.certificate(signer), "-purpose", "any", "-out", os.devnull)


def http_message(whole, receipt="synchronous", micalg="sha256", message_id="<1@peer>"):
    """The whole entity as HTTP would carry it: head and body apart, AS2's fields in the head."""
    head, body = whole.split(b"\r\n\r\n", 1)
    lines = ["AS2-From: peer", "AS2-To: wharf", "AS2-Version: 1.1", f"Message-ID: {message_id}"]
    if receipt != "none":
        lines += ["Disposition-Notification-To: peer",
                  f"Disposition-Notification-Options: signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, {micalg}"]
    if receipt == "asynchronous":
        lines.append("Receipt-Delivery-Option: http://peer.example/mdn?with=query")
    return "\r\n".join(lines).encode() + b"\r\n" + head + b"\r\n\r\n", body


class ScriptedServer:
    """Takes requests one after the other; answers each with the bytes that its function makes of it, and closes."""

    def __init__(self, answers):
        self.answers, self.requests, self.trouble = list(answers), [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()
        if self.trouble:
            raise self.trouble[0]

    def serve(self):
        for answer in self.answers:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                data = b""
                while b"\r\n\r\n" not in data:
                    data += connection.recv(65536)
                head, body = data.split(b"\r\n\r\n", 1)
                headers = email.message_from_bytes(head.split(b"\r\n", 1)[1] + b"\r\n\r\n", policy=email.policy.compat32)
                while len(body) < int(headers["Content-Length"]):
                    body += connection.recv(1 << 20)
                self.requests.append((headers, body))
                try:
                    connection.sendall(answer(self.requests[-1]))
                except OSError:
                    pass  # our side has had enough
                except Exception as error:  # noqa: a check inside an answer: told at the end
                    self.trouble.append(error)


class PeerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="wharf-as2-"))
        cls.peer = Peer(cls.folder)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def receive(self, whole, receipt="synchronous", micalg="sha256", **more):
        """Our side takes the message; what it did, and the folder with what it wrote."""
        out = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        head, body = http_message(whole, receipt, micalg)
        (out / "head").write_bytes(head)
        (out / "body").write_bytes(body)
        settings = {"key": self.peer.pair("wharf"), "partner": self.peer.certificate("peer"), "address": "http://peer.example/mdn?with=query",
                    "sha1": "yes", "3des": "yes", "unsigned": "yes", "unencrypted": "yes", **more}
        return probe("receive", head=out / "head", body=out / "body", out=out, **settings), out

    def check_receipt(self, out, disposition, mic=None):
        """What a careful partner checks: the signature over the exact part, the identifier, the disposition, the MIC."""
        headers, _ = split((out / "receipt.head").read_bytes())
        body = (out / "receipt.body").read_bytes()
        self.assertEqual(headers["AS2-From"], "wharf")
        self.assertTrue(headers["Content-Type"].startswith("multipart/signed"), headers["Content-Type"])
        report, signature = parts_of(headers, body)
        signature_head, signature_body = split(signature)
        self.assertIn("smime.p7s", signature_head["Content-Disposition"])
        self.peer.verify(report, base64.b64decode(signature_body))
        report_headers, report_body = split(report)
        self.assertEqual(report_headers.get_param("report-type"), "disposition-notification")
        notification = parts_of(report_headers, report_body)[1].decode()
        self.assertIn("\r\nOriginal-Message-ID: <1@peer>\r\n", notification)
        self.assertIn(f"\r\nDisposition: automatic-action/MDN-sent-automatically; {disposition}\r\n", notification)
        found = re.search(r"\r\nReceived-Content-MIC: (\S+), (\S+)\r\n", notification)
        if mic:
            self.assertEqual(found.groups(), mic)

    def mic(self, content, digest="sha256"):
        return base64.b64encode(hashlib.new(digest, content).digest()).decode(), digest

    # --- In: the peer sends ---------------------------------------------------------------------------------------------

    def wrap(self, digest, cipher, compression):
        payload = entity("application/edi-x12", ORDER, "Content-Transfer-Encoding: binary", "Content-Disposition: attachment; filename=po.edi")
        return self.peer.wrap(payload, ORDER, digest, cipher, compression)

    def matrix(self):
        digests, ciphers = [None, *DIGESTS], [None, *CIPHERS]
        if QUICK:
            digests, ciphers = [None, "sha256"], [None, "aes128-cbc", "aes256-gcm"]
        return itertools.product(digests, ciphers, [None, "before", "after"])

    def test_messages_of_the_peer_over_the_whole_matrix(self):
        for number, (digest, cipher, compression) in enumerate(self.matrix()):
            receipt = ["synchronous", "asynchronous"][number % 2]
            micalg = ["sha256", "sha1, sha256", "sha384", "md5, sha512"][number % 4]
            with self.subTest(digest=digest, cipher=cipher, compression=compression, receipt=receipt, micalg=micalg):
                whole, source = self.wrap(digest, cipher, compression)
                lines, out = self.receive(whole, receipt, micalg)
                self.assertEqual(value(lines, "accepted"), "yes", lines)
                self.assertEqual((out / "payload.0").read_bytes(), ORDER)
                self.assertIn("po.edi", value(lines, "payload"))
                answered_with = micalg.split(", ")[-1] if micalg.startswith("md5") else micalg.split(", ")[0]
                self.check_receipt(out, "processed", self.mic(source, answered_with))
                if receipt == "synchronous":
                    self.assertEqual(value(lines, "respond"), "200 stored_receipt")
                    self.assertIsNone(value(lines, "send_receipt"))
                else:
                    self.assertEqual(value(lines, "respond"), "200 none")
                    self.assertEqual(value(lines, "send_receipt"), "http://peer.example/mdn?with=query")
                    self.assertLess([word for word, _ in lines].index("respond"), [word for word, _ in lines].index("accepted"))

    def test_odd_structures_of_the_peer(self):
        payload = entity("application/edi-x12", ORDER)
        sign_options = [["-nocerts"], ["-noattr"], ["-keyid"], ["-noattr", "-nocerts"], ["-keyopt", "rsa_padding_mode:pss"], ["-nosmimecap"]]
        for options in sign_options:
            for encoding in ["base64", "binary"]:
                with self.subTest(sign=options, encoding=encoding):
                    lines, _ = self.receive(self.peer.signed(payload, options=options, encoding=encoding))
                    self.assertEqual(value(lines, "accepted"), "yes", lines)
        recipient = ["-recip", self.peer.certificate("wharf")]
        encrypt_options = [["-keyid"], [*recipient, "-keyopt", "rsa_padding_mode:oaep"],
                           [*recipient, "-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"],
                           [*recipient, "-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha512", "-keyopt", "rsa_mgf1_md:sha1"],
                           ["-recip", self.peer.certificate("stranger"), *recipient]]
        for options in encrypt_options:
            for cipher, stream in [("aes128-cbc", True), ("aes128-cbc", False), ("aes256-gcm", True)]:
                with self.subTest(encrypt=options, cipher=cipher, stream=stream):
                    lines, out = self.receive(self.peer.encrypted_entity(payload, cipher, options, stream))
                    self.assertEqual(value(lines, "accepted"), "yes", lines)
                    self.assertEqual((out / "payload.0").read_bytes(), ORDER)

    def test_a_signature_around_its_content(self):
        payload = entity("application/edi-x12", ORDER)
        for options in [["-nodetach"], ["-nodetach", "-stream"]]:
            opaque = entity("application/pkcs7-mime; smime-type=signed-data", self.peer.signature(payload, options=options))
            lines, out = self.receive(self.peer.encrypted_entity(opaque))
            self.assertEqual(value(lines, "accepted"), "yes", lines)
            self.check_receipt(out, "processed", self.mic(payload))

    def test_several_files(self):
        body = b'--p\r\nContent-Type: application/edi-x12\r\n\r\n' + ORDER + b'\r\n--p\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n' \
               b'Content-Disposition: attachment; filename="a b.png"\r\n\r\niVBORw0=\r\n--p--\r\n'
        related = entity('multipart/related; type="application/edi-x12"; boundary=p', body)
        lines, out = self.receive(self.peer.encrypted_entity(self.peer.signed(related)))
        self.assertEqual((out / "payload.0").read_bytes(), ORDER)
        self.assertEqual((out / "payload.1").read_bytes(), b"\x89PNG\r")
        self.check_receipt(out, "processed", self.mic(related))

    def test_what_is_wrong_gets_its_disposition(self):
        payload = entity("application/edi-x12", ORDER)
        good = self.peer.encrypted_entity(self.peer.signed(payload))
        strict = {"unsigned": None, "unencrypted": None}
        foreign = self.peer.encrypted_entity(payload, options=["-recip", self.peer.certificate("stranger")])
        cases = {
            "authentication-failed": [(self.peer.signed(payload, signer="stranger"), {})],
            "integrity-check-failed": [(self.peer.signed(payload).replace(b"IEA*0", b"IEA*9"), {}),
                                       (self.peer.signed(payload, options=["-noattr"]).replace(b"IEA*0", b"IEA*9"), {})],
            "decryption-failed": [(foreign, {}), (good[:-200], {}), (entity("application/pkcs7-mime; smime-type=enveloped-data", b"no CMS"), {})],
            "decompression-failed": [(compressed_entity(payload)[:-20], {}), (compressed_entity(payload).replace(b"\x78\x9c", b"\x78\x00", 1), {})],
            "insufficient-message-security": [(payload, strict), (self.peer.signed(payload), strict), (self.peer.encrypted_entity(payload), strict),
                                              (self.peer.signed(payload, "sha1"), {"sha1": None}), (self.peer.encrypted_entity(payload, "3des"), {"3des": None})],
        }
        for disposition, messages in cases.items():
            for whole, settings in messages:
                with self.subTest(disposition=disposition, settings=settings):
                    lines, out = self.receive(whole, **settings)
                    self.assertEqual(value(lines, "accepted"), "no", lines)
                    self.assertEqual(value(lines, "respond"), "200 stored_receipt")
                    self.assertFalse((out / "payload.0").exists())
                    self.check_receipt(out, f"processed/error: {disposition}")

    def test_every_byte_changed_in_a_signed_message_is_noticed(self):
        whole = self.peer.signed(entity("application/edi-x12", ORDER))
        begin = whole.index(b"Content-Type: application/edi-x12")
        end = whole.index(b"\r\n--bound\r\nContent-Type: application/pkcs7-signature")
        for at in range(begin, end, 1 if not QUICK else 7):
            changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:]
            lines, _ = self.receive(changed)
            self.assertEqual(value(lines, "accepted"), "no", at)

    # --- Out: we send ---------------------------------------------------------------------------------------------------

    def pack(self, **settings):
        out = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        (out / "po.edi").write_bytes(ORDER)
        lines = probe("pack", out=out, payload=out / "po.edi", **settings)
        return lines, out

    def test_our_messages_over_the_whole_matrix(self):
        for number, (digest, cipher, compression) in enumerate(self.matrix()):
            with self.subTest(digest=digest, cipher=cipher, compression=compression):
                lines, out = self.pack(signer=self.peer.pair("wharf") if digest else None, digest=digest, cipher=cipher, compress=compression,
                                       encrypt=self.peer.certificate("peer") if cipher else None, base64=["no", "yes"][number % 2])
                headers, _ = split((out / "head").read_bytes())
                source, payload = self.unwrap(headers, (out / "body").read_bytes(), digest, cipher, compression)
                self.assertEqual(payload, ORDER)
                self.assertEqual(value(lines, "mic"), ", ".join(self.mic(source, digest or "sha256")))

    def unwrap(self, headers, body, digest, cipher, compression):
        """As a partner's product does it: the bytes for the MIC, and the payload."""
        source, wrapped = body, False
        if cipher:
            self.assertEqual(headers.get_content_type(), "application/pkcs7-mime")
            self.assertEqual(headers.get_param("smime-type"), "authEnveloped-data" if "gcm" in cipher else "enveloped-data")
            whole = self.peer.decrypted(body)
            (headers, body), wrapped = split(whole), True
        for _ in range(2):
            if headers.get_param("smime-type") == "compressed-data":
                whole = decompressed(body)
                (headers, body), wrapped = split(whole), True
            elif headers.get_content_type() == "multipart/signed":
                self.assertEqual(headers.get_param("micalg"), digest)
                content, signature = parts_of(headers, body)
                self.peer.verify(content, base64.b64decode(split(signature)[1]))
                source, digest = content, None
                headers, body = split(content)
                whole, wrapped = None, False
        if wrapped and whole is not None and source is not None and digest is None and headers.get_content_type() == "application/edi-x12":
            source = source if self.signed_source(source) else whole
        if headers["Content-Transfer-Encoding"] == "base64":
            return source, base64.b64decode(body)
        return source, body

    @staticmethod
    def signed_source(source):
        return source.startswith(b"Content-Type:")

    def test_receipts_of_the_peer(self):
        for is_signed in [True, False]:
            for case, expected in {"good": "success", "other mic": "mic_differs", "other id": "not_ours", "error": "refused", "duplicate": "warning",
                                   "stranger": "not_trusted", "tampered": "not_trusted"}.items():
                if not is_signed and case in ("stranger", "tampered"):
                    continue
                with self.subTest(case=case, signed=is_signed):
                    lines, out = self.pack(signer=self.peer.pair("wharf"), encrypt=self.peer.certificate("peer"))
                    message_id = value(lines, "id")
                    mic = value(lines, "mic") if case != "other mic" else ", ".join(self.mic(b"other"))
                    disposition = {"error": "processed/error: decryption-failed", "duplicate": "processed/warning: duplicate-document"}.get(case, "processed")
                    report = entity("multipart/report; report-type=disposition-notification; boundary=r",
                                    b"--r\r\nContent-Type: text/plain\r\n\r\nthank you\r\n--r\r\nContent-Type: message/disposition-notification\r\n\r\n"
                                    + f"reporting-ua: peer\r\nfinal-recipient: rfc822;peer\r\nORIGINAL-MESSAGE-ID: {message_id if case != 'other id' else '<x@y>'}\r\n"
                                      f"Disposition: automatic-action/MDN-sent-automatically;{disposition}\r\nReceived-content-MIC: {mic.replace(', ', ',')}\r\n"
                                      .encode() + b"\r\n--r--\r\n")
                    if is_signed:
                        report = self.peer.signed(report, signer="stranger" if case == "stranger" else "peer")
                    if case == "tampered":
                        report = report.replace(b"thank you", b"thank YOU")
                    head, body = http_message(report, "none")
                    (out / "mdn.head").write_bytes(head)
                    (out / "mdn.body").write_bytes(body)
                    judged = probe("judge", head=out / "mdn.head", body=out / "mdn.body", id=message_id, source=out / "mic_source",
                                   partner=self.peer.certificate("peer"), receipt_unsigned=None if is_signed else "yes")
                    self.assertEqual(value(judged, "verdict"), expected, judged)

    # --- Over HTTP ------------------------------------------------------------------------------------------------------

    def receipt_for(self, request, disposition="processed"):
        """A partner's product in short: takes the message apart and answers with a signed receipt, as head and body."""
        headers, body = request
        whole = self.peer.decrypted(body)
        inner, rest = split(whole)
        content, signature = parts_of(inner, rest)
        self.peer.verify(content, base64.b64decode(split(signature)[1]))
        report = entity("multipart/report; report-type=disposition-notification; boundary=r",
                        b"--r\r\nContent-Type: text/plain\r\n\r\nok\r\n--r\r\nContent-Type: message/disposition-notification\r\n\r\n"
                        + f"Final-Recipient: rfc822; peer\r\nOriginal-Message-ID: {headers['Message-ID']}\r\nDisposition: x; {disposition}\r\n"
                          f"Received-Content-MIC: {', '.join(self.mic(content))}\r\n".encode() + b"\r\n--r--\r\n")
        return self.peer.signed(report).split(b"\r\n\r\n", 1)

    def send(self, answers, **settings):
        """What our side does with these answers, and the requests that it made."""
        with ScriptedServer(answers) as server:
            out = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
            (out / "po.edi").write_bytes(ORDER if "large" not in settings else ORDER * 20000)
            settings.pop("large", None)
            lines = probe("send", url=f"http://127.0.0.1:{server.port}/as2?a=b&c=d", payload=out / "po.edi", signer=self.peer.pair("wharf"),
                          encrypt=self.peer.certificate("peer"), key=self.peer.pair("wharf"), partner=self.peer.certificate("peer"), **settings)
        return lines, server.requests

    def test_answers_of_every_form_over_http(self):
        def plain(request):
            head, body = self.receipt_for(request)
            return b"HTTP/1.1 200 OK\r\n" + head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body

        def old(request):
            head, body = self.receipt_for(request)
            return b"HTTP/1.0 200 OK\r\n" + head + b"\r\n\r\n" + body

        def leading_zeros(request):
            head, body = self.receipt_for(request)
            return b"HTTP/1.1 200 OK\r\nContent-Length: %09d\r\n" % len(body) + head + b"\r\n\r\n" + body

        def chunked(request):
            head, body = self.receipt_for(request)
            pieces = b"".join(b"%x;a=b\r\n" % len(body[at:at + 100]) + body[at:at + 100] + b"\r\n" for at in range(0, len(body), 100))
            return b"HTTP/1.1 200 OK\r\n" + head + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\nX: y\r\n\r\n"

        def interim(request):
            return b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + plain(request)

        for answer in [plain, old, leading_zeros, chunked, interim]:
            with self.subTest(answer=answer.__name__):
                lines, requests = self.send([answer])
                self.assertIsNotNone(value(lines, "succeed"), lines)
                self.assertEqual(len(requests), 1)
                self.assertEqual(requests[0][0]["Content-Length"], str(len(requests[0][1])))
                self.assertIsNone(requests[0][0]["Expect"])
                self.assertIsNone(requests[0][0]["Authorization"], "only where a login is configured")
                self.assertNotEqual(requests[0][0]["Content-Transfer-Encoding"], "base64", "the body of HTTP is binary")

    def test_retries_over_http_are_the_same_bytes_under_the_same_identifier(self):
        def busy(_):
            return b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"

        def lost(_):
            return b""

        def half(request):
            head, body = self.receipt_for(request)
            return b"HTTP/1.1 200 OK\r\n" + head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:200]

        def good(request):
            head, body = self.receipt_for(request, "processed/warning: duplicate-document")
            return b"HTTP/1.1 200 OK\r\n" + head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body

        lines, requests = self.send([busy, lost, half, good])
        self.assertIn("duplicate-document", value(lines, "succeed"), lines)
        self.assertEqual(len(requests), 4)
        self.assertEqual(len({(head["Message-ID"], body) for head, body in requests}), 1)
        self.assertEqual([rest.strip() for word, rest in lines if word == "wait"], ["1000", "2000", "4000"])

    def test_final_answers_over_http(self):
        cases = {b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n": "fail",
                 b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n": "fail",
                 b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>": "fail",
                 b"HTTP/1.1 200 OK\r\nContent-Type: multipart/report; boundary=x\r\nContent-Length: 3\r\n\r\nxxx": "fail",
                 b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1000000: "error"}
        for answer, word in cases.items():
            with self.subTest(answer=answer[:60]):
                lines, requests = self.send([lambda _, answer=answer: answer] * 3)
                self.assertIsNotNone(value(lines, word), lines)
                self.assertEqual(len(requests), 1, "not sent again")

    def test_asynchronous_receipts_are_waited_for(self):
        for answer in [b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 202 Accepted\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok",
                       b"HTTP/1.1 204 No Content\r\n\r\n"]:
            lines, requests = self.send([lambda _, answer=answer: answer], asynchronous="yes")
            self.assertIsNotNone(value(lines, "wait_for_receipt"), lines)
            self.assertEqual(requests[0][0]["Receipt-Delivery-Option"], "http://wharf.example/mdn")

    def test_basic_authentication_and_large_bodies(self):
        lines, requests = self.send([lambda _: b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"], user="me", password="secret", large="yes")
        self.assertIsNotNone(value(lines, "fail"), lines)
        self.assertEqual(requests[0][0]["Authorization"], "Basic " + base64.b64encode(b"me:secret").decode())
        self.assertIsNone(requests[0][0]["Expect"])
        self.assertGreater(len(requests[0][1]), 2_000_000)

    def test_100_continue_where_it_is_asked_for(self):
        def good(request):
            head, body = self.receipt_for(request)
            return b"HTTP/1.1 200 OK\r\n" + head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body

        lines, requests = self.send([good], expects_continue="yes", large="yes")
        self.assertEqual(requests[0][0]["Expect"], "100-continue")
        self.assertIsNotNone(value(lines, "succeed"), "a server that never says go on gets the body all the same")

    # --- libas2 ---------------------------------------------------------------------------------------------------------

    def libas2(self, command, folder, **options):
        """What it prints, as JSON. Node refuses RSA PKCS#1 v1.5, which AS2 cannot do without, unless told otherwise."""
        script = pathlib.Path(__file__).with_name("as2_libas2.js")
        made = subprocess.run(["node", "--security-revert=CVE-2023-46809", script, command, folder, json.dumps({"keys": str(self.folder), **options})],
                              input=b"", capture_output=True)
        if made.returncode == 77:
            self.skipTest("libas2 is not found")
        self.assertEqual(made.returncode, 0, made.stderr.decode())
        return json.loads(next((line for line in made.stdout.splitlines() if line.startswith(b"{")), b"{}"))  # node warns on standard output

    @unittest.skipUnless(shutil.which("node"), "no node")
    def test_messages_of_libas2(self):
        text = ORDER.replace(b"\x01\xff", b"")  # it composes texts
        for sign, encrypt, is_asynchronous in itertools.product([None, "sha-1", "sha-256", "sha-384", "sha-512"],
                                                                [None, "aes128-CBC", "aes192-CBC", "aes256-CBC", "des-EDE3-CBC"], [False, True]):
            if QUICK and (is_asynchronous or encrypt == "aes192-CBC" or sign == "sha-384"):
                continue
            with self.subTest(sign=sign, encrypt=encrypt, asynchronous=is_asynchronous):
                out = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
                (out / "po.edi").write_bytes(text)
                self.libas2("compose", out, sign=sign, encrypt=encrypt, **{"async": is_asynchronous})
                lines = probe("receive", head=out / "head", body=out / "body", out=out, key=self.peer.pair("wharf"), partner=self.peer.certificate("peer"),
                              sha1="yes", unsigned="yes", unencrypted="yes", address="http://peer.example/mdn", **{"3des": "yes"})
                self.assertEqual(value(lines, "accepted"), "yes", lines)
                self.assertEqual((out / "payload.0").read_bytes(), text)
                receipt = self.libas2("receipt", out)
                self.assertEqual(receipt["id"], "<1@peer>")
                self.assertTrue(receipt["processed"])
                self.assertEqual(f"{receipt['mic']}, {receipt['algorithm']}", value(lines, "mic"))

    @unittest.skipUnless(shutil.which("node"), "no node")
    def test_gcm_of_libas2(self):
        """It puts GCM into EnvelopedData, with the nonce alone: taken where that is agreed, refused with the reason elsewhere."""
        text = ORDER.replace(b"\x01\xff", b"")
        for encrypt, sign in itertools.product(["aes128-GCM", "aes192-GCM", "aes256-GCM"], [None, "sha-256"]):
            with self.subTest(encrypt=encrypt, sign=sign):
                out = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
                (out / "po.edi").write_bytes(text)
                self.libas2("compose", out, sign=sign, encrypt=encrypt)
                settings = {"head": out / "head", "body": out / "body", "out": out, "key": self.peer.pair("wharf"),
                            "partner": self.peer.certificate("peer"), "unsigned": "yes"}
                refused = probe("receive", **settings)
                self.assertEqual(value(refused, "accepted"), "no", refused)
                self.assertIn("decryption-failed", value(refused, "disposition"))
                self.assertIn("accept_gcm_in_enveloped_data", value(refused, "alarm"))
                self.assertFalse((out / "payload.0").exists())
                lines = probe("receive", **settings, enveloped_gcm="yes")
                self.assertEqual(value(lines, "accepted"), "yes", lines)
                self.assertEqual((out / "payload.0").read_bytes(), text)

    def test_gcm_where_it_does_not_belong_is_sent_only_when_asked_for(self):
        for form, kind in {None: b"id-smime-ct-authEnvelopedData", "enveloped": b"pkcs7-envelopedData", "enveloped_nonce": b"pkcs7-envelopedData"}.items():
            with self.subTest(form=form):
                _, out = self.pack(signer=self.peer.pair("wharf"), cipher="aes256-gcm", encrypt=self.peer.certificate("peer"), gcm_form=form)
                printed = openssl("cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", out / "body")
                self.assertIn(kind, printed)
                # GCMParameters is a sequence; the nonce alone is an octet string.
                algorithm = printed[printed.index(b"contentEncryptionAlgorithm"):printed.index(b"encryptedContent:")]
                self.assertIn(b"OCTET STRING" if form == "enveloped_nonce" else b"SEQUENCE", algorithm)

    @unittest.skipUnless(shutil.which("node"), "no node")
    def test_our_messages_to_libas2(self):
        for digest, cipher in itertools.product(["sha1", "sha256", "sha512"], [None, "aes128-cbc", "aes256-cbc", "3des", "aes256-gcm"]):
            with self.subTest(digest=digest, cipher=cipher):
                # It takes text alone, inside and outside.
                lines, out = self.pack(signer=self.peer.pair("wharf"), digest=digest, cipher=cipher, encrypt=self.peer.certificate("peer") if cipher else None,
                                       base64="yes", gcm_form="enveloped_nonce" if cipher and "gcm" in cipher else None)
                if cipher:
                    (out / "body").write_bytes(base64.encodebytes((out / "body").read_bytes()))
                    (out / "head").write_bytes((out / "head").read_bytes().replace(b"Content-Transfer-Encoding: binary", b"Content-Transfer-Encoding: base64"))
                answer = self.libas2("receive", out, verify=True, decrypt=bool(cipher))
                self.assertFalse(answer["errors"])
                judged = probe("judge", head=out / "mdn.head", body=out / "mdn.body", id=value(lines, "id"), source=out / "mic_source",
                               partner=self.peer.certificate("peer"), sha1="yes")
                self.assertEqual(value(judged, "verdict"), "success", judged)

    # --- Large ----------------------------------------------------------------------------------------------------------

    def test_large_messages_stay_small_in_memory(self):
        megabytes = SIZE or (20 if QUICK else 200)
        out = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        with open(out / "large.edi", "wb") as large:
            for megabyte in range(megabytes):
                lines = b"".join(b"PO1*%d*%d*EA*%d.%02d**UP*0614141%06d~\n" % (number, number % 97, megabyte, number % 100, number * 7919 % 1000000)
                                 for number in range(30_000))
                large.write(lines[:1048576].ljust(1048576, b" "))
        for compression in [None, "before"]:
            limit = 100 * 1024
            began = time.monotonic()
            lines, sent = self.measured("pack", limit, out=out, payload=out / "large.edi", signer=self.peer.pair("peer"),
                                        encrypt=self.peer.certificate("wharf"), compress=compression, brief="yes")
            middle = time.monotonic()
            received = self.measured("receive", limit, head=out / "head", body=out / "body", out=out, key=self.peer.pair("wharf"),
                                     partner=self.peer.certificate("peer"), brief="yes")
            ended = time.monotonic()
            self.assertEqual(value(received[0], "accepted"), "yes")
            self.assertEqual((out / "payload.0").stat().st_size, megabytes * 1048576)
            print(f"{megabytes} MB, compression {compression}: sent in {middle - began:.1f} s with {sent // 1024} MB, "
                  f"received in {ended - middle:.1f} s with {received[1] // 1024} MB", file=sys.stderr)

    def measured(self, command, limit, **arguments):
        child = subprocess.Popen([PROBE, command, *[f"{name}={one}" for name, one in arguments.items() if one is not None]], stdout=subprocess.PIPE)
        with child.stdout:
            text = child.stdout.read().decode()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        self.assertEqual(status, 0)
        self.assertLess(usage.ru_maxrss, limit, f"{command}: {usage.ru_maxrss} kB")
        return [tuple((row + " ").split(" ", 1)) for row in text.splitlines()], usage.ru_maxrss


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--size", type=int, default=0)
    known, rest = parser.parse_known_args()
    QUICK, SIZE = known.quick, known.size
    unittest.main(argv=[sys.argv[0], *rest])
