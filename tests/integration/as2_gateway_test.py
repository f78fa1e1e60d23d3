#!/usr/bin/env python3
"""Orders that go out over AS2: from our API to a partner that is not ours (as2_partner.py), and his receipts back."""
import os
import pathlib
import shutil
import sys
import tempfile
import threading
import time
import unittest

import as2_partner
import harness
from as2_partner import As2Partner, later, lost, receipt, status
from harness import purchase_order, wait_for


class As2GatewayTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys = pathlib.Path(tempfile.mkdtemp(prefix="wharf-as2-keys-"))
        As2Partner(cls.keys).close()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.keys)

    def setUp(self):
        self.site = harness.Site()
        folder = self.site.folder / "keys"
        shutil.copytree(self.keys, folder)
        self.partner = As2Partner(folder)

    def tearDown(self):
        self.site.close()
        self.partner.close()
        self.assertEqual(self.partner.trouble, [], "the partner could not open what we sent")

    def start(self, outgoing=as2_partner.QUICK, **more):
        self.partner.add_to(self.site, outgoing=outgoing, **more)
        self.site.serve()

    def order(self, number="PO-1", partner="harbor"):
        code, answer = self.site.post(purchase_order(number), partner)
        self.assertEqual(code, 202, answer)
        return answer["message"]

    def wait_for_state(self, message, state, seconds=20):
        wait_for(lambda: self.site.show(message)["state"] == state, seconds, f"{message} to be {state}: {self.site.show(message)}")
        return self.site.show(message)

    def assert_same_message_twice(self, times=2):
        self.assertEqual([len(set(posts)) for posts in self.partner.ids().values()], [1], "the same bytes under one Message-ID")
        self.assertEqual(len(self.partner.posts), times)

    def test_an_order_goes_out_signed_and_encrypted_and_is_proven(self):
        self.start()
        message = self.order()
        view = self.wait_for_state(message, "sent")
        post, = self.partner.posts
        self.assertEqual(post.payload, self.site.raw(message))
        self.assertIn(b"~ST*850*0001~", post.payload.replace(b"\n", b""))
        self.assertEqual(post.payload_head["Content-Type"], "application/edi-x12")
        self.assertEqual(post.payload_head.get_filename(), view["file_name"])
        self.assertEqual((post.headers["AS2-From"], post.headers["AS2-To"]), ("wharf", "peer"))
        self.assertNotIn(b"PO-1", post.body, "nothing in the clear")
        exchange = view["as2"]
        self.assertEqual(exchange["state"], "succeeded")
        self.assertEqual(exchange["message_id"], post.message_id)
        self.assertEqual(exchange["mic"], post.mic())
        self.assertEqual(exchange["disposition"], "processed")
        self.assertEqual(exchange["receipt"], "received")
        self.assertEqual([line.split(" ")[0] for line in exchange["certificates"]], ["signed-by", "encrypted-for", "receipt-signed-by"])
        text = self.site.run("message", "show", message).stdout.decode()
        self.assertIn(f"message-id  {post.message_id}", text)
        self.assertIn("succeeded", text)
        for event in ("as2_packed", "as2_receipt", "sent"):
            self.site.wait_for_log(f" {event} {message} ")

    def test_a_wrong_mic_is_a_dead_letter_with_an_alarm(self):
        self.partner.script = [receipt(mic="Zm9v, sha256")]
        self.start()
        message = self.order()
        view = self.wait_for_state(message, "dead_letter")
        self.assertIn("the MIC differs", view["reason"])
        self.site.wait_for_log("AS2_RECEIPT_FAILED " + message)
        self.assertEqual(self.site.run("dead-letter", "list").returncode, 1)
        self.assertEqual(len(self.partner.posts), 1)
        self.assertEqual(self.site.run("dead-letter", "retry", message).returncode, 0)
        self.wait_for_state(message, "sent")
        self.assert_same_message_twice()

    def test_a_receipt_of_somebody_else_is_no_proof(self):
        self.partner.script = [receipt(signer="stranger")]
        self.start()
        view = self.wait_for_state(self.order(), "dead_letter")
        self.assertIn("cannot be trusted", view["reason"])

    def test_503_then_well(self):
        self.partner.script = [status(503), status(503, {"Retry-After": "1"})]
        self.start()
        message = self.order()
        self.wait_for_state(message, "sent")
        self.assert_same_message_twice(3)
        self.assertIn("transmission_failed", self.site.events(message))

    def test_403_is_final_unless_it_is_agreed_that_it_is_not(self):
        self.partner.script = [status(403)]
        self.start()
        message = self.order()
        self.assertIn("403", self.wait_for_state(message, "dead_letter")["reason"])
        self.site.stop()
        channel = self.site.folder / "channels" / "harbor.yaml"
        channel.write_text(channel.read_text() + '    temporary_statuses: ["403"]\n')
        self.partner.posts.clear()
        self.partner.script = [status(403)]
        self.site.serve()
        self.wait_for_state(self.order("PO-2"), "sent")
        self.assert_same_message_twice()

    def test_a_connection_lost_after_the_message_was_read(self):
        self.partner.script = [lost, lost]
        self.start()
        self.wait_for_state(self.order(), "sent")
        self.assert_same_message_twice(3)

    def test_nobody_listens(self):
        self.start()
        self.partner.close()
        message = self.order()
        wait_for(lambda: "transmission_failed" in self.site.events(message), 10, "the first attempt to fail")
        self.assertIn("127.0.0.1", self.site.show(message)["reason"])

    def test_who_hangs_holds_up_nobody_else(self):
        freed = threading.Event()

        def hang(partner, post):
            freed.wait(240)
            return receipt()(partner, post)
        self.partner.script = [hang]
        self.start()
        stuck = [self.order(f"PO-{number}") for number in range(1, 9)]
        wait_for(lambda: self.partner.posts, 10, "the first message")
        for number in range(1, 4):
            message = self.order(f"VAN-{number}", partner="acme")
            self.wait_for_state(message, "sent", 60)  # which is less than he hangs for
        time.sleep(1)
        self.assertEqual(len(self.partner.posts), 1, "one who does not answer gets no second message meanwhile")
        freed.set()
        for message in stuck:
            self.wait_for_state(message, "sent", 30)
        self.assertEqual([len(posts) for posts in self.partner.ids().values()], [1] * 8)

    def test_without_receipt(self):
        self.partner.script = [status(204)]
        self.start(outgoing=as2_partner.QUICK + "\n    receipt: {mode: none}")
        view = self.wait_for_state(self.order(), "sent")
        self.assertIsNone(self.partner.posts[0].headers["Disposition-Notification-To"])
        self.assertEqual(view["as2"]["receipt"], "none")

    # --- what an operator sees --------------------------------------------------------------------------------------------

    def text(self, *arguments, code=0):
        done = self.site.run(*arguments)
        self.assertEqual(done.returncode, code, done)
        return (done.stdout + done.stderr).decode()

    def test_a_wrong_name_is_seen_and_corrected(self):
        self.partner.script = [receipt(disposition="processed/error: unknown-trading-partner")]
        self.start()
        message = self.order("PO-77")
        self.assertIn("AS2-From wharf, AS2-To peer", self.wait_for_state(message, "dead_letter")["reason"])
        refused = self.site.json("exchange", "list", "--refused", "--partner", "harbor")
        self.assertEqual([(one["state"], one["partner"], one["as2_from"]) for one in refused], [("failed", "harbor", "wharf")])
        message_id = refused[0]["message_id"]
        self.assertIn(message, self.text("exchange", "show", message_id.strip("<>")))
        self.assertIn("AS2_RECEIPT_FAILED", self.text("alarm", "list"))
        self.assertEqual(self.site.json("alarm", "list")[0]["subject"], message)
        self.assertIn("did you mean harbor?", self.text("exchange", "list", "--partner", "harbour", code=1))
        self.assertIn("message-id  " + message_id, self.text("message", "show", message_id))
        channel = self.site.folder / "channels" / "harbor.yaml"
        renewals = self.site.log().count("as2_relation_renewed harbor")
        channel.write_text(channel.read_text().replace("own_name: wharf", "own_name: wharf-east"))
        wait_for(lambda: self.site.log().count("as2_relation_renewed harbor") > renewals, 60, "the gateway to look at its files")
        self.assertIn("packed anew with the names and certificates of today", self.text("dead-letter", "retry", "PO-77"))
        self.wait_for_state(message, "sent")
        self.assertEqual(self.text("alarm", "list"), "", "its trouble is over")
        self.assertIn("(settled)", self.text("alarm", "list", "--all"))
        self.assertEqual([post.headers["AS2-From"] for post in self.partner.posts], ["wharf", "wharf-east"])
        listed = self.text("exchange", "list").splitlines()
        self.assertEqual(len(listed), 2)
        self.assertIn("succeeded", listed[0])
        self.assertEqual(self.text("exchange", "list", "--waiting"), "")

    def test_what_waits_for_its_next_attempt_is_told_and_sent_now(self):
        self.partner.script = [status(503)]
        self.start(outgoing="retry: {base: 1h, cap: 1h, attempts: 8}")
        message = self.order("PO-5")
        wait_for(lambda: "transmission_failed" in self.site.events(message), 10, "the first attempt")
        self.assertIn("(attempts 1, next ", self.text("message", "list", "PO-5"))
        self.assertIn("next_attempt_at", self.site.messages("PO-5")[0])
        self.assertIn("after 1 made", self.text("message", "show", message))
        self.assertIn("after 1 made", self.text("exchange", "show", message))
        self.assertIn(f"127.0.0.1:{self.partner.port}", self.site.show(message)["reason"])
        self.assertIn(f"message {message} goes now: attempt 2", self.text("message", "send-now", "PO-5"))
        self.wait_for_state(message, "sent")
        self.assertIn("does not wait to be sent", self.text("message", "send-now", message, code=1))

    def test_poll_does_what_is_due_for_a_partner_without_an_inbox(self):
        self.partner.script = [status(503)]
        self.start()
        message = self.order()
        wait_for(lambda: "transmission_failed" in self.site.events(message), 10, "the first attempt")
        self.site.stop()
        time.sleep(2.5)  # the next one is due
        text = self.text("poll", "--once", "--partner", "harbor")
        self.assertIn("0 channels looked at", text)
        self.assertIn("channel harbor has no inbox to look at (AS2: partners send to `wharf serve`); what was due on it was done\n", text)
        self.assertEqual(text.count("of all channels: 1 sent, 0 taken"), 1)
        self.assertEqual(self.site.show(message)["state"], "sent")

    # --- receipts by themselves -----------------------------------------------------------------------------------------

    def start_asynchronous(self, timeout="1h", resends=0):
        as2_partner.listen(self.site)
        self.start(outgoing=as2_partner.QUICK + f"\n    receipt: {{mode: asynchronous, timeout: {timeout}, resends: {resends}}}")

    def test_a_receipt_by_itself(self):
        self.partner.script = [later()]
        self.start_asynchronous()
        message = self.order()
        view = self.wait_for_state(message, "sent")
        self.assertEqual(view["as2"]["state"], "succeeded")
        self.assertEqual(view["as2"]["mic"], self.partner.posts[0].mic())
        wait_for(lambda: self.partner.answers_to_receipts, 5, "the answer to the receipt")
        self.assertEqual(self.partner.answers_to_receipts, [200])
        self.assertIn("as2_receipt", self.site.events(message))
        again = receipt()(self.partner, self.partner.posts[0])
        self.partner.send_receipt(self.partner.posts[0].headers["Receipt-Delivery-Option"], again)
        self.assertEqual(self.partner.answers_to_receipts, [200, 200], "twice is no error")

    def test_a_receipt_before_the_answer(self):
        def first(partner, post):
            partner.send_receipt(post.headers["Receipt-Delivery-Option"], receipt()(partner, post))
        self.partner.script = [first]  # and no answer at all
        self.start_asynchronous()
        self.wait_for_state(self.order(), "sent")
        time.sleep(1.5)
        self.assertEqual(len(self.partner.posts), 1)

    def test_receipts_of_strangers_and_for_nothing(self):
        self.partner.script = [status(200)]
        self.start_asynchronous()
        message = self.order()
        wait_for(lambda: self.site.show(message).get("as2", {}).get("state") == "waiting_for_receipt", 10, "the message to be taken")
        self.assertEqual(self.site.show(message)["state"], "ready")
        post = self.partner.posts[0]
        address = post.headers["Receipt-Delivery-Option"]
        self.partner.send_receipt(address, receipt(signer="stranger")(self.partner, post))
        self.site.wait_for_log("AS2_RECEIPT_NOT_TAKEN " + message)
        message_id, post.message_id = post.message_id, "<never@wharf>"
        self.partner.send_receipt(address, receipt()(self.partner, post))
        self.site.wait_for_log("AS2_RECEIPT_UNMATCHED")
        post.message_id = message_id
        self.assertEqual(self.site.show(message)["as2"]["state"], "waiting_for_receipt")
        self.partner.send_receipt(address, receipt(mic="Zm9v, sha256")(self.partner, post))
        self.assertIn("the MIC differs", self.wait_for_state(message, "dead_letter")["reason"])

    def test_a_receipt_that_comes_after_the_second_try_only(self):
        self.partner.script = [status(200), later()]
        self.start_asynchronous(timeout="1s", resends=1)
        self.wait_for_state(self.order(), "sent")
        self.assert_same_message_twice()

    # --- much, and from the command line --------------------------------------------------------------------------------

    def test_a_large_message(self):
        self.start()
        lines = [{"position": n, "line_number": str(n), "quantity": "10", "unit": "each", "unit_price": "12.50",
                  "items": [{"scheme": "upc", "value": "012345678905"}]} for n in range(1, 40001)]
        code, answer = self.site.post(purchase_order("PO-LARGE", lines), "harbor")
        self.assertEqual(code, 202, answer)
        self.wait_for_state(answer["message"], "sent", 60)
        self.assertEqual(self.partner.posts[0].payload, self.site.raw(answer["message"]))
        self.assertGreater(len(self.partner.posts[0].body), 1 << 20)
        self.assertTrue(list((self.site.folder / "data" / "wharf.db.exchanges").glob("*/message")), "what is large lies in files")

    def test_a_stop_does_not_wait_for_a_partner_who_hangs(self):
        ended = threading.Event()

        def hang(_partner, _post):
            ended.wait(120)

        self.partner.script = [hang]
        self.start()
        message = self.order()
        wait_for(lambda: self.partner.posts, 20, "the POST to begin")
        try:
            self.assertEqual(self.site.stop(), 0) # longer than it waits for the gateway: idle_timeout, 120 s
        finally:
            ended.set()
        self.site.serve()
        self.wait_for_state(message, "sent", 30)
        self.assert_same_message_twice()
        self.assertNotIn("transmission_given_up", self.site.log())

    def test_poll_once_sends_and_says_what_is_left(self):
        self.partner.script = [status(503)]
        self.partner.add_to(self.site)
        process = self.site.serve({"WHARF_TEST_CRASH_AT": "after-pack"})
        message = self.order()
        process.wait(timeout=20)
        self.assertEqual(self.partner.posts, [])
        self.site.poll()
        wait_for(lambda: self.site.poll() and self.site.show(message)["state"] == "sent", 20, "the order to go out")
        self.assert_same_message_twice()


if __name__ == "__main__":
    os.environ.setdefault("OPENSSL_CONF", "/etc/ssl/openssl.cnf")
    unittest.main(verbosity=2 if sys.stdout.isatty() else 1)
