"""The acceptance scenarios 1, 2, 3, 6, 7 and 9, end to end, with exactly the stated results."""
import json
import time
import unittest

import harness
from harness import body_of, group, interchange, invoice_body, purchase_order, segments_of, transaction_set


class Scenario(unittest.TestCase):
    def setUp(self):
        self.site = harness.Site()
        self.addCleanup(self.site.close)

    def receive(self, name, text, expect=None):
        """Puts a file into the mailbox, polls once, and gives what came into the outbox."""
        self.site.drop(name, text)
        self.site.poll(expect)
        self.assertEqual(self.site.left(), [], "the file is removed once its bytes are durable")
        return self.site.new_files()

    def only_message(self, **conditions):
        found = [m for m in self.site.messages() if all(m.get(k) == v for k, v in conditions.items())]
        self.assertEqual(len(found), 1, (conditions, found))
        return found[0]

    def numbers_delivered(self, target="erp"):
        return sorted(document["number"] for document in self.site.receiver.documents(target))


class MixedGroup(Scenario):
    """Scenario 1."""

    def test_a_bad_set_between_good_ones(self):
        bad = invoice_body("INV2", lines=["IT1*1*10*EA*12.5O"])
        sets = [transaction_set("810", "0001", invoice_body("INV1")), transaction_set("810", "0002", bad),
                transaction_set("810", "0003", invoice_body("INV3"))]
        answers = self.receive("mixed.edi", interchange(901, [group("IN", 77, sets)]), expect=1)
        self.assertEqual(len(answers), 1)
        self.assertEqual(body_of(answers[0]), [
            "AK1*IN*77", "AK2*810*0001", "AK5*A", "AK2*810*0002", "AK3*IT1*3**8", "AK4*4*212*6*12.5O", "AK5*R*5",
            "AK2*810*0003", "AK5*A", "AK9*P*3*3*2"])
        self.assertEqual(self.numbers_delivered(), ["INV1", "INV3"])
        # 0002 stays, with its place
        message = self.only_message(direction="inbound")
        self.assertEqual(message["state"], "processed")
        documents = self.site.show(message["id"])["documents"]
        self.assertEqual([d["state"] for d in documents], ["accepted", "rejected", "accepted"])
        finding = documents[1]["diagnostics"][0]
        self.assertEqual((finding["segment_id"], finding["segment_position"], finding["element"], finding["value"]),
                         ("IT1", 3, 4, "12.5O"))
        raw = self.site.raw(message["id"])
        self.assertEqual(raw[finding["offset"]:finding["offset"] + finding["length"]], b"12.5O")
        # the envelope of the answer: identifiers swapped, usage kept
        isa = segments_of(answers[0])[0].split("*")
        self.assertEqual((isa[5], isa[6].strip(), isa[7], isa[8].strip(), isa[15]), ("ZZ", "WHARFCO", "ZZ", "ACME", "P"))
        gs = segments_of(answers[0])[1].split("*")
        self.assertEqual((gs[1], gs[2], gs[3], gs[8]), ("FA", "WHARFGS", "ACMEGS", "004010"))

    def test_a_lone_set_with_se01_too_high(self):
        sets = [transaction_set("810", "0001", invoice_body("INV1"), count=9)]
        answers = self.receive("count.edi", interchange(902, [group("IN", 78, sets)]), expect=1)
        self.assertEqual(len(answers), 1)
        self.assertEqual(body_of(answers[0]), ["AK1*IN*78", "AK2*810*0001", "AK5*R*4", "AK9*R*1*1*0"])
        self.assertEqual(self.numbers_delivered(), [])

    def test_iea_missing(self):
        sets = [transaction_set("810", "0001", invoice_body("INV1"))]
        answers = self.receive("cut.edi", interchange(903, [group("IN", 79, sets)], iea=False), expect=1)
        self.assertEqual(len(answers), 1)
        segments = segments_of(answers[0])
        self.assertEqual([s.split("*")[0] for s in segments], ["ISA", "TA1", "IEA"], "a TA1 and no 997")
        ta1 = segments[1].split("*")
        self.assertEqual((ta1[1], ta1[4], ta1[5]), ("000000903", "R", "023"))
        self.assertEqual(self.numbers_delivered(), [])
        self.assertEqual(self.only_message(direction="inbound")["state"], "rejected")


