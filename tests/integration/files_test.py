"""Files that are no X12 on the gateway's channels, end to end: CSV, fixed width, XML and JSON, in and out."""
import json
import unittest

import harness
from harness import COLUMNS, body_of, group, interchange, invoice_body, orders_csv, purchase_order, transaction_set

PROFILE = """\
name: Bolt Industries
channel: {channel}
documents:
{documents}
"""
ORDERS_IN = '  - {format: csv, document: purchase_order, direction: inbound, files: ["PO_*.csv"], targets: [erp], test_targets: [trial]}'
ORDERS_OUT = '  - {format: csv, document: purchase_order, direction: outbound}'


class Files(unittest.TestCase):
    def setUp(self):
        self.site = harness.Site()
        self.addCleanup(self.site.close)

    def bolt(self, *documents, channel="van", more=""):
        """The partner, in the mailbox that acme uses too, or on a channel of his own."""
        text = PROFILE.format(channel=channel, documents="\n".join(documents)) + more
        self.root = self.site.add_partner("bolt", text, None if channel == "van" else channel)
        self.inbox, self.outbox = self.root / "inbox", self.root / "outbox"

    def change(self, old, new):
        file = self.site.folder / "partners" / "bolt" / "profile.yaml"
        self.assertIn(old, file.read_text())
        file.write_text(file.read_text().replace(old, new))

    def receive(self, name, content, expect=None):
        self.site.drop(name, content, self.inbox)
        self.site.poll(expect)
        self.assertEqual(list(self.inbox.iterdir()), [], "the file is removed once its bytes are durable")

    def message(self, **conditions):
        found = [m for m in self.site.messages() if all(m.get(k) == v for k, v in conditions.items())]
        self.assertEqual(len(found), 1, (conditions, self.site.messages()))
        return self.site.show(found[0]["id"])

    def numbers(self, target="erp"):
        return sorted(document["number"] for document in self.site.receiver.documents(target))


