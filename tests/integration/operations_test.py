"""What an operator and an ERP do: order, find, send again, retry, discard, ask the API."""
import http.client
import json
import os
import socket
import unittest

import harness
from harness import body_of, group, interchange, invoice_body, purchase_order, segments_of, transaction_set


def invoice_file(control, number, **more):
    return interchange(control, [group("IN", control, [transaction_set("810", "0001", invoice_body(number))])], **more)


class Ordering(unittest.TestCase):
    def setUp(self):
        self.site = harness.Site()
        self.addCleanup(self.site.close)
        self.site.serve()

    def send(self, number, key=None):
        status, answer = self.site.post(purchase_order(number), key=key)
        self.assertEqual(status, 202, answer)
        harness.wait_for(lambda: self.site.show(answer["message"])["state"] == "sent", 20, "the order to be sent")
        return answer

    def test_an_order_goes_out(self):
        answer = self.send("PO-1")
        self.assertEqual((answer["interchange_control_number"], answer["group_control_number"],
                          answer["transaction_control_number"]), ("000000001", "1", "0001"))
        text, = self.site.new_files()
        segments = segments_of(text)
        self.assertEqual(segments[1].split("*")[1:4], ["PO", "WHARFGS", "ACMEGS"])
        self.assertEqual(body_of(text)[0], "BEG*00*NE*PO-1**20250602")
        self.assertIn("PO1*1*10*EA*12.50**UP*012345678905", body_of(text))
        status, document = self.site.request("GET", f"/v1/documents/{answer['id']}")
        self.assertEqual((status, document["state"], document["content"]["number"]), (200, "sent", "PO-1"))
        status, raw = self.site.request("GET", f"/v1/messages/{answer['message']}/raw")
        self.assertEqual((status, raw.decode()), (200, text))

    def test_the_same_key_gives_the_same_answer(self):
        first = self.send("PO-1", key="abc")
        status, again = self.site.post(purchase_order("PO-1"), key="abc")
        self.assertEqual((status, again), (202, first))
        status, other = self.site.post(purchase_order("PO-2"), key="abc")
        self.assertEqual(status, 409, other)
        self.assertEqual(len(self.site.new_files()), 1)

    def test_refused_documents_use_no_number(self):
        broken = purchase_order("PO-1")
        del broken["purpose"]
        status, answer = self.site.post(broken)
        self.assertEqual(status, 422, answer)
        self.assertTrue(answer["diagnostics"])
        long = purchase_order("A" * 40)  # BEG03 holds 22
        status, answer = self.site.post(long)
        self.assertEqual(status, 422, answer)
        self.assertTrue(answer["diagnostics"])
        delimiter = purchase_order("PO-1")
        delimiter["parties"][0]["name"] = "A*B~C"
        status, answer = self.site.post(delimiter)
        self.assertEqual(status, 422, answer)
        for body in (b"no json", b"[]", b'"text"', json.dumps([purchase_order("1"), "x"]).encode()):
            status, answer = self.site.post(body)
            self.assertEqual(status, 422, answer)
            self.assertEqual(answer["diagnostics"][0]["code"], "GATEWAY-0042")
        status, answer = self.site.post(purchase_order("PO-1"), partner="nobody")
        self.assertEqual((status, answer["diagnostics"][0]["code"]), (422, "GATEWAY-0041"))
        self.assertEqual(self.site.messages(), [])
        self.assertEqual(self.send("PO-1")["interchange_control_number"], "000000001")

    def test_found_by_any_number_and_sent_again(self):
        first = self.send("PO-77")
        for word in ("PO-77", "000000001", "1", first["message"]):
            self.assertEqual([m["id"] for m in self.site.messages(word)], [first["message"]], word)
        original, = self.site.new_files()
        done = self.site.run("message", "resend", "PO-77")
        self.assertEqual(done.returncode, 0, done.stderr)
        harness.wait_for(lambda: len(self.site.sent()) == 2, 20, "the second 850")
        again, = self.site.new_files()
        self.assertEqual(segments_of(again)[0].split("*")[13], "000000002")
        self.assertEqual(segments_of(again)[1].split("*")[6], "2")
        self.assertEqual(body_of(again), body_of(original))
        # the new group is the one whose acknowledgment counts
        sets = [transaction_set("997", "0001", ["AK1*PO*2", "AK9*A*1*1*1"])]
        self.site.drop("997.edi", interchange(1, [group("FA", 1, sets)]))
        harness.wait_for(lambda: [m["state"] for m in self.site.messages("--direction", "outbound")] == ["accepted", "sent"], 20,
                         "the 997")

    def test_the_api_guards_its_door(self):
        for method, path, expected in (("GET", "/v1/nothing", 404), ("GET", "/v1/documents", 405), ("POST", "/v1/messages", 405),
                                       ("GET", "/v1/messages/none", 404), ("GET", "/v1/documents/none", 404),
                                       ("GET", "/v1/messages?state=nonsense", 400), ("GET", "/v1/messages?limit=0", 400),
                                       ("GET", "/v1/messages?search=PO%2D1", 200), ("GET", "/v1/health", 200)):
            self.assertEqual(self.site.request(method, path)[0], expected, (method, path))

    def test_a_test_order_is_marked(self):
        order = purchase_order("PO-T")
        order["test"] = True
        status, answer = self.site.post(order)
        self.assertEqual(status, 202, answer)
        harness.wait_for(lambda: len(self.site.sent()) == 1, 20, "the order")
        text, = self.site.new_files()
        self.assertEqual(segments_of(text)[0].split("*")[15], "T")

    def test_sigterm_ends_it_cleanly(self):
        self.assertEqual(self.site.stop(), 0)