class OurGroupAcknowledged(Scenario):
    """Scenario 2: 997s to a group of three 850s of ours."""

    def setUp(self):
        super().setUp()
        self.site.serve()
        status, answer = self.site.post([purchase_order("PO-1"), purchase_order("PO-2"), purchase_order("PO-3")])
        self.assertEqual(status, 202, answer)
        self.sent = answer["message"]
        self.group = answer["group_control_number"]
        harness.wait_for(lambda: self.site.show(self.sent)["state"] == "sent", 20, "the 850s to be sent")
        self.assertEqual([d["transaction_control_number"] for d in self.site.show(self.sent)["documents"]],
                         ["0001", "0002", "0003"])
        self.assertEqual(len(self.site.new_files()), 1)
        self.number = 100

    def answer(self, body):
        """The partner's 997 arrives and is processed; nothing may go back."""
        self.number += 1
        sets = [transaction_set("997", "0001", body)]
        self.site.drop(f"{self.number}.edi", interchange(self.number, [group("FA", self.number, sets)]))
        harness.wait_for(lambda: self.site.messages("--direction", "inbound", f"{self.number:09}"), 20, "the 997 to be processed")
        message = self.site.messages("--direction", "inbound", f"{self.number:09}")[0]
        self.assertEqual([m["id"] for m in self.site.messages("--direction", "outbound")], [self.sent],
                         "an acknowledgment is never acknowledged: nothing is even waiting to be sent")
        self.assertEqual(self.site.new_files(), [])
        return self.site.show(message["id"])

    def states(self):
        view = self.site.show(self.sent)
        return view["state"], [d["state"] for d in view["documents"]]

    def test_a_all_accepted_without_ak2(self):
        self.answer([f"AK1*PO*{self.group}", "AK9*A*3*3*3"])
        self.assertEqual(self.states(), ("accepted", ["acknowledged"] * 3))

    def test_b_one_rejected(self):
        self.answer([f"AK1*PO*{self.group}", "AK2*850*0002", "AK3*PO1*3**8", "AK4*4*212*6*12.5O", "AK5*R*5", "AK9*P*3*3*2"])
        self.assertEqual(self.states(), ("partially_accepted", ["acknowledged", "refused", "acknowledged"]))
        reason = self.site.show(self.sent)["documents"][1]["reason"]
        self.assertIn("segment 3 (PO1), element 4", reason)
        self.assertIn("invalid character in data element", reason)

    def test_c_twice_changes_nothing(self):
        body = [f"AK1*PO*{self.group}", "AK9*A*3*3*3"]
        self.answer(body)
        before = self.site.show(self.sent)
        second = self.answer(body)
        self.assertEqual(second["documents"][0]["state"], "recorded")
        self.assertEqual(self.site.show(self.sent), before)

    def test_without_a_verdict_nothing_is_accepted(self):
        message = self.answer([f"AK1*PO*{self.group}"])
        self.assertEqual(message["documents"][0]["state"], "unmatched")
        self.assertIn("AK9", message["documents"][0]["reason"])
        self.assertEqual(self.states(), ("sent", ["sent"] * 3))

    def test_d_unmatched(self):
        message = self.answer(["AK1*PO*999", "AK9*A*3*3*3"])
        self.assertEqual(message["documents"][0]["state"], "unmatched")
        self.assertIn("UNMATCHED_ACKNOWLEDGMENT", [e["type"] for e in message["documents"][0]["events"]])
        self.assertEqual(self.states(), ("sent", ["sent"] * 3))


class Overdue(Scenario):
    """Scenario 2 e, with a deadline of one second in place of four hours."""

    def setUp(self):
        self.site = harness.Site(expect="1s")
        self.addCleanup(self.site.close)

    def test_e_overdue_then_accepted_late(self):
        self.site.serve()
        status, answer = self.site.post(purchase_order("PO-1"))
        self.assertEqual(status, 202, answer)
        sent = answer["message"]
        harness.wait_for(lambda: self.site.show(sent)["state"] == "overdue", 20, "the deadline")
        self.assertIn("ACKNOWLEDGMENT_OVERDUE", self.site.events(sent))
        sets = [transaction_set("997", "0001", [f"AK1*PO*{answer['group_control_number']}", "AK9*A*1*1*1"])]
        self.site.drop("997.edi", interchange(1, [group("FA", 1, sets)]))
        harness.wait_for(lambda: self.site.show(sent)["state"] == "accepted", 20, "the late 997")
        self.assertTrue(self.site.show(sent)["acknowledged_late"])