class ComingIn(Files):
    def test_each_document_is_delivered(self):
        self.bolt(ORDERS_IN)
        text = orders_csv(("4711", 10, 20), ("4712", 5))
        self.receive("PO_1.csv", text, expect=0)
        self.assertEqual(self.numbers(), ["4711", "4712"])
        message = self.message(direction="inbound")
        self.assertEqual((message["format"], message["partner"], message["state"], message["test"]), ("csv", "bolt", "processed", False))
        self.assertNotIn("interchange_control_number", message)
        self.assertEqual(self.site.raw(message["id"]).decode(), text, "the bytes are kept as they came")
        self.assertEqual([d["state"] for d in message["documents"]], ["accepted", "accepted"])
        document = next(d for d in self.site.receiver.documents() if d["number"] == "4711")
        self.assertEqual([line["quantity"] for line in document["lines"]], ["10", "20"])
        self.assertEqual((document["source"]["partner"], document["source"]["format"], document["source"]["message"]),
                         ("bolt", "csv", message["id"]))
        self.assertIn(document["id"], [d["id"] for d in message["documents"]])
        keys = {headers["idempotency-key"] for headers in self.site.receiver.headers()}
        self.assertEqual(keys, {d["id"] for d in message["documents"]}, "each document has an id of its own")
        self.assertEqual(self.site.sent(), {}, "nothing is acknowledged")

    def test_a_broken_row_stops_its_own_order_alone(self):
        self.bolt(ORDERS_IN)
        text = orders_csv(("4711", 10), ("4712", 5, "1O"), ("4713", 7))
        self.receive("PO_1.csv", text, expect=1)
        self.assertEqual(self.numbers(), ["4711", "4713"])
        message = self.message(direction="inbound")
        self.assertEqual([d["state"] for d in message["documents"]], ["accepted", "held", "accepted"])
        broken = message["documents"][1]
        finding = next(d for d in broken["diagnostics"] if d["severity"] == "error")
        self.assertEqual((finding["file"], finding["line"], finding["value"]), ("PO_1.csv", 4, "1O"))
        self.assertEqual(finding["column"], text.splitlines()[3].index("1O") + 1)
        self.assertTrue(broken["reason"].startswith(f"line 4, column {finding['column']}: MAP-"), broken["reason"])
        letters = self.site.json("dead-letter", "list")
        self.assertEqual([d["id"] for d in letters["documents"]], [broken["id"]], "it waits for a person")
        # The corrected file: what was right before is a duplicate, the corrected order goes through.
        self.receive("PO_2.csv", orders_csv(("4711", 10), ("4712", 5, 10), ("4713", 7)), expect=0)
        self.assertEqual(self.numbers(), ["4711", "4712", "4713"])
        self.site.run("dead-letter", "discard", broken["id"])
        self.assertFalse(any(self.site.json("dead-letter", "list").values()))

    def test_rows_of_an_order_that_stand_apart(self):
        self.bolt(ORDERS_IN)
        header, first, second, other = orders_csv(("4711", 10, 20), ("4712", 5)).splitlines()
        self.receive("PO_1.csv", "\r\n".join([header, first, other, second]) + "\r\n", expect=1)
        self.assertEqual(self.numbers(), ["4712"], "half an order is none")
        self.assertEqual([d["state"] for d in self.message(direction="inbound")["documents"]], ["held", "accepted", "held"])
        self.receive("PO_2.csv", orders_csv(("4711", 10, 20)), expect=0)
        self.assertEqual(self.numbers(), ["4711", "4712"], "the corrected file is no duplicate")
        document = next(d for d in self.site.receiver.documents() if d["number"] == "4711")
        self.assertEqual([line["quantity"] for line in document["lines"]], ["10", "20"])

    def test_rows_that_stand_apart_and_are_told_by_something_else_than_the_number(self):
        self.site.add_map("bolt/by_store", 'translator bolt/by_store extends csv/purchase_order\ndocuments by "Ship To ID"\n')
        self.bolt(ORDERS_IN.replace("files:", "translator: bolt/by_store, files:"))
        header, first, second, other = orders_csv(("4711", 10, 20), ("4712", 5)).splitlines()
        other = other.replace(",0107,", ",0108,")
        self.receive("PO_1.csv", "\r\n".join([header, first, other, second]) + "\r\n", expect=1)
        self.assertEqual(self.numbers(), [], "nobody can say which document is the half one")
        self.assertEqual([d["state"] for d in self.message(direction="inbound")["documents"]], ["held", "held", "held"])
        self.receive("PO_2.csv", "\r\n".join([header, first, second, other]) + "\r\n", expect=0)
        self.assertEqual(self.numbers(), ["4711", "4712"], "the corrected file is no duplicate")

    def test_a_file_of_another_layout_is_held(self):
        self.bolt(ORDERS_IN)
        self.receive("PO_1.csv", "Nummer;Datum\r\n4711;2025-06-02\r\n", expect=1)
        document, = self.message(direction="inbound")["documents"]
        self.assertEqual(document["state"], "held")
        self.assertIn("MAP-0142", document["reason"])
        self.assertEqual(self.site.receiver.requests, [])

    def test_a_file_without_documents(self):
        self.bolt(ORDERS_IN)
        self.receive("PO_1.csv", COLUMNS + "\r\n", expect=0)
        message = self.message(direction="inbound")
        self.assertEqual((message["state"], message["documents"]), ("processed", []))
        self.assertIn("no_documents", [event["type"] for event in message["events"]])

    def test_bytes_that_are_no_text(self):
        self.bolt(ORDERS_IN)
        for name, content in (("PO_1.csv", b""), ("PO_2.csv", b"\x00\xff\xfe" * 500), ("PO_3.csv", b"PK\x03\x04" + bytes(range(256)) * 20),
                              ("PO_4.csv", b'"' * 5000)):
            self.site.drop(name, content, self.inbox)
        self.site.poll()
        self.assertEqual(list(self.inbox.iterdir()), [])
        self.assertEqual(self.site.receiver.requests, [])
        self.assertEqual(len(self.site.messages()), 4)
        self.assertIn("GATEWAY-0001", self.message(file_name="PO_1.csv")["reason"], "an empty upload is no file without documents")


