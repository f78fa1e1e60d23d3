"""What bad input gets: a clear word on what it is, the bytes kept, and nothing else disturbed."""
import os
import threading
import time
import unittest

import harness
from harness import body_of, group, interchange, invoice_body, segments_of, transaction_set

GOOD = interchange(901, [group("IN", 77, [transaction_set("810", "0001", invoice_body("INV1"))])])


class BadInput(unittest.TestCase):
    def setUp(self):
        self.site = harness.Site()
        self.addCleanup(self.site.close)

    def letters(self):
        return self.site.json("dead-letter", "list")

    def alone_and_with_a_neighbour(self, content, code, words, state="dead_letter"):
        self.site.drop("a-bad.bin", content)
        self.site.drop("b-good.edi", GOOD)
        self.site.poll(1)
        self.assertEqual(self.site.left(), [])
        letters = self.letters()
        self.assertEqual(len(letters["messages"]), 1, letters)
        letter = letters["messages"][0]
        self.assertEqual(letter["state"], state)
        self.assertTrue(letter["reason"].startswith(code), letter["reason"])
        self.assertIn(words, letter["reason"])
        data = content if isinstance(content, bytes) else content.encode()
        self.assertEqual(self.site.raw(letter["id"]), data if state == "dead_letter" else data.rstrip(b"\n"), "the bytes are kept")
        self.assertEqual(sorted(d["number"] for d in self.site.receiver.documents()), ["INV1"], "the neighbour is not disturbed")
        self.assertEqual(len(self.site.sent()), 1, "only the neighbour is acknowledged")
        return letter

    def test_empty_file(self):
        self.alone_and_with_a_neighbour(b"", "GATEWAY-0001", "empty")

    def test_jpeg(self):
        self.alone_and_with_a_neighbour(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 8, "GATEWAY-0002", "JPEG")

    def test_edifact(self):
        self.alone_and_with_a_neighbour("UNA:+.? 'UNB+UNOC:3+ACME+US+250602:1403+1'UNZ+0+1'", "GATEWAY-0003", "EDIFACT")

    def test_truncated_isa(self):
        self.alone_and_with_a_neighbour(GOOD[:60], "GATEWAY-0004", "cut short")

    def test_unknown_partner(self):
        letter = self.alone_and_with_a_neighbour(
            interchange(5, [group("IN", 1, [transaction_set("810", "0001", invoice_body("INV5"))])], sender="ACMEX"),
            "GATEWAY-0010", "ZZ:ACME", state="quarantined")
        # the profile is corrected and the message processed again
        profile = self.site.folder / "partners" / "acme" / "profile.yaml"
        profile.write_text(profile.read_text().replace("channel: van", "  - {qualifier: ZZ, id: ACMEX}\nchannel: van"))
        done = self.site.run("dead-letter", "retry", letter["id"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.site.poll(0)
        self.assertEqual(sorted(d["number"] for d in self.site.receiver.documents()), ["INV1", "INV5"])
        self.assertEqual(self.letters()["messages"], [])

    def test_unknown_receiver(self):
        self.alone_and_with_a_neighbour(
            interchange(5, [group("IN", 1, [transaction_set("810", "0001", invoice_body("INV5"))])], receiver="WHARFC"),
            "GATEWAY-0011", "ZZ:WHARFCO", state="quarantined")

    def test_a_set_without_grammar(self):
        sets = [transaction_set("999X"[:3], "0001", ["XXX*1"]), transaction_set("810", "0002", invoice_body("INV2"))]
        sets[0][0] = "ST*QQQ*0001"
        self.site.drop("unknown-set.edi", interchange(6, [group("IN", 6, sets)]))
        self.site.poll(1)
        answer, = self.site.new_files()
        self.assertEqual(body_of(answer), ["AK1*IN*6", "AK2*QQQ*0001", "AK5*R*6", "AK2*810*0002", "AK5*A", "AK9*P*2*2*1"])
        self.assertEqual(sorted(d["number"] for d in self.site.receiver.documents()), ["INV2"])

    def test_a_set_nobody_agreed_on(self):
        profile = self.site.folder / "partners" / "acme" / "profile.yaml"
        profile.write_text("".join(line for line in profile.read_text().splitlines(True) if '"810"' not in line))
        self.site.drop("not-agreed.edi", GOOD)
        self.site.poll(1)
        answer, = self.site.new_files()
        self.assertEqual(body_of(answer), ["AK1*IN*77", "AK2*810*0001", "AK5*R*1", "AK9*R*1*1*0"])
        self.assertEqual(self.site.receiver.requests, [])

    def test_an_unknown_release(self):
        self.site.drop("release.edi", interchange(7, [group("IN", 7, [transaction_set("810", "0001", invoice_body("INV2"))],
                                                            release="009999")]))
        self.site.poll(1)
        answer, = self.site.new_files()
        self.assertEqual(body_of(answer)[-1], "AK9*R*1*1*0*2")
        self.assertEqual(self.site.receiver.requests, [])

    def test_junk_between_interchanges(self):
        second = interchange(902, [group("IN", 78, [transaction_set("810", "0001", invoice_body("INV2"))])])
        self.site.drop("junk.edi", GOOD + "what is this?\n" + second)
        self.site.poll(1)
        self.assertEqual(sorted(d["number"] for d in self.site.receiver.documents()), ["INV1", "INV2"])
        letter, = self.letters()["messages"]
        self.assertTrue(letter["reason"].startswith("GATEWAY-0005"), letter["reason"])
        self.assertEqual(self.site.raw(letter["id"]).strip(), b"what is this?")

    def test_too_large(self):
        """A 2 GB file (sparse): set aside unread, untouched."""
        site = harness.Site(pickup=", max_bytes: 1MB")
        self.addCleanup(site.close)
        with open(site.inbox / "huge.edi", "wb") as file:
            file.truncate(2 << 30)
        site.drop("b-good.edi", GOOD)
        site.poll(1)
        self.assertEqual(site.left(), [])
        letter, = site.json("dead-letter", "list")["transfers"]
        self.assertTrue(letter["reason"].startswith("GATEWAY-0006"), letter["reason"])
        self.assertEqual((site.mailbox / "failed" / "huge.edi").stat().st_size, 2 << 30)
        self.assertEqual([d["number"] for d in site.receiver.documents()], ["INV1"])

    def test_still_being_written(self):
        site = harness.Site(pickup=", minimum_age: 1h")
        self.addCleanup(site.close)
        site.drop("growing.edi", GOOD)
        done = site.poll(0)
        self.assertIn(b"1 still being written", done.stdout)
        self.assertEqual(site.left(), ["growing.edi"])
        hours_ago = os.stat(site.inbox / "growing.edi").st_mtime - 7200
        os.utime(site.inbox / "growing.edi", (hours_ago, hours_ago))
        site.poll(0)
        self.assertEqual([d["number"] for d in site.receiver.documents()], ["INV1"])

    def test_it_must_look_the_same_twice(self):
        """stable_polls with `poll --once`, whose every run begins with an empty memory."""
        site = harness.Site(pickup=", stable_polls: 2")
        self.addCleanup(site.close)
        site.drop("still.edi", GOOD)
        growing = open(site.inbox / "growing.edi", "wb", buffering=0)
        self.addCleanup(growing.close)
        done = threading.Event()

        def grow():
            while not done.is_set():
                growing.write(b"ISA*")
                time.sleep(0.05)

        writer = threading.Thread(target=grow)
        writer.start()
        try:
            self.assertIn(b"1 file taken, 1 still being written", site.poll(0).stdout)
        finally:
            done.set()
            writer.join()
        self.assertEqual(site.left(), ["growing.edi"])
        self.assertEqual([d["number"] for d in site.receiver.documents()], ["INV1"])

    def test_a_file_that_cannot_be_set_aside_stops_nobody(self):
        site = harness.Site(pickup=", max_bytes: 1MB")
        self.addCleanup(site.close)
        (site.mailbox / "failed").write_text("a file where the folder should be")
        with open(site.inbox / "a-huge.edi", "wb") as file:
            file.truncate(2 << 20)
        site.drop("b-good.edi", GOOD)
        done = site.poll(2)
        self.assertIn(b"failed", done.stderr)
        self.assertEqual(site.left(), ["a-huge.edi"])
        self.assertEqual([d["number"] for d in site.receiver.documents()], ["INV1"])
        (site.mailbox / "failed").unlink()
        site.poll()
        self.assertEqual(site.left(), [])
        self.assertEqual(len(site.json("dead-letter", "list")["transfers"]), 1, "noted once")

    def test_the_end_of_the_file_is_missing(self):
        for cut in range(110, len(GOOD) - 2, 7):  # wherever it is cut, nothing is delivered and nothing breaks
            with self.subTest(cut=cut):
                text = GOOD.replace("000000901", f"{cut:09}")
                self.site.drop("cut.edi", text[:cut])
        self.site.poll(1)
        self.assertEqual(self.site.receiver.requests, [])


class BadConfiguration(unittest.TestCase):
    """A wrong profile, map or grammar file is refused at start with file, line and reason; exit 2."""

    def setUp(self):
        self.site = harness.Site()
        self.addCleanup(self.site.close)

    def refused(self, *words, arguments=()):
        self.site.drop("good.edi", GOOD)
        done = self.site.run(*arguments, "poll", "--once")
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stderr.decode())
        self.assertEqual(self.site.left(), ["good.edi"], "nothing was begun")

    def test_profile(self):
        profile = self.site.folder / "partners" / "acme" / "profile.yaml"
        profile.write_text(profile.read_text().replace("channel: van", "chanel: van"))
        self.refused("profile.yaml", "chanel", "channel")

    def test_unknown_target(self):
        profile = self.site.folder / "partners" / "acme" / "profile.yaml"
        profile.write_text(profile.read_text().replace("[erp, wms]", "[erp, wmz]"))
        self.refused("profile.yaml", "wmz")

    def test_production_target_for_tests(self):
        profile = self.site.folder / "partners" / "acme" / "profile.yaml"
        profile.write_text(profile.read_text().replace("test_targets: [trial]", "test_targets: [erp]"))
        self.refused("profile.yaml", "erp")

    def test_map(self):
        (self.site.folder / "maps").mkdir()
        (self.site.folder / "maps" / "acme.map").write_text("translator acme {\n  this is no map\n")
        with open(self.site.folder / "wharf.yaml", "a") as file:
            file.write("translators: maps\n")
        self.refused("acme.map")

    def test_grammar(self):
        folder = self.site.folder / "grammars" / "x12" / "sets"
        folder.mkdir(parents=True)
        (folder / "810").write_text("set 810 Invoice\n  ??? nonsense\n")
        self.refused("810", arguments=("--grammars", str(self.site.folder / "grammars")))

    def test_no_configuration(self):
        (self.site.folder / "wharf.yaml").unlink()
        self.refused("wharf.yaml")

    def test_a_second_gateway(self):
        self.site.serve()
        done = self.site.run("poll", "--once")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"only one serve or poll", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