class Duplicates(Scenario):
    """Scenario 3, the first three."""

    def setUp(self):
        super().setUp()
        self.text = interchange(901, [group("IN", 77, [transaction_set("810", "0001", invoice_body("INV1"))])])
        self.answers = self.receive("first.edi", self.text, expect=0)
        self.assertEqual(self.numbers_delivered(), ["INV1"])

    def test_same_bytes_under_a_new_name(self):
        fresh = self.receive("second.edi", self.text, expect=0)
        self.assertEqual(fresh, [], "the stored 997 again or none, never a new one")
        self.assertEqual(list(self.site.sent().values()), self.answers)
        self.assertEqual(len(self.site.receiver.requests), 1)
        self.only_message(direction="inbound", state="duplicate")

    def test_same_number_with_other_content(self):
        other = interchange(901, [group("IN", 77, [transaction_set("810", "0001", invoice_body("INV9"))])])
        answers = self.receive("other.edi", other, expect=1)
        self.assertEqual(len(answers), 1)
        segments = segments_of(answers[0])
        self.assertEqual([s.split("*")[0] for s in segments], ["ISA", "TA1", "IEA"])
        self.assertEqual(segments[1].split("*")[4:6], ["R", "025"])
        self.assertEqual(self.numbers_delivered(), ["INV1"])
        self.assertEqual(self.only_message(state="held")["sha256"], harness_sha256(other))

    def test_same_invoice_under_a_new_number(self):
        again = interchange(902, [group("IN", 78, [transaction_set("810", "0001", invoice_body("INV1"))])])
        answers = self.receive("again.edi", again, expect=0)
        self.assertEqual(body_of(answers[0]), ["AK1*IN*78", "AK2*810*0001", "AK5*A", "AK9*A*1*1*1"])
        self.assertEqual(len(self.site.receiver.requests), 1)
        message = self.only_message(interchange_control_number="000000902", direction="inbound")
        view = self.site.show(message["id"])
        self.assertEqual(view["documents"][0]["state"], "duplicate")
        self.assertIn("DUPLICATE_INVOICE", self.site.events(message["id"]))


def harness_sha256(text):
    import hashlib
    return hashlib.sha256(text.rstrip("\n").encode()).hexdigest()


# --- scenario 6 -----------------------------------------------------------------------------------------------------



def sscc(serial):
    digits = f"{serial:017}"
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(digits))
    return digits + str(-total % 10)


A, B = sscc(1234567), sscc(1234568)


def notice(levels, number="SN1"):
    body = [f"BSN*00*{number}*20250602*1403*0001"]
    segments = 0
    for level in levels:
        body += level
        segments += 1
    return body + [f"CTT*{segments}"]


ITEM = ["LIN*1*UP*012345678905*PL*1"]
ORDER = ["PRF*4711"]