class Whose(Files):
    def test_x12_and_csv_in_one_mailbox(self):
        self.bolt(ORDERS_IN)
        self.site.drop("PO_9.csv", interchange(901, [group("IN", 77, [transaction_set("810", "0001", invoice_body("INV1"))])]))
        self.site.drop("PO_1.csv", orders_csv(("4711", 10)))
        self.site.poll(0)
        self.assertEqual(self.numbers(), ["4711", "INV1"])
        answer, = self.site.new_files()
        self.assertEqual(body_of(answer), ["AK1*IN*77", "AK2*810*0001", "AK5*A", "AK9*A*1*1*1"], "an envelope comes before the name")

    def test_a_name_nobody_knows_is_quarantined(self):
        self.bolt(ORDERS_IN)
        self.receive("orders.csv", orders_csv(("4711", 10)), expect=1)
        message = self.message(state="quarantined")
        self.assertIn("GATEWAY-0014", message["reason"])
        self.assertIn("purchase_order of bolt (PO_*.csv)", message["diagnostics"][0]["help"])
        self.assertEqual(self.site.receiver.requests, [])
        self.change('"PO_*.csv"', '"PO_*.csv", "orders*.csv"')
        self.assertEqual(self.site.run("dead-letter", "retry", message["id"]).returncode, 0)
        self.site.poll(0)
        self.assertEqual(self.numbers(), ["4711"])

    def test_a_channel_that_was_taken_out(self):
        self.bolt(ORDERS_IN, channel="bolt")
        self.site.drop("PO_1.csv", orders_csv(("4711", 10)), self.inbox)
        self.assertEqual(self.site.poll(environment={"WHARF_TEST_CRASH_AT": "after-store-transfer"}).returncode, -9)
        file = self.site.folder / "channels" / "bolt.yaml"
        text = file.read_text()
        file.unlink()
        self.change("channel: bolt", "channel: van")
        self.site.poll(1)
        message = self.message(state="quarantined")
        self.assertIn("channel bolt is not in the configuration", message["reason"])
        file.write_text(text)
        self.assertEqual(self.site.run("dead-letter", "retry", message["id"]).returncode, 0)
        self.site.poll(0)
        self.assertEqual(self.numbers(), ["4711"])

    def test_a_partner_who_is_suspended(self):
        self.bolt(ORDERS_IN, more="status: suspended\n")
        self.receive("PO_1.csv", orders_csv(("4711", 10)), expect=1)
        self.assertIn("GATEWAY-0013", self.message(state="quarantined")["reason"])

    def test_tests_never_reach_production(self):
        self.bolt(ORDERS_IN.replace("files:", "usage: production, files:"),
                  ORDERS_IN.replace("PO_*", "TEST_*").replace("files:", "usage: test, files:"))
        self.site.drop("TEST_1.csv", orders_csv(("4711", 10)), self.inbox)
        self.site.drop("PO_1.csv", orders_csv(("4711", 10)), self.inbox)
        self.site.poll(0)
        self.assertEqual((self.numbers("erp"), self.numbers("trial")), (["4711"], ["4711"]), "the same number, and no duplicate")
        self.assertEqual(self.site.receiver.headers("trial")[0]["x-wharf-test"], "true")

    def test_a_channel_for_tests(self):
        self.bolt(ORDERS_IN, channel="bolt-test")
        with (self.site.folder / "channels" / "bolt-test.yaml").open("a") as file:
            file.write("test: yes\n")
        self.receive("PO_1.csv", orders_csv(("4711", 10)), expect=0)
        self.assertEqual((self.numbers("erp"), self.numbers("trial")), ([], ["4711"]))


