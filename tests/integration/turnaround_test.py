"""The acceptance scenarios 4, 5 and 8, end to end: answers to our orders, orders for many stores, answers of ours."""
import json
import unittest

import harness
from harness import body_of, group, interchange, purchase_order, segments_of, transaction_set


class Scenario(unittest.TestCase):
    def setUp(self):
        self.site = harness.Site()
        self.addCleanup(self.site.close)

    def profile(self, old, new):
        file = self.site.folder / "partners" / "acme" / "profile.yaml"
        self.assertIn(old, file.read_text())
        file.write_text(file.read_text().replace(old, new))

    def receive(self, name, functional_id, set_id, body, expect=0, number=901):
        sets = [transaction_set(set_id, "0001", body)]
        self.site.drop(name, interchange(number, [group(functional_id, number, sets)]))
        self.site.poll(expect)
        return self.site.new_files()

    def message(self, **conditions):
        found = [m for m in self.site.messages() if all(m.get(k) == v for k, v in conditions.items())]
        self.assertEqual(len(found), 1, (conditions, found))
        return self.site.show(found[0]["id"])

    def send(self, *documents, partner="acme", expect=202):
        """Posts, waits until it is on the channel, and stops the gateway again."""
        before = len(self.site.sent())
        self.site.serve()
        status, answer = self.site.post(list(documents) if len(documents) > 1 else documents[0], partner)
        self.assertEqual(status, expect, answer)
        if status == 202:
            harness.wait_for(lambda: len(self.site.sent()) > before, 20, "the file")
        self.site.stop()
        return answer


def line(number, quantity, **more):
    return {"position": int(number), "line_number": number, "quantity": quantity, "unit": "each", "unit_price": "12.50",
            "items": [{"scheme": "upc", "value": "012345678905"}], **more}


# --- scenario 4 -----------------------------------------------------------------------------------------------------

class SplitAcknowledgment(Scenario):
    ANSWER = ["BAK*00*AE*PO-1*20250602",
              "PO1*1*24*EA*12.50", "ACK*IA*20*EA*068*20250602", "ACK*IB*4*EA*068*20250620",
              "PO1*2*10*EA*12.50", "ACK*IP*10*EA", "ACK*DR*10*EA*068*20250610",
              "CTT*2"]

    def answered(self, *answer, expect=0):
        answers = self.receive("855.edi", "PR", "855", answer, expect)
        self.assertEqual(body_of(answers[-1])[-1], "AK9*A*1*1*1")
        return self.site.receiver.documents()[-1]

    def test_parts_attributes_and_absence(self):
        self.send(purchase_order("PO-1", [line("1", "24"), line("2", "10"), line("3", "5")]))
        self.site.new_files()
        document = self.answered(*self.ANSWER)
        self.assertEqual(document["status"], "accepted_exceptions_only")
        one, two, three = document["answered_lines"]
        self.assertEqual((one["quantity"], one["confirmed"], one["backordered"]), ("24", "20", "4"))
        self.assertEqual([part["dates"][0]["date"] for part in one["parts"]], ["2025-06-02", "2025-06-20"], "both dates")
        self.assertNotIn("changes", one)
        self.assertEqual((two["quantity"], two["confirmed"]), ("10", "10"), "ten, not twenty: the same pieces")
        self.assertEqual(two["changes"], ["date", "price"])
        self.assertEqual(two["parts"][1]["dates"][0]["date"], "2025-06-10")
        self.assertEqual((three["order_line_number"], three["confirmed"], three["basis"]), ("3", "5", "absence"))
        for entry in document["answered_lines"]:
            self.assertNotIn("open", entry)

    def test_more_than_was_ordered(self):
        self.send(purchase_order("PO-1", [line("1", "24")]))
        self.site.new_files()
        document = self.answered("BAK*00*AE*PO-1*20250602", "PO1*1*24*EA*12.50", "ACK*IA*20*EA", "ACK*IB*8*EA", "CTT*1")
        self.assertEqual(document["answered_lines"][0]["backordered"], "8", "as sent")
        self.assertEqual(self.site.receiver.headers()[-1]["x-wharf-warnings"], "DOC-0103")
        finding = self.message(direction="inbound")["documents"][0]["diagnostics"][0]
        self.assertIn("line 1 is answered for 28, 24 were ordered", finding["message"])

    def test_an_order_that_is_not_ours(self):
        document = self.answered(*self.ANSWER)
        self.assertNotIn("answered_lines", document, "what was ordered is not known")
        self.assertEqual(len(document["lines"][0]["responses"]), 2)