class Hierarchies(Scenario):
    """Scenario 6: 24 EA of line 1 in two cartons of 12, in five hierarchies."""

    def shipped(self, levels, number="SN1", interchange_number=901):
        sets = [transaction_set("856", "0001", notice(levels, number))]
        self.answers = self.receive(f"{number}.edi", interchange(interchange_number, [group("SH", interchange_number, sets)]))
        self.message = self.only_message(interchange_control_number=f"{interchange_number:09}", direction="inbound")
        documents = self.site.receiver.documents("wms")
        self.assertEqual(documents, self.site.receiver.documents("erp"), "a notice goes to ERP and WMS alike")
        return documents[-1]["shipped_lines"] if documents else None

    def lines(self, shipped):
        self.assertEqual({line["order_line_number"] for line in shipped}, {"1"})
        return [(line["quantity"], line["unit"], line.get("packages", [])) for line in shipped]

    def test_order_pack_item(self):
        shipped = self.shipped([
            ["HL*1**S"], ["HL*2*1*O", *ORDER],
            ["HL*3*2*P", f"MAN*GM*{A}"], ["HL*4*3*I", *ITEM, "SN1**12*EA"],
            ["HL*5*2*P", f"MAN*GM*{B}"], ["HL*6*5*I", *ITEM, "SN1**12*EA"]])
        self.assertEqual(self.lines(shipped), [("12", "each", [A]), ("12", "each", [B])])
        self.assertEqual([line["order"]["number"] for line in shipped], ["4711", "4711"])
        self.assertEqual(body_of(self.answers[0])[-1], "AK9*A*1*1*1")

    def test_pack_order_item(self):
        shipped = self.shipped([
            ["HL*1**S"],
            ["HL*2*1*P", f"MAN*GM*{A}"], ["HL*3*2*O", *ORDER], ["HL*4*3*I", *ITEM, "SN1**12*EA"],
            ["HL*5*1*P", f"MAN*GM*{B}"], ["HL*6*5*O", *ORDER], ["HL*7*6*I", *ITEM, "SN1**12*EA"]])
        self.assertEqual(self.lines(shipped), [("12", "each", [A]), ("12", "each", [B])])

    def test_order_item_pack(self):
        shipped = self.shipped([
            ["HL*1**S"], ["HL*2*1*O", *ORDER], ["HL*3*2*I", *ITEM, "SN1**24*EA"],
            ["HL*4*3*P", f"MAN*GM*{A}"], ["HL*5*3*P", f"MAN*GM*{B}"]])
        self.assertEqual(self.lines(shipped), [("24", "each", [A, B])])

    def test_without_hl02(self):
        shipped = self.shipped([["HL*1**S"], ["HL*2**O", *ORDER], ["HL*3**I", *ITEM, "SN1**24*EA"]])
        self.assertEqual(self.lines(shipped), [("24", "each", [])])
        self.assertEqual(body_of(self.answers[0])[-1], "AK9*A*1*1*1")
        document = self.site.show(self.message["id"])["documents"][0]
        warnings = [d for d in document["diagnostics"] if d["severity"] == "warning" and d.get("segment_id") == "HL"]
        self.assertEqual(len(warnings), 2, "one warning for each orphan")

    def test_parent_is_itself(self):
        shipped = self.shipped([["HL*1**S"], ["HL*2*2*O", *ORDER], ["HL*3*2*I", *ITEM, "SN1**24*EA"]])
        self.assertIsNone(shipped, "not mapped, not delivered")
        document = self.site.show(self.message["id"])["documents"][0]
        self.assertEqual(document["state"], "held")
        self.assertIn("HL_INVALID", [e["type"] for e in document["events"]])
        self.assertNotIn("content", document)
        self.assertEqual(body_of(self.answers[0])[-1], "AK9*A*1*1*1", "a 997 speaks of syntax alone")


# --- scenario 7 -----------------------------------------------------------------------------------------------------

CHARGES = ["SAC*A*C310***1250*******02", "SAC*C*D240***2000*******06", "SAC*N*B840***9999"]


class InvoiceTotal(Scenario):
    """Scenario 7."""

    def invoice(self, tds, lines=("IT1*1*10*EA*12.50**UP*012345678905",), type_code="", charges=CHARGES, tax="9.28", number="INV1",
                control=901):
        big = f"BIG*20250602*{number}**4711" + (f"***{type_code}" if type_code else "")
        body = [big, *lines, f"TDS*{tds}", f"TXI*ST*{tax}", *charges]
        sets = [transaction_set("810", "0001", body)]
        self.answers = self.receive(f"{number}.edi", interchange(control, [group("IN", control, sets)]))
        self.assertEqual(body_of(self.answers[0])[-1], "AK9*A*1*1*1", self.answers)
        message = self.only_message(interchange_control_number=f"{control:09}", direction="inbound")
        return self.site.receiver.documents()[-1], self.site.show(message["id"])["documents"][0]

    def test_it_adds_up(self):
        document, stored = self.invoice("14178")
        self.assertEqual(document["totals"]["amount"], "141.78")
        self.assertNotIn("diagnostics", stored)
        self.assertNotIn("x-wharf-warnings", self.site.receiver.headers()[-1])

    def test_one_cent_off(self):
        document, stored = self.invoice("14179")
        warnings = [d for d in stored["diagnostics"] if d["severity"] == "warning"]
        self.assertEqual(len(warnings), 1)
        self.assertIn("125.00 - 12.50 + 20.00 + 9.28 = 141.78", warnings[0]["message"])
        self.assertEqual(document["totals"]["amount"], "141.79")
        self.assertEqual(self.site.receiver.headers()[-1]["x-wharf-warnings"], "DOC-0101", "delivered with the mark")

    def test_credit_with_positive_amounts(self):
        document, _ = self.invoice("14178", type_code="CR")
        self.assertEqual(document["totals"]["amount"], "141.78")
        self.assertEqual(document["direction"], "credit")
        self.assertEqual(document["totals"]["absolute_amount"], "141.78")

    def test_credit_with_negative_amounts(self):
        document, stored = self.invoice(
            "-14178", type_code="CR", lines=["IT1*1*-10*EA*12.50**UP*012345678905"], tax="-9.28",
            charges=["SAC*A*C310***-1250*******02", "SAC*C*D240***-2000*******06", "SAC*N*B840***9999"])
        self.assertEqual(document["totals"]["amount"], "-141.78")
        self.assertEqual(document["direction"], "credit")
        self.assertEqual(document["totals"]["absolute_amount"], "141.78")
        self.assertEqual([d["code"] for d in stored.get("diagnostics", []) if d["code"] == "DOC-0101"], [])