class Again(Files):
    def test_the_same_bytes(self):
        self.bolt(ORDERS_IN)
        self.receive("PO_1.csv", orders_csv(("4711", 10)), expect=0)
        self.receive("PO_2.csv", orders_csv(("4711", 10)), expect=0)
        self.assertEqual(len(self.site.receiver.requests), 1)
        message = self.message(state="duplicate")
        self.assertEqual((message["file_name"], message["documents"]), ("PO_2.csv", []))

    def test_the_same_bytes_where_that_is_allowed(self):
        self.bolt(ORDERS_IN, more="duplicates: {check_content: no, check_business_keys: no}\n")
        self.receive("PO_1.csv", orders_csv(("4711", 10)), expect=0)
        self.receive("PO_1.csv", orders_csv(("4711", 10)), expect=0)
        self.assertEqual(self.numbers(), ["4711", "4711"])

    def test_the_same_order_in_another_file(self):
        self.bolt(ORDERS_IN)
        self.receive("PO_1.csv", orders_csv(("4711", 10)), expect=0)
        self.receive("PO_2.csv", orders_csv(("4711", 11), ("4712", 1)), expect=0)
        self.assertEqual(self.numbers(), ["4711", "4712"])
        message = self.message(file_name="PO_2.csv")
        self.assertEqual([d["state"] for d in message["documents"]], ["duplicate", "accepted"])
        self.assertIn("DUPLICATE_PURCHASE_ORDER", self.site.events(message["id"]))

    def test_the_same_order_by_x12_and_csv(self):
        self.bolt(ORDERS_IN, '  - {set: "850", direction: inbound, targets: [erp]}',
                  more="identifiers: [{qualifier: ZZ, id: BOLT}]\nacknowledgment: {send_997: no, ta1: never}\n")
        self.receive("PO_1.csv", orders_csv(("4711", 10)), expect=0)
        body = ["BEG*00*SA*4711**20250602", "PO1*1*10*EA*12.50**UP*012345678905", "CTT*1"]
        self.receive("850.edi", interchange(901, [group("PO", 77, [transaction_set("850", "0001", body)], sender="BOLT")], sender="BOLT"),
                     expect=0)
        self.assertEqual(self.numbers(), ["4711"])

    MAP = """\
translator bolt/orders extends csv/purchase_order
in lines[]
  replace unit  Unit  lookup units, code unit words
"""
    UNITS = "cross_references: [{name: units, unknown: hold, rows: [{theirs: STK, ours: each}]}]\n"

    def test_replay_after_a_word_was_added(self):
        self.site.add_map("bolt/orders", self.MAP)
        self.bolt(ORDERS_IN.replace("document:", "translator: bolt/orders, document:"), more=self.UNITS)
        rows = orders_csv(("4711", 10), ("4712", 5), ("4713", 7)).replace(",each,", ",STK,").replace(",5,STK,", ",5,ROLLE,")
        self.receive("PO_1.csv", rows, expect=1)
        self.assertEqual(self.numbers(), ["4711", "4713"])
        held = next(d for d in self.message(direction="inbound")["documents"] if d["state"] == "held")
        self.assertTrue(held["reason"].startswith("line 3, column "), held["reason"])
        self.assertIn("ROLLE", json.dumps(held["diagnostics"]))
        self.assertEqual(self.site.run("dead-letter", "retry", held["id"]).returncode, 1, "nothing has changed")
        self.change("rows: [", "rows: [{theirs: ROLLE, ours: each}, ")
        done = self.site.run("dead-letter", "retry", held["id"])
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.site.poll(0)
        self.assertEqual(self.numbers(), ["4711", "4712", "4713"])
        again = self.message(direction="inbound")
        self.assertEqual([d["state"] for d in again["documents"]], ["accepted"] * 3)
        self.assertEqual(again["documents"][1]["id"], held["id"], "the document keeps the id it was stored under")
        delivered = next(d for d in self.site.receiver.documents() if d["number"] == "4712")
        self.assertEqual((delivered["id"], delivered["source"]["message"]), (held["id"], again["id"]))


class Out(Files):
    def serve(self):
        self.site.serve()

    def sent(self):
        return {path.name: path.read_bytes() for path in sorted(self.outbox.iterdir()) if not path.name.startswith(".")}

    def post(self, document, key=None, expect=202):
        status, answer = self.site.post(document, partner="bolt", key=key)
        self.assertEqual(status, expect, answer)
        return answer

    def wait(self, count=1):
        harness.wait_for(lambda: len(self.sent()) >= count, 20, "the file")
        return self.sent()