# --- scenario 5 -----------------------------------------------------------------------------------------------------

class Stores(Scenario):
    def order(self, last="3"):
        return ["BEG*00*SA*4711**20250602", "N1*BY*HOME OFFICE*92*0001", "PO1*1*12*EA*5.25**UP*012345678905",
                f"SDQ*EA*92*0101*5*0102*4*0103*{last}", "CTT*1"]

    def split(self):
        self.profile('{set: "850", direction: inbound,', '{set: "850", direction: inbound, split_by_store: yes,')

    def test_one_order_with_three_destinations(self):
        self.receive("850.edi", "PO", "850", self.order())
        document, = self.site.receiver.documents()
        self.assertEqual([(d["location"]["value"], d["quantity"]) for d in document["lines"][0]["destinations"]],
                         [("0101", "5"), ("0102", "4"), ("0103", "3")])
        self.assertNotIn("x-wharf-warnings", self.site.receiver.headers()[-1])

    def test_one_order_for_each_store(self):
        self.split()
        self.receive("850.edi", "PO", "850", self.order())
        parts = sorted(self.site.receiver.documents(), key=lambda document: document["part_of"]["index"])
        self.assertEqual([part["lines"][0]["quantity"] for part in parts], ["5", "4", "3"])
        stores = [[p["identifiers"][0] for p in part["parties"] if p["role"] == "ship_to"] for part in parts]
        self.assertEqual(stores, [[{"scheme": "assigned_by_buyer", "value": store}] for store in ("0101", "0102", "0103")])
        for part in parts:
            self.assertEqual((part["number"], part["lines"][0]["line_number"]), ("4711", "1"))
            self.assertNotIn("destinations", part["lines"][0])
            self.assertIn("buyer", [p["role"] for p in part["parties"]])
        whole, *rest = self.message(direction="inbound")["documents"]
        self.assertEqual({part["part_of"]["document"] for part in parts}, {whole["id"]}, "linked back")
        self.assertEqual([part["part_of"]["count"] for part in parts], [3, 3, 3])
        self.assertEqual(sorted(d["id"] for d in rest), sorted(part["id"] for part in parts))
        self.assertNotIn("deliveries", whole, "the whole is not delivered beside its parts")
        self.assertIn("split_by_store", [event["type"] for event in whole["events"]])
        # The order once more, under a new number: the whole is known.
        self.receive("again.edi", "PO", "850", self.order(), number=902)
        self.assertEqual(len(self.site.receiver.documents()), 3)
        self.assertIn("DUPLICATE_PURCHASE_ORDER", self.site.events(self.message(interchange_control_number="000000902",
                                                                                   direction="inbound")["id"]))

    def test_lines_for_no_store_are_not_lost(self):
        self.split()
        body = self.order()[:-1] + ["PO1*2*7*EA*1.00**UP*012345678912", "CTT*2"]
        self.receive("850.edi", "PO", "850", body)
        parts = sorted(self.site.receiver.documents(), key=lambda document: document["part_of"]["index"])
        self.assertEqual([[(one["line_number"], one["quantity"]) for one in part["lines"]] for part in parts],
                         [[("1", "5")], [("1", "4")], [("1", "3")], [("2", "7")]])

    def test_thirteen_not_twelve(self):
        for split in (False, True):
            with self.subTest(split=split):
                if split:
                    self.split()
                answers = self.receive(f"850-{split}.edi", "PO", "850", [s.replace("4711", f"47{split:d}") for s in self.order("4")],
                                       number=901 + split)
                self.assertEqual(body_of(answers[0])[-1], "AK9*A*1*1*1")
                document = self.message(interchange_control_number=f"{901 + split:09}", direction="inbound")["documents"][0]
                warning, = document["diagnostics"]
                self.assertEqual(warning["severity"], "warning")
                self.assertIn("13, not 12", warning["message"])
        self.assertEqual(len(self.site.receiver.documents()), 4, "one whole, three parts")

    def test_eleven_stores_are_written_ten_and_one(self):
        stores = [{"location": {"scheme": "assigned_by_buyer", "value": f"{100 + n:04}"}, "quantity": "1"} for n in range(11)]
        self.send(purchase_order("PO-1", [line("1", "11", destinations=stores)]))
        sdq = [s.split("*") for s in body_of(list(self.site.sent().values())[0]) if s.startswith("SDQ*")]
        self.assertEqual([(len(s) - 3) // 2 for s in sdq], [10, 1])
        self.assertEqual(sdq[1], ["SDQ", "EA", "92", "0110", "1"])


# --- scenario 8 -----------------------------------------------------------------------------------------------------

NOTICE_GUIDE = """\
guide acme-856 "Acme: ship notices"
narrows 856 of 004010
answers 004010

detail
  levels HL
    S "Shipment"  M 1
    O "Order"  M >1  under S
    P "Carton"  M >1  under O
    I "Item"  M >1  under P
  level S
    loop N1 [ST]  M 1  "Ship to"
      N103  M  codes 92
      N104  M  "Store"  4/4 digits
  level O
    PRF  M 1
    REF [DP]  M 1  "Department"
    REF [IA]  M 1  "Vendor number"
  level P
    MAN [GM]  M 1  "Label of the carton"
      MAN02  M  is sscc
  level I
    LIN  M 1
      LIN01  M
      <UP>  M  is upc
      <IN>  M
    SN1  M 1
"""


class SupplierTurnaround(Scenario):
    ORDER = ["BEG*00*SA*{}**20250602", "REF*DP*038", "REF*IA*154880", "N1*ST*ACME STORES*92*1602",
             "PO1*3*9*EA*1.00**UP*012345678912*IN*100001", "PO1*7*5*CA*24.00**UP*012345678905*IN*100007", "CTT*2"]

    def setUp(self):
        super().setUp()
        self.profile("documents:\n", 'documents:\n  - {set: "856", direction: outbound, guide: acme-856, from_order: {references: '
                                     '[department, internal_vendor], parties: [ship_to], items: [upc, buyer_item]}}\n')
        (self.site.folder / "partners" / "acme" / "acme-856.guide").write_text(NOTICE_GUIDE)
        configuration = self.site.folder / "wharf.yaml"
        configuration.write_text(configuration.read_text().replace("group_id: WHARFGS", 'group_id: WHARFGS, company_prefix: "0614141"'))

    def order(self, number="4711", control=901):
        self.receive(f"850-{number}.edi", "PO", "850", [s.format(number) for s in self.ORDER], number=control)

    def notice(self, number="SN1", order="4711", **more):
        return {"schema": "wharf/ship_notice/1", "document": "ship_notice", "number": number, "purpose": "original",
                "shipped_lines": [{"order": {"number": order}, "order_line_number": "7", "quantity": "5", "packages": ["carton 1"], **more}]}

    def test_only_order_line_quantity_and_carton(self):
        self.order()
        self.site.new_files()
        answer = self.send(self.notice())
        text, = self.site.new_files()
        body = body_of(text)
        self.assertIn("PRF*4711***20250602", body)
        self.assertIn("REF*DP*038", body)
        self.assertIn("REF*IA*154880", body)
        self.assertIn("N1*ST*ACME STORES*92*1602", body)
        item, = [s for s in body if s.startswith("LIN*")]
        self.assertEqual(item, "LIN*7*UP*012345678905*IN*100007")
        self.assertIn("SN1**5*CA", body)
        levels = [s.split("*")[3] for s in body if s.startswith("HL*")]
        self.assertEqual(levels, ["S", "O", "P", "I"])
        mark, = [s.split("*") for s in body if s.startswith("MAN*")]
        sscc = mark[2][2:]
        self.assertEqual((mark[1], len(mark[2]), sscc[1:8]), ("GM", 20, "0614141"))
        weights = [3 if place % 2 == 0 else 1 for place in range(17)]
        self.assertEqual(-sum(int(d) * w for d, w in zip(sscc, weights)) % 10, int(sscc[17]), "a valid check digit")
        self.assertEqual(answer["documents"][0]["packages"], [{"name": "carton 1", "sscc": sscc}], "whoever packs must know the label")

    def test_a_label_is_never_given_twice(self):
        self.order()
        self.site.new_files()
        seen = []
        for number in ("SN1", "SN2"):
            answer = self.send(self.notice(number))
            seen.append(answer["documents"][0]["packages"][0]["sscc"])
        self.assertEqual(len(set(seen)), 2)
        again = self.notice("SN3", packages=[seen[0]])
        self.assertNotIn("packages", self.send(again)["documents"][0], "one that has a label keeps it")

    def test_an_unknown_order_is_refused(self):
        self.order()
        self.site.new_files()
        answer = self.send(self.notice(order="4712"), expect=422)
        self.assertEqual(answer["diagnostics"][0]["code"], "GATEWAY-0043")
        self.assertIn("4712", answer["diagnostics"][0]["message"])
        self.assertEqual(self.site.new_files(), [])
        numbers = [int(segments_of(text)[0].split("*")[13]) for text in self.site.sent().values()]
        self.send(self.notice())
        text, = self.site.new_files()
        self.assertEqual(int(segments_of(text)[0].split("*")[13]), max(numbers) + 1, "no control number was consumed")

    def test_an_order_with_a_release(self):
        self.receive("850.edi", "PO", "850", [s.format("4711*R2" if s.startswith("BEG") else "4711").replace("*R2**", "*R2*")
                                              for s in self.ORDER])
        self.site.new_files()
        self.assertEqual(self.site.receiver.documents()[0]["release_number"], "R2")
        self.send(self.notice())

    def test_the_order_of_the_release_that_is_answered(self):
        self.profile("documents:\n", 'documents:\n  - {set: "810", direction: outbound, from_order: {references: [department]}}\n')
        for control, (release, department) in enumerate((("R1", "111"), ("R2", "222")), 901):
            body = [f"BEG*00*RL*B1*{release}*20250602", f"REF*DP*{department}", *self.ORDER[4:]]
            self.receive(f"850-{release}.edi", "PO", "850", body, number=control)
        for control, (purpose, department) in enumerate((("00", "333"), ("05", "444")), 903):
            body = [f"BEG*{purpose}*SA*C1**20250602", f"REF*DP*{department}", *self.ORDER[4:]]
            self.receive(f"850-{purpose}.edi", "PO", "850", body, number=control)
        self.site.new_files()
        for number, (order, expected) in enumerate((({"order_number": "B1", "release_number": "R1"}, "111"), ({"order_number": "C1"}, "444")), 1):
            self.send({"schema": "wharf/invoice/1", "document": "invoice", "number": f"I{number}", "date": "2025-06-12", **order,
                       "lines": [{"position": 1, "line_number": "7", "quantity": "5", "unit": "case", "unit_price": "24.00"}],
                       "totals": {"amount": "120.00"}})
            text, = self.site.new_files()
            self.assertIn(f"REF*DP*{expected}", body_of(text))

    def test_two_orders_in_one_notice(self):
        self.order("4711")
        self.order("4712", 902)
        self.site.new_files()
        document = self.notice()
        document["shipped_lines"].append({"order": {"number": "4712"}, "order_line_number": "3", "quantity": "9", "packages": ["carton 1"]})
        answer = self.send(document)
        text, = self.site.new_files()
        body = body_of(text)
        self.assertEqual([s.split("*")[3] for s in body if s.startswith("HL*")], ["S", "O", "P", "I", "O", "P", "I"])
        self.assertEqual([s for s in body if s.startswith("N1*")], ["N1*ST*ACME STORES*92*1602"], "the store that both orders share")
        self.assertEqual(len({p["sscc"] for p in answer["documents"][0]["packages"]}), 2, "a carton is of one order")
        for number in ("4711", "4712"):
            self.assertIn(answer["message"], [m["id"] for m in self.site.messages(number)], "found by each of its orders")

    def test_lines_that_are_none(self):
        self.order()
        self.site.new_files()
        for lines in ([1, 2], [[]], [{"order": {"number": "4711"}, "qty": 5}], [{"packages": [1]}],
                      [{"order": {"number": "4711"}, "quantity": "5", "description": "x"}],
                      [{"order": {"number": "4711"}, "quantity": "5", "packages": ["pallet 1", "carton 1"]}]):
            answer = self.send({**self.notice(), "shipped_lines": lines}, expect=422)
            self.assertIn("shipped_lines", json.dumps(answer))
        self.assertEqual(self.site.new_files(), [])

    def test_tests_and_production_never_share_an_interchange(self):
        self.order()
        self.site.new_files()
        self.send({**self.notice("SN3"), "test": False}, {**self.notice("SN4"), "test": True}, expect=422)
        self.assertEqual(self.site.new_files(), [])

    def test_notices_of_one_number_become_one(self):
        self.order("4711")
        self.order("4712", 902)
        self.site.new_files()
        answer = self.send(self.notice(order="4711"), self.notice(order="4712", packages=["carton 2"]))
        self.assertEqual([d["number"] for d in answer["documents"]], ["SN1"])
        text, = self.site.new_files()
        self.assertEqual([s.split("*")[1] for s in body_of(text) if s.startswith("PRF*")], ["4711", "4712"])
        different = self.notice("SN2", order="4712")
        different["structure"] = "shipment_order_item"
        answer = self.send({**self.notice("SN2"), "structure": "shipment_order_packaging_item"}, different, expect=422)
        self.assertEqual(answer["diagnostics"][0]["code"], "GATEWAY-0045")


if __name__ == "__main__":
    unittest.main(verbosity=1)