# --- scenario 9 -----------------------------------------------------------------------------------------------------

class SharedMailbox(Scenario):
    """Scenario 9: one file with partner A in production, A in test, and a stranger."""

    def test_each_goes_its_own_way(self):
        parts = [
            interchange(901, [group("IN", 77, [transaction_set("810", "0001", invoice_body("INV-P"))])]),
            interchange(902, [group("IN", 78, [transaction_set("810", "0001", invoice_body("INV-T"))])], usage="T"),
            interchange(903, [group("IN", 79, [transaction_set("810", "0001", invoice_body("INV-X"))])], sender="ACMF"),
        ]
        answers = self.receive("shared.edi", "".join(parts), expect=1)
        self.assertEqual(self.numbers_delivered("erp"), ["INV-P"])
        self.assertEqual(self.numbers_delivered("trial"), ["INV-T"])
        self.assertEqual(self.site.receiver.headers("trial")[0]["x-wharf-test"], "true")
        self.assertEqual(self.site.receiver.headers("erp")[0]["x-wharf-test"], "false")
        self.assertEqual(len(answers), 2, "no acknowledgment for the stranger")
        usages = {segments_of(text)[0].split("*")[15]: body_of(text) for text in answers}
        self.assertEqual(usages, {"P": ["AK1*IN*77", "AK2*810*0001", "AK5*A", "AK9*A*1*1*1"],
                                  "T": ["AK1*IN*78", "AK2*810*0001", "AK5*A", "AK9*A*1*1*1"]})
        self.assertEqual(len(self.site.receiver.requests), 2)
        stranger = self.only_message(state="quarantined")
        self.assertIn("ZZ:ACMF", stranger["reason"])
        self.assertIn("ZZ:ACME", stranger["reason"], "the nearest known id is named")
        # all three raw parts are kept
        for number, part in zip(("000000901", "000000902", "000000903"), parts):
            message = self.only_message(interchange_control_number=number, direction="inbound")
            self.assertEqual(self.site.raw(message["id"]).decode(), part.rstrip("\n"))

    def test_the_file_is_removed_only_after_the_commit(self):
        text = interchange(901, [group("IN", 77, [transaction_set("810", "0001", invoice_body("INV1"))])])
        self.site.drop("one.edi", text)
        done = self.site.poll(environment={"WHARF_TEST_CRASH_AT": "before-store-transfer"})
        self.assertEqual(done.returncode, -9)
        self.assertEqual(self.site.left(), ["one.edi"])
        self.site.poll(0)
        self.assertEqual(self.site.left(), [])
        self.assertEqual(self.numbers_delivered(), ["INV1"])


class CrashAfterTheErp(Scenario):
    """The first half of scenario 10."""

    def test_same_key_again_one_record_two_attempts(self):
        self.site.drop("one.edi", interchange(901, [group("IN", 77, [transaction_set("810", "0001", invoice_body("INV1"))])]))
        done = self.site.poll(environment={"WHARF_TEST_CRASH_AT": "after-request"})
        self.assertEqual(done.returncode, -9)
        self.site.poll(0)
        keys = [headers["idempotency-key"] for headers in self.site.receiver.headers()]
        self.assertEqual(len(keys), 2)
        self.assertEqual(keys[0], keys[1])
        self.assertEqual(self.numbers_delivered(), ["INV1"])
        message = self.only_message(direction="inbound")
        delivery, = self.site.show(message["id"])["documents"][0]["deliveries"]
        self.assertEqual((delivery["state"], delivery["attempts"], delivery["target_reference"]), ("delivered", 2, "R-1"))


if __name__ == "__main__":
    unittest.main(verbosity=1)
