#!/usr/bin/env python3
"""AS2 messages and receipts against a running gateway, sent by a peer that is not ours: CMS by the `openssl` command, HTTP by plain
sockets. What must hold: each payload reaches the ERP exactly once, and what the peer is told is what happened.

    as2_listener_test.py [--size MEGABYTES]
"""
import argparse
import contextlib
import itertools
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import unittest

import harness
from as2_peer_test import compressed_entity, entity, openssl
from as2_site import RELAXED, As2Site, Connection

SIZE = 200


class ListenerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = As2Site()
        cls.addClassCleanup(cls.site.close)
        cls.site.serve()
        cls.numbers = itertools.count(1000)

    @classmethod
    def tearDownClass(cls):
        if cls.site.process.poll() is not None:
            raise AssertionError(f"the gateway ended by itself:\n{cls.site.log()[-3000:]}")

    def setUp(self):
        self.before = set(self.site.invoices())

    def number(self):
        return next(self.numbers)

    def wait_for_new(self, *numbers):
        """These came since the test began, each once, and no others."""
        wanted = sorted(f"INV-{one}" for one in numbers)
        harness.wait_for(lambda: len(self.new()) >= len(wanted), 30, f"{wanted}")
        self.assertEqual(self.new(), wanted)
        self.assertEqual(len(self.site.invoices()), len(set(self.site.invoices())), "none came twice")

    def new(self):
        return [one for one in self.site.invoices() if one not in self.before]

    def test_every_combination(self):
        numbers = []
        for digest, cipher, compression in itertools.product([None, "sha1", "sha256"], [None, "3des", "aes128-cbc", "aes256-gcm"], [None, "before", "after"]):
            for receipt, signed in itertools.product(["synchronous", "asynchronous"], [True, False]):
                number = self.number()
                with self.subTest(digest=digest, cipher=cipher, compression=compression, receipt=receipt, signed=signed):
                    message_id = f"<{number}@peer>"
                    whole, source = self.site.wrap(self.site.payload(number), digest, cipher, compression)
                    answer = self.site.exchange(whole, message_id, receipt=receipt, signed=signed, micalg="sha384")
                    self.assertEqual(answer.status, 200)
                    numbers.append(number)
                    if receipt == "asynchronous":
                        self.assertEqual(answer.body, b"")
                        answer = self.site.receipt_for(message_id)
                    digest_used = "sha384" if signed else digest or "sha256"
                    self.site.check_receipt(answer, message_id, "processed", source, digest_used, signed)
        self.wait_for_new(*numbers)

    def test_no_receipt_was_asked_for(self):
        number = self.number()
        answer = self.site.exchange(self.site.wrap(self.site.payload(number))[0], f"<{number}@peer>", receipt="none")
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.wait_for_new(number)

    def test_a_repetition_gets_the_same_receipt(self):
        number = self.number()
        whole, source = self.site.wrap(self.site.payload(number))
        first = self.site.exchange(whole, f"<{number}@peer>")
        again = self.site.exchange(whole, f"<{number}@peer>")
        self.assertEqual(again.body, first.body)
        self.assertEqual(again.head["Message-ID"], first.head["Message-ID"])
        other, _ = self.site.wrap(self.site.payload(self.number()))
        self.assertEqual(self.site.exchange(other, f"<{number}@peer>").body, first.body)
        self.wait_for_new(number)
        exchange = self.site.json("exchange", "show", f"<{number}@peer>")
        reused = lambda *options: [one for one in self.site.json("alarm", "list", *options) if one["subject"] == exchange["id"]]
        self.assertEqual([one["type"] for one in reused()], ["AS2_MESSAGE_ID_REUSED"], "somebody learns that there was another content")
        digests = re.findall(r"[0-9a-f]{64}", reused()[0]["text"])
        self.assertEqual((len(digests), len(set(digests))), (4, 4), "of both messages, and of both files")
        self.assertIn("another content came later", exchange["reason"])
        self.assertEqual(self.site.run("alarm", "settle", exchange["id"]).returncode, 0)
        self.assertEqual(reused(), [])
        self.assertEqual([one["settled"] for one in reused("--all")], [True])
        self.assertEqual(self.site.run("alarm", "settle", exchange["id"]).returncode, 1, "once")

    def test_the_same_many_times_at_once(self):
        number = self.number()
        whole, _ = self.site.wrap(self.site.payload(number))
        head, body = self.site.as2_request(whole, f"<{number}@peer>")
        connections = [self.site.as2_connect() for _ in range(8)]
        for connection in connections:
            self.addCleanup(connection.close)
        for connection in connections:
            connection.send(head + b"\r\n" + body[:-1])
        for connection in connections:
            connection.send(body[-1:])
        answers = [connection.answer() for connection in connections]
        self.assertEqual({answer.status for answer in answers}, {200})
        self.assertEqual(len({answer.body for answer in answers}), 1)
        self.wait_for_new(number)

    def test_refused_then_good(self):
        number = self.number()
        message_id = f"<{number}@peer>"
        whole, source = self.site.wrap(self.site.payload(number), cipher=None)
        tampered = whole.replace(f"INV-{number}".encode(), b"INV-9999")
        self.site.check_receipt(self.site.exchange(tampered, message_id), message_id, "processed/error: integrity-check-failed")
        self.site.check_receipt(self.site.exchange(whole, message_id), message_id, "processed", source)
        self.wait_for_new(number)
        self.assertIn("as2_refused", self.site.log())

    def test_what_is_wrong_gets_its_disposition(self):
        payload = entity("application/edi-x12", self.site.payload(self.number()))
        peer = self.site.peer
        good = peer.encrypted_entity(peer.signed(payload))
        cases = {
            "decryption-failed": [peer.encrypted_entity(payload, options=["-recip", peer.certificate("stranger")]), good[:-200]],
            "authentication-failed": [peer.signed(payload, signer="stranger"), peer.encrypted_entity(peer.signed(payload, signer="stranger"))],
            "integrity-check-failed": [peer.signed(payload).replace(b"ISA*00", b"ISA*01"), peer.signed(payload)[:-40]],
            "decompression-failed": [compressed_entity(payload)[:-20]],
        }
        for disposition, messages in cases.items():
            for whole in messages:
                for receipt in ["synchronous", "asynchronous"]:
                    message_id = f"<{self.number()}@peer>"
                    with self.subTest(disposition=disposition, receipt=receipt):
                        answer = self.site.exchange(whole, message_id, receipt=receipt)
                        self.assertEqual(answer.status, 200)
                        if receipt == "synchronous":
                            self.site.check_receipt(answer, message_id, f"processed/error: {disposition}")
        time.sleep(1.5)
        self.assertEqual(self.new(), [])
        self.assertEqual([one for one in self.site.receipts.receipts if b"failed" in one.body], [], "nothing goes to who is not verified")

    def test_a_stranger_learns_nothing(self):
        whole, _ = self.site.wrap(self.site.payload(self.number()))
        for names in [("nobody", "wharf"), ("peer", "nobody"), ("PEER", "wharf"), ("wharf", "peer")]:
            head, body = self.site.as2_request(whole, "<x@peer>", names=names)
            with self.site.as2_connect() as connection:
                connection.send(head + b"\r\n" + body)
                answer = connection.answer()
            self.assertEqual(answer.status, 200)
            self.assertTrue(answer.head["Content-Type"].startswith("multipart/report"))
            self.assertIn(b"unknown-trading-relationship", answer.body)
        head, body = self.site.as2_request(whole, "<x@peer>", names=("nobody", "wharf"), receipt="none")
        with self.site.as2_connect() as connection:
            connection.send(head + b"\r\n" + body)
            self.assertEqual(connection.answer().status, 403)
        self.assertIn("as2_stranger", self.site.log())
        turned_away = lambda: [one for one in self.site.json("exchange", "list", "--refused") if one["state"] == "turned_away"]
        harness.wait_for(turned_away, 10, "the operator to see who was turned away")
        self.assertEqual({(one["kind"], one["address"]) for one in turned_away()}, {("unknown_names", "127.0.0.1")})
        self.assertIn(b"turned_away", self.site.run("exchange", "list").stdout)

    def test_a_strangers_gigabyte_is_not_stored(self):
        head = self.site.head(b"Content-Type: application/edi-x12", "<x@peer>", names=("nobody", "wharf"), more=["Content-Length: 1073741824"])
        with self.site.as2_connect() as connection:
            connection.send(head + b"\r\n")
            self.assertEqual(connection.answer().status, 200)

    def test_odd_chunks(self):
        def chunks(body, size, extension=b"", blanks=b""):
            made = b"".join(b"%X%s%s\r\n%s\r\n" % (len(body[at:at + size]), blanks, extension, body[at:at + size]) for at in range(0, len(body), size))
            return made + b"0\r\n\r\n"
        numbers = []
        for size, extension, blanks in [(1, b"", b""), (7, b"", b""), (4096, b";name=value", b""), (4096, b';name="a;b"', b""), (100000, b"", b" ")]:
            number = self.number()
            whole, source = self.site.wrap(self.site.payload(number))
            entity_head, body = whole.split(b"\r\n\r\n", 1)
            head = self.site.head(entity_head, f"<{number}@peer>", more=["Transfer-Encoding: chunked"])
            with self.subTest(size=size, extension=extension), self.site.as2_connect() as connection:
                connection.send(head + b"\r\n" + chunks(body, size, extension, blanks))
                answer = connection.answer()
                self.assertEqual(answer.status, 200)
                self.site.check_receipt(answer, f"<{number}@peer>", "processed", source)
                numbers.append(number)
        self.wait_for_new(*numbers)

    def test_http_1_0_and_a_head_in_pieces(self):
        number = self.number()
        whole, source = self.site.wrap(self.site.payload(number))
        head, body = self.site.as2_request(whole, f"<{number}@peer>")
        with self.site.as2_connect() as connection:
            connection.send(head.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n" + body)
            self.site.check_receipt(connection.answer(), f"<{number}@peer>", "processed", source)
            self.assertEqual(connection.socket.recv(1), b"", "closed")
        second = self.number()
        whole, source = self.site.wrap(self.site.payload(second))
        head, body = self.site.as2_request(whole, f"<{second}@peer>")
        with self.site.as2_connect() as connection:
            for at in range(len(head)):
                connection.send(head[at:at + 1])
            connection.send(b"\r")
            time.sleep(0.05)
            connection.send(b"\n" + body)
            self.site.check_receipt(connection.answer(), f"<{second}@peer>", "processed", source)
        self.wait_for_new(number, second)

    def test_several_on_one_connection_and_100_continue(self):
        numbers = [self.number() for _ in range(3)]
        with self.site.as2_connect() as connection:
            for number in numbers:
                whole, source = self.site.wrap(self.site.payload(number))
                head, body = self.site.as2_request(whole, f"<{number}@peer>", more=["Expect: 100-continue"])
                connection.send(head + b"\r\n")
                while b"\r\n\r\n" not in connection.rest:
                    connection.fill()
                self.assertTrue(connection.rest.startswith(b"HTTP/1.1 100"), connection.rest[:40])
                connection.send(body)
                self.site.check_receipt(connection.answer(), f"<{number}@peer>", "processed", source)
        # One that came before is let send its body, which may be another one, and is answered the same.
        with self.site.as2_connect() as connection:
            connection.send(head + b"\r\n")
            while b"\r\n\r\n" not in connection.rest:
                connection.fill()
            connection.send(body)
            self.site.check_receipt(connection.answer(), f"<{numbers[-1]}@peer>", "processed", source)
        self.wait_for_new(*numbers)

    def test_cut_inside_the_body_then_again(self):
        number = self.number()
        message_id = f"<{number}@peer>"
        whole, source = self.site.wrap(self.site.payload(number))
        head, body = self.site.as2_request(whole, message_id)
        for at in [0, 1, len(body) // 2, len(body) - 1]:
            with self.site.as2_connect() as connection:
                connection.send(head + b"\r\n" + body[:at])
        with self.site.as2_connect() as dead: # a connection that nobody knows to be dead
            dead.send(head + b"\r\n" + body[:100])
            self.site.check_receipt(self.site.exchange(whole, message_id), message_id, "processed", source)
        self.wait_for_new(number)

    def test_cut_inside_the_answer_then_again(self):
        for receipt in ["synchronous", "asynchronous"]:
            number = self.number()
            message_id = f"<{number}@peer>"
            whole, source = self.site.wrap(self.site.payload(number))
            head, body = self.site.as2_request(whole, message_id, receipt=receipt)
            for at in [0, 1, 20]:
                with self.site.as2_connect() as connection:
                    connection.send(head + b"\r\n" + body)
                    if at:
                        connection.socket.recv(at)
            harness.wait_for(lambda: f"INV-{number}" in self.site.invoices(), 30, f"invoice {number}")
            answer = self.site.exchange(whole, message_id, receipt=receipt)
            self.assertEqual(answer.status, 200)
            if receipt == "asynchronous":
                harness.wait_for(lambda: len(self.site.receipts.of(message_id)) >= 2, 20, "the receipt once more")
                receipts = self.site.receipts.of(message_id)
                self.assertEqual(len({one.body for one in receipts}), 1)
                answer = receipts[0]
            self.site.check_receipt(answer, message_id, "processed", source)
        self.assertEqual(len(self.new()), 2)

    def test_a_receipt_that_cannot_be_sent_is_tried_again(self):
        number = self.number()
        message_id = f"<{number}@peer>"
        whole, source = self.site.wrap(self.site.payload(number))
        self.site.receipts.statuses[:] = [503, 500]
        self.assertEqual(self.site.exchange(whole, message_id, receipt="asynchronous").status, 200)
        self.site.check_receipt(self.site.receipt_for(message_id), message_id, "processed", source)
        self.wait_for_new(number)

    def test_the_proof_of_a_message_and_its_receipt(self):
        number = self.number()
        self.site.exchange(self.site.wrap(self.site.payload(number))[0], f"<{number}@peer>")
        archive = self.site.folder / "proof.tar.gz"
        made = self.site.run("message", "evidence", f"<{number}@peer>", "--output", str(archive))
        self.assertEqual(made.returncode, 0, made.stderr)
        subprocess.run(["tar", "-xzf", archive, "-C", self.site.folder], check=True)
        folder = next(self.site.folder.glob("evidence-*"))
        verified = subprocess.run(["sh", folder / "verify.sh"], capture_output=True, text=True)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        self.assertTrue((folder / "receipt.p7s").exists())
        self.wait_for_new(number)

    def test_pings(self):
        for method, status in [("GET", 200), ("OPTIONS", 200), ("PUT", 405), ("HEAD", 200)]:
            with self.site.as2_connect() as connection:
                connection.send(f"{method} /as2 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
                answer = connection.answer(is_head=method == "HEAD")
                self.assertEqual(answer.status, status, method)
                if method == "HEAD":
                    self.assertEqual(answer.head["Content-Length"], "0")
                self.assertNotIn("wharf", (answer.head.as_string() + answer.body.decode()).lower())
        with self.site.as2_connect() as connection:
            connection.send(b"POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            self.assertEqual(connection.answer().status, 404)
        with self.site.as2_connect() as connection:
            connection.send(b"POST /as2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
            self.assertEqual(connection.answer().status, 400)

    def test_a_transfer_goes_on_where_it_broke_off(self):
        number = self.number()
        message_id = f"<{number}@peer>"
        whole, source = self.site.wrap(self.site.payload(number) + b" " * 3_000_000)
        more = ['ETag: "transfer-1"']
        head, body = self.site.as2_request(whole, message_id, more=more)

        def held():
            with self.site.as2_connect() as connection:
                connection.send(b'HEAD /as2 HTTP/1.1\r\nHost: x\r\nAS2-From: peer\r\nAS2-To: wharf\r\nETag: "transfer-1"\r\n\r\n')
                return int(connection.answer(is_head=True).head["Content-Length"])

        self.assertEqual(held(), 0)
        with self.site.as2_connect() as connection:
            connection.send(head + b"\r\n" + body[:2_000_000])
            time.sleep(0.3)
        harness.wait_for(lambda: held() > 0, 10, "the part to be held")
        at = held()
        self.assertLessEqual(at, 2_000_000)
        rest = body[at:]
        wrong, _ = self.site.as2_request(whole, message_id, more=[*more, f"Content-Range: bytes {at + 5}-{len(body) - 1}/{len(body)}"], length=len(rest) - 5)
        with self.site.as2_connect() as connection:
            connection.send(wrong + b"\r\n" + rest[5:])
            self.assertEqual(connection.answer().status, 416)
        right, _ = self.site.as2_request(whole, message_id, more=[*more, f"Content-Range: bytes {at}-{len(body) - 1}/{len(body)}"], length=len(rest))
        with self.site.as2_connect() as connection:
            connection.send(right + b"\r\n" + rest)
            self.site.check_receipt(connection.answer(), message_id, "processed", source)
        self.assertEqual(held(), 0)
        self.wait_for_new(number)

    def test_a_restart_between_answer_and_receipt(self):
        number = self.number()
        message_id = f"<{number}@peer>"
        whole, source = self.site.wrap(self.site.payload(number))
        self.site.receipts.statuses[:] = [503] # then the gateway is killed
        self.assertEqual(self.site.exchange(whole, message_id, receipt="asynchronous").status, 200)
        harness.wait_for(lambda: not self.site.receipts.statuses, 10, "the first attempt")
        self.site.stop(signal.SIGKILL)
        self.site.serve()
        self.site.check_receipt(self.site.receipt_for(message_id), message_id, "processed", source)
        self.assertEqual(self.site.exchange(whole, message_id, receipt="asynchronous").status, 200)
        self.wait_for_new(number)


class StrictTest(unittest.TestCase):
    def with_site(self, work, **settings):
        site = As2Site(**settings)
        try:
            site.serve()
            work(site)
        finally:
            site.close()

    def test_less_than_was_agreed(self):
        def work(site):
            for digest, cipher in [(None, None), (None, "aes128-cbc"), ("sha256", None), ("sha1", "aes128-cbc"), ("sha256", "3des")]:
                whole, _ = site.wrap(site.payload(1), digest, cipher)
                answer = site.exchange(whole, "<1@peer>")
                site.check_receipt(answer, "<1@peer>", "processed/error: insufficient-message-security")
            whole, source = site.wrap(site.payload(1))
            site.check_receipt(site.exchange(whole, "<1@peer>"), "<1@peer>", "processed", source)
            site.wait_for_invoices(1)
        self.with_site(work, incoming="")

    def test_client_certificates(self):
        def work(site):
            whole, source = site.wrap(site.payload(1))
            for client in [None, "stranger"]:
                answer = site.exchange(whole, "<1@peer>", context=site.tls(client))
                self.assertIn(b"unknown-trading-relationship", answer.body)
            self.assertIn(b"unknown-trading-relationship", site.exchange(whole, "<1@peer>").body, "without TLS there is none")
            answer = site.exchange(whole, "<1@peer>", context=site.tls("peer"))
            site.check_receipt(answer, "<1@peer>", "processed", source)
            site.wait_for_invoices(1)
        self.with_site(work, tls=True, incoming=RELAXED + "    client_certificates: [keys/peer.crt]\n")

    def test_both_servers_have_the_limits_that_are_set(self):
        limits = "{connections_per_address: 3, head_bytes: 2000}"
        site = As2Site(more=f"  limits: {limits}\n")
        self.addCleanup(site.close)
        configuration = site.folder / "wharf.yaml"
        configuration.write_text(configuration.read_text().replace("listen:\n", f"listen:\n  limits: {limits}\n"))
        site.serve()
        for port, path in [(site.as2_port, "/as2"), (site.api_port, "/v1/health")]:
            with Connection(port) as connection:
                connection.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Long: {'x' * 1800}\r\n\r\n".encode())
                self.assertNotEqual(connection.answer().status, 431)
            with Connection(port) as connection:
                connection.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Long: {'x' * 2000}\r\n\r\n".encode())
                self.assertEqual(connection.answer().status, 431)
            with contextlib.ExitStack() as held:
                statuses = []
                while 503 not in statuses and len(statuses) < 30: # without the setting there is room for 64
                    held.enter_context(Connection(port)).send(b"GET / HTTP/1.1\r\n") # in the middle of a head, so that it is not idle
                    with Connection(port) as further:
                        further.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                        statuses.append(further.answer().status)
                self.assertEqual(statuses[-1], 503)

    def test_a_client_certificate_that_is_wanted_from_now_on(self):
        def work(site):
            whole, source = site.wrap(site.payload(1))
            site.check_receipt(site.exchange(whole, "<1@peer>", context=site.tls(None)), "<1@peer>", "processed", source)
            channel = site.folder / "channels" / "acme-as2.yaml"
            without = channel.read_text()
            channel.write_text(without.replace("  incoming:\n", "  incoming:\n    client_certificates: [keys/peer.crt]\n"))
            harness.wait_for(lambda: "as2_client_certificates - asked_for=yes" in site.log(), 30, "the server to ask for certificates")
            self.assertIn(b"unknown-trading-relationship", site.exchange(whole, "<2@peer>", context=site.tls(None)).body)
            site.check_receipt(site.exchange(whole, "<2@peer>", context=site.tls("peer")), "<2@peer>", "processed", source)
            channel.write_text(without)
            harness.wait_for(lambda: "as2_client_certificates - asked_for=no" in site.log(), 30, "the server to ask no more")
            site.check_receipt(site.exchange(whole, "<3@peer>", context=site.tls(None)), "<3@peer>", "processed", source)
        self.with_site(work, tls=True)

    def test_what_a_stranger_sends_in_chunks_has_the_same_answer(self):
        def work(site):
            whole, _ = site.wrap(b"x" * 3_000_000, cipher=None)
            entity_head, body = whole.split(b"\r\n\r\n", 1)
            head = site.head(entity_head, "<1@peer>", names=("nobody", "wharf"), more=["Transfer-Encoding: chunked"])
            with site.as2_connect() as connection:
                connection.send(head + b"\r\n" + b"%x\r\n" % len(body) + body[:1_200_000]) # it has heard enough
                answer = connection.answer()
            self.assertEqual(answer.status, 200)
            self.assertIn(b"unknown-trading-relationship", answer.body)
        self.with_site(work)

    def test_large_messages_in_bounded_memory(self):
        def work(site):
            small, _ = site.wrap(site.payload(1))
            site.exchange(small, "<small@peer>")
            before = site.peak_memory()
            for number, receipt in enumerate(["synchronous", "asynchronous"]):
                file = site.folder / "large"
                self.make_large(site, file)
                size = file.stat().st_size
                head = site.head(b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data", f"<large-{number}@peer>", receipt=receipt,
                                 more=[f"Content-Length: {size}"])
                began = time.monotonic()
                with site.as2_connect() as connection, file.open("rb") as body:
                    connection.socket.settimeout(300)
                    connection.send(head + b"\r\n")
                    connection.socket.sendfile(body)
                    answer = connection.answer()
                self.assertEqual(answer.status, 200)
                if receipt == "asynchronous":
                    harness.wait_for(lambda: site.receipts.of(f"<large-{number}@peer>"), 120, "the receipt")
                    answer = site.receipts.of(f"<large-{number}@peer>")[0]
                site.check_receipt(answer, f"<large-{number}@peer>")
                print(f"{SIZE} MB, {receipt}: {time.monotonic() - began:.1f} s, peak {site.peak_memory() >> 20} MB (before: {before >> 20})", file=sys.stderr)
                self.assertLess(site.peak_memory() - before, 60 << 20)
            letters = site.json("dead-letter", "list")["transfers"]
            self.assertEqual(len(letters), 2)
            for letter in letters:
                where = re.search(r"\S*exchanges/\S+", letter["reason"]).group(0)
                self.assertEqual((site.folder / "data" / where).stat().st_size, SIZE << 20)
        self.with_site(work, incoming=RELAXED + "    max_bytes: 2GB\n")

    def make_large(self, site, to):
        """Signed and encrypted by the openssl command, which streams both."""
        keys = site.peer.folder
        head = b"Content-Type: application/edi-x12\r\n\r\n"
        with open(keys / "content", "wb") as out:
            out.write(head)
            for _ in range(SIZE):
                out.write(os.urandom(1 << 10) * 1024)
        openssl("cms", "-sign", "-binary", "-in", keys / "content", "-signer", site.peer.certificate("peer"), "-inkey", site.peer.key("peer"),
                "-md", "sha256", "-outform", "DER", "-out", keys / "signature")
        with open(keys / "plain", "wb") as out:
            out.write(b'Content-Type: multipart/signed; boundary=bound; protocol="application/pkcs7-signature"; micalg=sha256\r\n\r\n--bound\r\n')
            with open(keys / "content", "rb") as content:
                while block := content.read(1 << 20):
                    out.write(block)
            out.write(b"\r\n--bound\r\nContent-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: binary\r\n\r\n")
            out.write((keys / "signature").read_bytes() + b"\r\n--bound--\r\n")
        openssl("cms", "-encrypt", "-binary", "-stream", "-aes128", "-in", keys / "plain", "-outform", "DER", "-out", to, site.peer.certificate("wharf"))
        for name in ("content", "plain"):
            (keys / name).unlink()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=SIZE)
    known, rest = parser.parse_known_args()
    SIZE = known.size
    unittest.main(argv=[sys.argv[0], *rest])