class GoingOut(Out):
    def test_an_order_as_csv(self):
        self.bolt(ORDERS_OUT, channel="bolt")
        self.serve()
        answer = self.post(purchase_order("4711"), key="k1")
        self.assertNotIn("interchange_control_number", answer)
        (name, data), = self.wait().items()
        self.assertEqual(name, "purchase_order_000001.csv")
        self.assertEqual(answer["file_name"], name)
        header, row, end = data.decode().split("\r\n")
        values = dict(zip(header.split(","), row.split(",")))
        self.assertEqual((values["PO Number"], values["Quantity"], values["Unit Price"], values["UPC"], end),
                         ("4711", "10", "12.50", "012345678905", ""))
        said = [finding["message"] for finding in answer["documents"][0]["diagnostics"]]
        self.assertIn("currency_party", " ".join(said), "what the file has no column for is told")
        harness.wait_for(lambda: self.site.show(answer["message"])["state"] == "sent", 20, "it to be recorded")
        message = self.site.show(answer["message"])
        self.assertEqual((message["format"], message["documents"][0]["state"]), ("csv", "sent"))
        # the same request again, then another one
        self.assertEqual(self.post(purchase_order("4711"), key="k1"), answer)
        self.post(purchase_order("4712"))
        self.assertEqual(list(self.wait(2)), ["purchase_order_000001.csv", "purchase_order_000002.csv"])

    def test_no_acknowledgment_is_expected(self):
        self.bolt(ORDERS_OUT, channel="bolt", more="acknowledgment: {expect_997_within: 1s}\n")
        self.serve()
        answer = self.post(purchase_order("4711"))
        harness.wait_for(lambda: self.site.show(answer["message"])["state"] == "sent", 20, "it to be sent")
        self.post(purchase_order("4712"))
        self.wait(2)
        with self.assertRaises(AssertionError):
            harness.wait_for(lambda: self.site.show(answer["message"])["state"] != "sent", 2, "nothing")

    def test_the_name_of_the_file(self):
        self.bolt(ORDERS_OUT[:-1] + ', file_name: "{partner}-{set}-{number}.txt"}', channel="bolt")
        self.serve()
        self.post(purchase_order("47/11"))
        self.post({**purchase_order("47/11"), "purpose": "replace"})
        self.assertEqual(list(self.wait(2)), ["bolt-850-47_11-2.txt", "bolt-850-47_11.txt"], "no file replaces another")

    def test_numbers_go_on_where_another_system_ended(self):
        self.bolt(ORDERS_OUT, channel="bolt", more="control_numbers: {first: 4711}\n")
        self.serve()
        self.post(purchase_order("4711"))
        self.assertEqual(list(self.wait(1)), ["purchase_order_004711.csv"])
        self.site.stop()
        self.change("first: 4711", "first: 1500000")  # more than six digits
        self.serve()
        self.post(purchase_order("4712"))
        self.post(purchase_order("4713"))
        sent = ["purchase_order_004711.csv", "purchase_order_1500000.csv", "purchase_order_1500001.csv"]
        self.assertEqual(list(self.wait(3)), sent)
        self.site.stop()
        self.change("first: 1500000", "first: 4711")  # lowered, it changes nothing
        self.serve()
        self.post(purchase_order("4714"))
        self.assertEqual(list(self.wait(4)), [*sent, "purchase_order_1500002.csv"])

    def test_several_orders_in_one_file(self):
        self.bolt(ORDERS_OUT, channel="bolt")
        self.serve()
        answer = self.post([purchase_order("4711"), purchase_order("4712")])
        self.assertEqual([d["number"] for d in answer["documents"]], ["4711", "4712"])
        (data,) = self.wait().values()
        self.assertEqual([row.split(b",")[0] for row in data.split(b"\r\n")[1:-1]], [b"4711", b"4712"])
        self.post([purchase_order("4713"), purchase_order("4713")], expect=422)

    def test_sent_once_more(self):
        self.bolt(ORDERS_OUT, channel="bolt")
        self.serve()
        answer = self.post(purchase_order("4711"))
        harness.wait_for(lambda: self.site.show(answer["message"])["state"] == "sent", 20, "it to be sent")
        done = self.site.run("message", "resend", answer["message"])
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        files = self.wait(2)
        self.assertEqual(list(files), ["purchase_order_000001.csv", "purchase_order_000002.csv"])
        self.assertEqual(len(set(files.values())), 1, "the same bytes")

    def test_what_cannot_be_written_is_refused(self):
        self.bolt(ORDERS_OUT, channel="bolt")
        self.serve()
        order = purchase_order("4711")
        order["lines"][0]["unit"] = "no such unit"
        self.post(order, expect=422)
        order = purchase_order("4711")
        order["test"] = True
        answer = self.post(order, expect=422)
        self.assertIn("cannot say that it is a test", answer["diagnostics"][0]["message"])
        self.post(purchase_order("4712"))
        self.assertEqual(list(self.wait()), ["purchase_order_000001.csv"], "what was refused took no number")

    def test_tests_have_a_channel_of_their_own(self):
        self.bolt(ORDERS_OUT[:-1] + ", usage: production}", ORDERS_OUT[:-1] + ", usage: test, channel: van}", channel="bolt")
        self.serve()
        order = purchase_order("4711")
        order["test"] = True
        self.post(order)
        self.post(purchase_order("4712"))
        self.wait()
        harness.wait_for(lambda: self.site.sent(), 20, "the test")
        self.assertIn("4711", list(self.site.sent().values())[0])
        self.assertIn(b"4712", list(self.sent().values())[0])