class Tokens(unittest.TestCase):
    def test_bearer(self):
        site = harness.Site()
        self.addCleanup(site.close)
        config = site.folder / "wharf.yaml"
        config.write_text(config.read_text().replace(
            "identities:", '  tokens:\n    - {name: erp, token: "${env:WHARF_TEST_TOKEN}"}\nidentities:'))
        environment = {"WHARF_TEST_TOKEN": "correct-horse"}
        os.environ.update(environment)
        self.addCleanup(os.environ.pop, "WHARF_TEST_TOKEN")
        site.serve()
        self.assertEqual(site.request("GET", "/v1/messages")[0], 401)
        self.assertEqual(site.request("GET", "/v1/messages", headers={"Authorization": "Bearer wrong"})[0], 401)
        self.assertEqual(site.request("GET", "/v1/messages", headers={"Authorization": "Bearer correct-horse"})[0], 200)
        self.assertEqual(site.request("GET", "/v1/health")[0], 200, "monitors need no token")
        self.assertNotIn("correct-horse", (site.folder / "log").read_text(), "no secret in the log")


class Delivering(unittest.TestCase):
    def setUp(self):
        self.site = harness.Site(attempts=2)
        self.addCleanup(self.site.close)

    def delivery(self):
        message = self.site.messages("--direction", "inbound")[0]
        return self.site.show(message["id"])["documents"][0]["deliveries"][0]

    def test_refused_for_good_then_retried_by_hand(self):
        self.site.receiver.statuses = [422]
        self.site.drop("a.edi", invoice_file(901, "INV1"))
        self.site.poll(1)
        self.assertEqual((self.delivery()["state"], self.delivery()["last_status"]), ("dead_letter", 422))
        self.assertEqual(len(self.site.new_files()), 1, "the 997 tells of syntax, not of the ERP")
        letter, = self.site.json("dead-letter", "list")["deliveries"]
        self.assertEqual(self.site.run("dead-letter", "retry", letter["id"]).returncode, 0)
        self.site.poll(0)
        self.assertEqual(self.delivery()["state"], "delivered")
        keys = {headers["idempotency-key"] for headers in self.site.receiver.headers()}
        self.assertEqual(len(keys), 1, "the same key again")

    def test_temporary_trouble_is_tried_again_and_then_given_up(self):
        self.site.receiver.statuses = [503, 503, 503]
        self.site.drop("a.edi", invoice_file(901, "INV1"))
        self.site.serve()
        harness.wait_for(lambda: self.site.messages() and self.delivery()["state"] == "dead_letter", 20, "the last attempt")
        self.assertEqual(self.delivery()["attempts"], 2)
        self.assertEqual(len(self.site.receiver.requests), 2)
        done = self.site.run("dead-letter", "discard", self.delivery()["id"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.site.run("dead-letter", "list").returncode, 0)
        self.assertEqual(self.delivery()["state"], "discarded")

    def test_a_notice_goes_to_both(self):
        body = ["BSN*00*SN1*20250602*1403*0001", "HL*1**S", "HL*2*1*O", "PRF*4711", "HL*3*2*I", "LIN*1*UP*012345678905",
                "SN1*1*24*EA", "CTT*3"]
        self.site.drop("a.edi", interchange(901, [group("SH", 1, [transaction_set("856", "0001", body)])]))
        self.site.poll(0)
        self.assertEqual(sorted(path for path, _, _ in self.site.receiver.requests), ["/erp/ship_notice", "/wms/ship_notice"])
        message, = self.site.messages("4711")
        self.assertEqual(message["direction"], "inbound", "found by its order")

    def test_held_without_target_then_delivered(self):
        profile = self.site.folder / "partners" / "acme" / "profile.yaml"
        text = profile.read_text()
        profile.write_text(text.replace('{set: "810", direction: inbound, targets: [erp], test_targets: [trial]}',
                                        '{set: "810", direction: inbound, test_targets: [trial]}'))
        self.site.drop("a.edi", invoice_file(901, "INV1"))
        self.site.poll(1)
        answer, = self.site.new_files()
        self.assertEqual(body_of(answer)[-1], "AK9*A*1*1*1")
        message, = self.site.messages("--direction", "inbound")
        held, = self.site.json("dead-letter", "list")["documents"]
        self.assertEqual((held["id"], held["state"]), (self.site.show(message["id"])["documents"][0]["id"], "held"))
        self.assertEqual(self.site.run("dead-letter", "retry", held["id"]).returncode, 1, "nothing has changed yet")
        profile.write_text(text)
        done = self.site.run("dead-letter", "retry", held["id"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.site.poll(0)
        document, = self.site.receiver.documents()
        stored = self.site.show(message["id"])["documents"][0]
        self.assertEqual((document["id"], document["number"]), (stored["id"], "INV1"))
        self.assertEqual(stored["state"], "accepted")
        self.assertEqual(self.site.new_files(), [], "acknowledged once")
        self.assertEqual(self.site.run("dead-letter", "list").returncode, 0)

    def test_held_and_discarded(self):
        profile = self.site.folder / "partners" / "acme" / "profile.yaml"
        profile.write_text(profile.read_text().replace('"810", direction: inbound, targets: [erp],', '"810", direction: inbound,'))
        self.site.drop("a.edi", invoice_file(901, "INV1"))
        self.site.poll(1)
        held, = self.site.json("dead-letter", "list")["documents"]
        self.assertEqual(self.site.run("dead-letter", "discard", held["id"]).returncode, 0)
        self.assertEqual(self.site.run("dead-letter", "list").returncode, 0)
        self.assertEqual(self.site.run("dead-letter", "retry", held["id"]).returncode, 1)
        self.assertEqual(self.site.show(held["message"])["documents"][0]["state"], "discarded")

    def test_held_interchange_is_released_by_hand(self):
        self.site.drop("a.edi", invoice_file(901, "INV1"))
        self.site.poll(0)
        self.site.drop("b.edi", invoice_file(901, "INV2"))
        self.site.poll(1)
        letter, = self.site.json("dead-letter", "list")["messages"]
        self.assertEqual(letter["state"], "held")
        self.assertEqual(self.site.run("dead-letter", "retry", letter["id"]).returncode, 0)
        self.site.poll(0)
        self.assertEqual(sorted(d["number"] for d in self.site.receiver.documents()), ["INV1", "INV2"])

    def test_unknown_ids(self):
        self.site.poll(0)
        for command in (("message", "show", "X"), ("message", "raw", "X"), ("message", "resend", "X"),
                        ("dead-letter", "retry", "X"), ("dead-letter", "discard", "X")):
            done = self.site.run(*command)
            self.assertEqual(done.returncode, 1, (command, done.stderr))
            self.assertTrue(done.stderr)


def mute_port(test):
    """A server that takes connections and never says a word."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(64)
    test.addCleanup(server.close)
    return server.getsockname()[1]


class Trouble(unittest.TestCase):
    """One that hangs or goes away must not stop the others."""

    def setUp(self):
        self.site = harness.Site()
        self.addCleanup(self.site.close)

    def test_a_server_that_hangs_stops_neither_deliveries_nor_answers(self):
        (self.site.folder / "channels" / "mute.yaml").write_text(
            f"transport: sftp\nsftp: {{host: 127.0.0.1, port: {mute_port(self)}, user: u, password: \"${{env:WHARF_TEST_PW}}\", "
            'host_key_fingerprints: ["SHA256:uNiVztksCsDhcc0u9e8BrEIW1zr51tFGVmXP+JBUU9c"]}\n'
            "pickup: {inbox: in, outbox: out}\nsenders: [other]\n")
        other = self.site.folder / "partners" / "other"
        other.mkdir()
        profile = (self.site.folder / "partners" / "acme" / "profile.yaml").read_text()
        (other / "profile.yaml").write_text(profile.replace("id: ACME,", "id: OTHER,").replace("channel: van", "channel: mute"))
        self.site.serve(environment={"WHARF_TEST_PW": "correct-horse"})
        for number in range(10):  # more than there are workers
            self.assertEqual(self.site.post(purchase_order(f"PO-{number}"), partner="other")[0], 202)
        self.site.drop("a.edi", invoice_file(901, "INV1"))
        harness.wait_for(lambda: self.site.receiver.documents() and self.site.sent(), 15, "the invoice and its 997")
        self.assertNotIn("correct-horse", (self.site.folder / "log").read_text())

    def test_a_target_that_hangs_does_not_stop_the_997s(self):
        config = self.site.folder / "wharf.yaml"
        config.write_text(config.read_text().replace(f"127.0.0.1:{self.site.receiver.port}/erp", f"127.0.0.1:{mute_port(self)}/erp")
                          .replace("/erp/{document}\", production: yes", "/erp/{document}\", production: yes, timeout: 4s"))
        self.site.serve()
        for number in range(10):
            self.site.drop(f"{number}.edi", invoice_file(901 + number, f"INV{number}"))
        harness.wait_for(lambda: len(self.site.sent()) == 10, 15, "the 997s")
        body = ["BSN*00*SN1*20250602*1403*0001", "HL*1**S", "HL*2*1*O", "PRF*4711", "HL*3*2*I", "LIN*1*UP*012345678905",
                "SN1*1*24*EA", "CTT*3"]
        self.site.drop("n.edi", interchange(950, [group("SH", 950, [transaction_set("856", "0001", body)])]))
        harness.wait_for(lambda: self.site.receiver.documents("wms"), 30, "the notice at the other target")

    def test_a_folder_that_is_replaced(self):
        self.site.serve()
        self.site.drop("a.edi", invoice_file(901, "INV1"))
        harness.wait_for(lambda: len(self.site.sent()) == 1, 15, "the first 997")
        self.site.mailbox.rename(self.site.folder / "gone")
        harness.wait_for(lambda: b"poll_failed" in (self.site.folder / "log").read_bytes(), 15, "a word about it")
        self.site.inbox.mkdir(parents=True)
        self.site.outbox.mkdir()
        self.site.drop("b.edi", invoice_file(902, "INV2"))
        harness.wait_for(lambda: len(self.site.receiver.documents()) == 2 and self.site.sent(), 15, "the second invoice")

    def test_what_is_skipped_is_reported_once(self):
        (self.site.inbox / "folder").mkdir()
        self.site.serve()
        self.site.drop("a.edi", invoice_file(901, "INV1"))  # some looks later
        harness.wait_for(lambda: self.site.receiver.documents(), 15, "the invoice")
        self.site.drop("b.edi", invoice_file(902, "INV2"))
        harness.wait_for(lambda: len(self.site.receiver.documents()) == 2, 15, "the second")
        self.assertEqual((self.site.folder / "log").read_text().count(" skipped "), 1)

    def test_what_was_not_sent_yet_is_not_sent_again(self):
        process = self.site.serve(environment={"WHARF_TEST_CRASH_AT": "before-transmit"})
        status, answer = self.site.post(purchase_order("PO-1"))
        self.assertEqual(status, 202)
        harness.wait_for(lambda: process.poll() is not None, 15, "the kill before it is written")
        self.assertEqual(self.site.show(answer["message"])["state"], "ready")
        self.assertEqual(self.site.run("message", "resend", answer["message"]).returncode, 1)
        self.site.poll(0)
        self.assertEqual(len(self.site.sent()), 1)

    def test_a_page_in_a_browser_is_not_served(self):
        self.site.serve()
        headers = {"Origin": "http://elsewhere.example", "Content-Type": "text/plain"}
        self.assertEqual(self.site.request("POST", "/v1/documents?partner=acme", purchase_order("PO-1"), headers)[0], 401)
        self.assertEqual(self.site.request("GET", "/v1/messages", headers=headers)[0], 401)
        self.assertEqual(self.site.messages(), [])


class Outbox(unittest.TestCase):
    def test_a_full_or_missing_outbox_is_retried(self):
        site = harness.Site()
        self.addCleanup(site.close)
        site.drop("a.edi", invoice_file(901, "INV1"))
        site.poll(environment={"WHARF_TEST_CRASH_AT": "after-store-messages"})
        site.outbox.rename(site.mailbox / "gone")
        site.poll(2)
        self.assertEqual([d["number"] for d in site.receiver.documents()], ["INV1"], "deliveries do not wait for the 997")
        (site.mailbox / "gone").rename(site.outbox)
        outbound, = site.messages("--direction", "outbound")
        self.assertEqual(outbound["attempts"], 1)
        if outbound["state"] == "dead_letter":
            self.assertEqual(site.run("dead-letter", "retry", outbound["id"]).returncode, 0)
        site.serve()
        harness.wait_for(lambda: len(site.sent()) == 1, 20, "the 997")

    def test_who_sends_again_gets_the_acknowledgment_that_could_not_be_sent(self):
        site = harness.Site(attempts=1)
        self.addCleanup(site.close)
        site.drop("a.edi", invoice_file(901, "INV1"))
        site.poll(environment={"WHARF_TEST_CRASH_AT": "after-store-messages"})
        site.outbox.rename(site.mailbox / "gone")
        site.poll(2)
        (site.mailbox / "gone").rename(site.outbox)
        outbound, = site.messages("--direction", "outbound")
        self.assertEqual(outbound["state"], "dead_letter")
        site.drop("again.edi", invoice_file(901, "INV1"))
        site.poll()
        answer, = site.new_files()
        self.assertEqual(body_of(answer)[-1], "AK9*A*1*1*1")
        self.assertEqual(len(site.receiver.documents()), 1, "it is still a duplicate")


if __name__ == "__main__":
    unittest.main(verbosity=1)