class OtherFormats(Out):
    FIXED = """\
translator bolt/orders "Orders, fixed width"
document   purchase_order 1
format     fixed codes x12 date YYYYMMDD
record     H when 1-1 = "H" number 2-11, date 12-19
record     L in H when 1-1 = "L" quantity 2-9 right "0", unit 10-11, price 12-21 right, upc 22-35
documents  each H
number               H.number
date                 H.date
purpose              read = "original"
type                 read = "stand_alone"
lines[]              each L
  position           read = $index
  quantity           quantity
  unit               unit   code unit
  unit_price         price
  items[scheme=upc].value  upc
"""
    JSON = """\
translator bolt/orders "Orders as JSON"
document   purchase_order 1
format     json indent yes
number               orderId
date                 orderDate
purpose              read = "original"
type                 read = "stand_alone"
currency             currency
lines[]              each items
  position           read = $index
  quantity           qty
  unit               uom       code unit words
  unit_price         price
  items[scheme=upc].value  upc
"""

    def test_fixed_width(self):
        self.site.add_map("bolt/orders", self.FIXED)
        self.bolt('  - {format: fixed, document: purchase_order, translator: bolt/orders, direction: inbound, targets: [erp]}')
        text = "".join(f"H{number:<10}20250602\r\nL{quantity:>08}EA{'12.50':>10}012345678905  \r\n" for number, quantity in
                       (("4711", "10"), ("4712", "5X"), ("4713", "7")))
        self.receive("orders.txt", text, expect=1)
        self.assertEqual(self.numbers(), ["4711", "4713"])
        held = next(d for d in self.message(direction="inbound")["documents"] if d["state"] == "held")
        self.assertTrue(held["reason"].startswith("line 4, "), held["reason"])

    def test_json_both_ways(self):
        self.site.add_map("bolt/orders", self.JSON)
        entry = "  - {format: json, document: purchase_order, translator: bolt/orders, "
        self.bolt(entry + "direction: inbound, targets: [erp]}", entry + "direction: outbound}", channel="bolt")
        self.receive("order.json", json.dumps({"orderId": "4711", "orderDate": "2025-06-02", "currency": "USD", "items": [
            {"qty": "10", "uom": "each", "price": "12.50", "upc": "012345678905"}]}), expect=0)
        self.assertEqual(self.numbers(), ["4711"])
        self.serve()
        self.post(purchase_order("4712"))
        (name, data), = self.wait().items()
        self.assertEqual((name, json.loads(data)["orderId"]), ("purchase_order_000001.json", "4712"))

    def test_xml_out_and_in(self):
        entry = "  - {format: xml, document: purchase_order, translator: cxml/order_request, "
        self.bolt(entry + "direction: inbound, targets: [erp]}", entry + "direction: outbound}", channel="bolt")
        self.serve()
        self.post(purchase_order("4711"))
        (data,) = self.wait().values()
        self.assertIn(b'orderID="4711"', data)
        self.site.drop("order.xml", data, self.inbox)
        harness.wait_for(lambda: self.numbers() == ["4711"], 20, "the order to come back")
        self.site.drop("broken.xml", data[:-40], self.inbox)
        harness.wait_for(lambda: self.site.json("dead-letter", "list")["documents"], 20, "the broken one to be held")


class Kills(Files):
    """Nothing lost, nothing doubled: at the steps that a file goes through."""

    def test_at_every_step_of_a_file(self):
        self.bolt(ORDERS_IN)
        for place, point in enumerate(("after-fetch", "before-store-transfer", "after-store-transfer", "after-evaluate",
                                       "before-store-messages", "after-store-messages", "after-request"), 1):
            self.site.drop(f"PO_{place}.csv", orders_csv((f"A{place}", 1), (f"B{place}", 2)), self.inbox)
            done = self.site.poll(environment={"WHARF_TEST_CRASH_AT": point})
            self.assertEqual(done.returncode, -9, point)
            self.site.poll(0)
        wanted = sorted(f"{letter}{place}" for letter in "AB" for place in range(1, 8))
        self.assertEqual(self.numbers(), wanted)
        self.assertEqual(self.site.receiver.conflicts, [])
        self.assertEqual(list(self.inbox.iterdir()), [])


if __name__ == "__main__":
    unittest.main(verbosity=1)
