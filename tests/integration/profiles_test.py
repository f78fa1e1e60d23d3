"""What a partner's profile changes: guides, acknowledgments, severities, end to end."""
import json
import unittest

import harness
from harness import body_of, group, interchange, purchase_order, segments_of, transaction_set

# Narrows, back-ports nothing, and goes beyond the standard in one place: the NTE behind REF.
ORDER_GUIDE = """\
guide acme-850 "Acme: orders"
narrows 850 of 004010
answers 004010 004010VICS

heading
  BEG  M 1
    BEG03  M  "Purchase order number"  4/8 digits
  REF [DP]  M 1  "Department"
  beyond NTE  O 2
detail
  loop PO1  M 1..10
    PO103  M  codes EA
    <UP>  M  is upc
"""


def order_body(number="4711", unit="EA", department=True, extra=()):
    return [f"BEG*00*SA*{number}**20250602", *(["REF*DP*038"] if department else []), *extra,
            f"PO1*1*10*{unit}*12.50**UP*012345678905", "CTT*1"]


class Profiles(unittest.TestCase):
    def site(self, documents, more="", files=()):
        site = harness.Site()
        self.addCleanup(site.close)
        profile = site.folder / "partners" / "acme" / "profile.yaml"
        text = profile.read_text()
        head, tail = text[:text.index("documents:")], text[text.index("acknowledgment:"):]
        profile.write_text(head + "documents:\n" + documents + (more or tail))
        for name, content in files:
            (site.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (site.folder / name).write_text(content)
        return site

    def receive(self, site, text, expect=None):
        site.drop("in.edi", text)
        site.poll(expect)
        return site.new_files()

    def document(self, site):
        message = [m for m in site.messages() if m["direction"] == "inbound"][0]
        return site.show(message["id"])["documents"][0]


ORDERS_IN = '  - {set: "850", direction: inbound, guide: acme-850, targets: [erp], test_targets: [trial]}\n'
ORDERS_OUT = '  - {set: "850", direction: outbound, guide: acme-850}\n'
GUIDE = ("partners/acme/acme-850.guide", ORDER_GUIDE)


class Guides(Profiles):
    def order(self, *arguments, release="004010", **keywords):
        sets = [transaction_set("850", "0001", order_body(*arguments, **keywords))]
        return interchange(901, [group("PO", 77, sets, release=release)])

    def test_what_fits_the_guide_is_mapped_like_without_it(self):
        plain = self.site('  - {set: "850", direction: inbound, targets: [erp]}\n')
        self.receive(plain, self.order(), expect=0)
        guided = self.site(ORDERS_IN, files=[GUIDE])
        answers = self.receive(guided, self.order(), expect=0)
        self.assertEqual(body_of(answers[0]), ["AK1*PO*77", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"])

        def content(site):
            document = site.receiver.documents()[0]
            return {key: value for key, value in document.items() if key not in ("id", "source")}
        self.assertEqual(content(guided), content(plain))

    def test_a_violation_is_held_and_not_acknowledged(self):
        site = self.site(ORDERS_IN, files=[GUIDE])
        answers = self.receive(site, self.order(unit="CA"), expect=1)
        self.assertEqual(body_of(answers[0]), ["AK1*PO*77", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"])
        self.assertEqual(site.receiver.documents(), [])
        document = self.document(site)
        self.assertEqual(document["state"], "held")
        self.assertIn("GUIDE_VIOLATED", [event["type"] for event in document["events"]])
        self.assertEqual(document["number"], "4711", "it is found by its number all the same")
        finding = document["diagnostics"][0]
        self.assertEqual((finding["segment_id"], finding["element"], finding["value"]), ("PO1", 3, "CA"))

    def test_a_violation_is_refused_by_policy(self):
        site = self.site(ORDERS_IN, "acknowledgment: {acknowledge_guide_findings: yes}\n", [GUIDE])
        answers = self.receive(site, self.order(unit="CA"), expect=1)
        self.assertEqual(body_of(answers[0]), ["AK1*PO*77", "AK2*850*0001", "AK3*PO1*4**8", "AK4*3*355*7*CA", "AK5*R*5",
                                               "AK9*R*1*1*0"])
        self.assertEqual(self.document(site)["state"], "rejected")

    def test_a_violation_may_be_tolerated(self):
        site = self.site(ORDERS_IN, "findings: [X12-06*=tolerate]\n", [GUIDE])
        self.receive(site, self.order(unit="CA"), expect=0)
        self.assertEqual(len(site.receiver.documents()), 1, "passed with a mark")
        self.assertEqual([d["severity"] for d in self.document(site)["diagnostics"]], ["warning"])

    def test_what_goes_beyond_the_standard_is_kept(self):
        site = self.site(ORDERS_IN, files=[GUIDE])
        self.receive(site, self.order(extra=["NTE*GEN*RING TWICE"]), expect=0)
        self.assertIn("RING TWICE", json.dumps(site.receiver.documents()[0]["extensions"]))

    def test_the_release_of_the_guide(self):
        site = self.site(ORDERS_IN, files=[GUIDE])
        self.receive(site, self.order(unit="CA", release="004010VICS"), expect=1)
        self.assertEqual(self.document(site)["state"], "held")
        other = self.site(ORDERS_IN, files=[GUIDE])
        self.receive(other, self.order(unit="CA", release="004030"), expect=0)
        self.assertEqual([d["code"] for d in self.document(other)["diagnostics"]], ["GATEWAY-0025"])

    def test_an_outbound_draft_must_fit_the_guide(self):
        site = self.site(ORDERS_OUT, files=[GUIDE])
        site.serve()
        status, answer = site.post(purchase_order("4711"))
        self.assertEqual(status, 422, answer)
        codes = [finding["code"] for finding in answer["diagnostics"]]
        self.assertEqual(codes[0], "GATEWAY-0040")
        self.assertIn("department", json.dumps(answer).lower())
        order = purchase_order("4711")
        order["references"] = [{"kind": "department", "value": "038"}]
        status, answer = site.post(order)
        self.assertEqual(status, 202, answer)

    def test_an_unknown_guide_stops_the_start(self):
        site = self.site(ORDERS_IN.replace("acme-850", "acme-80"), files=[GUIDE])
        done = site.run("poll", "--once")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"did you mean 'acme-850'?", done.stderr)


class Acknowledgments(Profiles):
    INVOICES = '  - {set: "810", direction: inbound, targets: [erp], test_targets: [trial]}\n'
    BAD = "IT1*1*10*EA*12.5O"

    def answers(self, policy, sets, release="004010", version="00401", **keywords):
        self.current = self.site(self.INVOICES, f"acknowledgment: {{{policy}}}\n")
        return self.receive(self.current, interchange(901, [group("IN", 77, sets, release=release)]), **keywords)

    def test_only_what_has_errors_is_listed(self):
        sets = [transaction_set("810", "0001", harness.invoice_body("INV1")),
                transaction_set("810", "0002", harness.invoice_body("INV2", lines=[self.BAD]))]
        answers = self.answers("list_accepted_sets: no", sets, expect=1)
        self.assertEqual(body_of(answers[0]), ["AK1*IN*77", "AK2*810*0002", "AK3*IT1*3**8", "AK4*4*212*6*12.5O", "AK5*R*5",
                                               "AK9*P*2*2*1"])

    def test_accepted_with_errors(self):
        sets = [transaction_set("810", "0001", harness.invoice_body("INV1", order="4711"), count=9)]
        answers = self.answers("accept_with_errors: [X12-0132]", sets, expect=0)
        self.assertEqual(body_of(answers[0]), ["AK1*IN*77", "AK2*810*0001", "AK5*E*4", "AK9*E*1*1*1"])
        self.assertEqual(len(self.current.receiver.documents()), 1)

    def test_a_999(self):
        sets = [transaction_set("810", "0001", harness.invoice_body("INV1"))]
        answers = self.answers("form: 999", sets, release="005010", expect=0)
        self.assertEqual(body_of(answers[0]), ["AK1*IN*77*005010", "AK2*810*0001", "IK5*A", "AK9*A*1*1*1"])
        self.assertEqual(segments_of(answers[0])[2].split("*")[:2], ["ST", "999"])
        older = self.answers("form: 999", sets, expect=0)
        self.assertEqual(segments_of(older[0])[2].split("*")[:2], ["ST", "997"], "004010 has no 999")

    def test_a_ta1_on_request(self):
        sets = [transaction_set("810", "0001", harness.invoice_body("INV1"))]
        self.assertEqual(len(self.answers("ta1: on_request", sets)), 1, "nobody asked")
        self.current = self.site(self.INVOICES, "acknowledgment: {ta1: on_request}\n")
        asked = interchange(901, [group("IN", 77, sets)]).replace("*000000901*0*P*", "*000000901*1*P*")
        answers = self.receive(self.current, asked, expect=0)
        self.assertEqual(sorted(segments_of(a)[1].split("*")[0] for a in answers), ["GS", "TA1"])


class Agreements(Profiles):
    """What one document says differs from what the partner says."""

    def test_findings_and_acknowledgments_of_one_document(self):
        documents = ('  - {set: "810", direction: inbound, targets: [erp], findings: [X12-0132=tolerate], '
                     'acknowledgment: {list_accepted_sets: no}}\n'
                     '  - {set: "850", direction: inbound, targets: [erp]}\n')
        site = self.site(documents, "acknowledgment: {ta1: never}\n")
        sets = [transaction_set("810", "0001", harness.invoice_body("INV1"), count=9)]
        orders = [transaction_set("850", "0002", order_body(), count=9)]
        answers = self.receive(site, interchange(901, [group("IN", 77, sets), group("PO", 78, orders)]), expect=1)
        self.assertEqual(len(answers), 1)
        self.assertEqual(body_of(answers[0], 1), ["AK1*IN*77", "AK9*A*1*1*1"])
        self.assertEqual(body_of(answers[0], 2), ["AK1*PO*78", "AK2*850*0002", "AK5*R*4", "AK9*R*1*1*0"])
        self.assertEqual([d["document"] for d in site.receiver.documents()], ["invoice"])

    def test_the_envelope_of_one_document(self):
        documents = ('  - {set: "850", direction: outbound, implementation_reference: ACME1, file_name: "po-{interchange}.x12", '
                     'envelope: {segment_terminator: "\'", authorization: SECRET1, line_breaks: no, replacement: " "}}\n')
        site = self.site(documents, "envelope: {release: 005010, version: 00501, repetition_separator: \"^\"}\n")
        site.serve()
        order = purchase_order("4711")
        order["parties"][0]["name"] = "O'HARA"
        status, answer = site.post(order)
        self.assertEqual(status, 202, answer)
        harness.wait_for(lambda: site.sent(), 20, "the order")
        (name, text), = site.sent().items()
        self.assertEqual(name, "po-000000001.x12")
        self.assertNotIn("\n", text)
        isa, gs, st = [segment.split("*") for segment in segments_of(text)[:3]]
        self.assertEqual((isa[2], isa[11], isa[12], gs[8], st[3]), ("SECRET1   ", "^", "00501", "005010", "ACME1"))
        self.assertIn("O HARA", text)

    def test_texts_the_partner_cannot_take(self):
        order = purchase_order("4711")
        order["parties"][0]["name"] = "M\u00fcller"
        for texts, expected in (("{set: extended, characters: transliterate}", 202), ("{set: extended}", 422)):
            site = self.site(f'  - {{set: "850", direction: outbound, texts: {texts}}}\n')
            site.serve()
            status, answer = site.post(order)
            self.assertEqual(status, expected, answer)
            if status == 202:
                harness.wait_for(lambda: site.sent(), 20, "the order")
                self.assertIn("*Mueller*", list(site.sent().values())[0])
                self.assertEqual([d["code"] for d in answer["documents"][0]["diagnostics"]], ["MAP-0125"], "never silently")

    def test_documents_for_tests_only(self):
        site = self.site('  - {set: "810", direction: inbound, usage: test, targets: [erp], test_targets: [trial]}\n')
        sets = [transaction_set("810", "0001", harness.invoice_body("INV1"))]
        answers = self.receive(site, interchange(901, [group("IN", 77, sets)]), expect=1)
        self.assertEqual(body_of(answers[0])[-1], "AK9*R*1*1*0")
        self.receive(site, interchange(902, [group("IN", 78, sets)], usage="T"), expect=0)
        self.assertEqual((len(site.receiver.documents("erp")), len(site.receiver.documents("trial"))), (0, 1))

    def test_a_partner_who_is_suspended(self):
        documents = '  - {set: "810", direction: inbound, targets: [erp]}\n  - {set: "850", direction: outbound}\n'
        site = self.site(documents, "status: suspended\n")
        sets = [transaction_set("810", "0001", harness.invoice_body("INV1"))]
        self.assertEqual(self.receive(site, interchange(901, [group("IN", 77, sets)]), expect=1), [])
        message = site.messages()[0]
        self.assertEqual(message["state"], "quarantined")
        self.assertIn("GATEWAY-0013", message["reason"])
        site.serve()
        status, answer = site.post(purchase_order("4711"))
        self.assertEqual((status, answer["diagnostics"][0]["code"]), (422, "GATEWAY-0041"))

    def test_an_identifier_that_ended(self):
        site = self.site('  - {set: "810", direction: inbound, targets: [erp]}\n')
        profile = site.folder / "partners/acme/profile.yaml"
        profile.write_text(profile.read_text().replace("group_ids: [ACMEGS]", "group_ids: [ACMEGS], until: 2020-12-31"))
        sets = [transaction_set("810", "0001", harness.invoice_body("INV1"))]
        self.receive(site, interchange(901, [group("IN", 77, sets)]), expect=1)
        self.assertIn("is partner acme, but this identifier does not hold on", site.messages()[0]["reason"])


class CrossReferences(Profiles):
    """Their words and ours: a map of the partner's own looks them up."""
    MAP = """\
translator acme/850 extends x12/850
replace contract_number  BEG06  lookup contracts
"""
    PROFILE = """\
cross_references:
  - name: contracts
    unknown: UNKNOWN
    rows:
      - {theirs: THEIR-1, ours: OUR-1}
    file: contracts.csv
"""

    def cross_site(self, direction, unknown="hold", csv="theirs,ours\nTHEIR-2,OUR-2\n"):
        documents = f'  - {{set: "850", direction: {direction}, translator: acme/850{", targets: [erp]" if direction == "inbound" else ""}}}\n'
        site = self.site(documents, self.PROFILE.replace("UNKNOWN", unknown),
                         [("maps/acme/850.map", self.MAP), ("contracts.csv", csv)])
        with (site.folder / "wharf.yaml").open("a") as file:
            file.write("translators: maps\n")
        return site

    def order(self, contract):
        body = order_body()
        body[0] = f"BEG*00*SA*4711**20250602*{contract}"
        return interchange(901, [group("PO", 77, [transaction_set("850", "0001", body)])])

    def test_what_comes_in(self):
        for theirs, ours in (("THEIR-1", "OUR-1"), ("THEIR-2", "OUR-2")):
            site = self.cross_site("inbound")
            self.receive(site, self.order(theirs), expect=0)
            self.assertEqual(site.receiver.documents()[0]["contract_number"], ours)

    def test_what_nobody_knows(self):
        site = self.cross_site("inbound")
        answers = self.receive(site, self.order("THEIR-9"), expect=1)
        self.assertEqual(body_of(answers[0])[-1], "AK9*A*1*1*1", "an unknown word is no matter of syntax")
        self.assertEqual(self.document(site)["state"], "held")
        self.assertIn("contracts", self.document(site)["reason"])
        site = self.cross_site("inbound", "pass")
        self.receive(site, self.order("THEIR-9"), expect=0)
        self.assertEqual(site.receiver.documents()[0]["contract_number"], "THEIR-9")

    def test_what_goes_out(self):
        site = self.cross_site("outbound")
        site.serve()
        order = purchase_order("4711")
        order["contract_number"] = "OUR-2"
        self.assertEqual(site.post(order)[0], 202)
        harness.wait_for(lambda: site.sent(), 20, "the order")
        self.assertIn("*THEIR-2~", list(site.sent().values())[0])
        order["contract_number"] = "OUR-9"
        status, answer = site.post(order)
        self.assertEqual(status, 422, answer)

    def test_a_table_that_is_wrong(self):
        for csv, said in (("their,ours\n", b"not theirs,ours"), ("theirs,ours\nTHEIR-2\n", b"not two fields"),
                          ("theirs,ours\nTHEIR-1,OUR-7\n", b"stands twice")):
            done = self.cross_site("inbound", csv=csv).run("poll", "--once")
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"PARTNER-0035", done.stderr)
            self.assertIn(said, done.stderr)


class Units(Profiles):
    def test_converted_stands_beside(self):
        site = self.site('  - {set: "850", direction: inbound, targets: [erp]}\n',
                         "unit_conversions: [{from: case, to: each, factor: 12}]\n")
        sets = [transaction_set("850", "0001", order_body(unit="CA"))]
        self.receive(site, interchange(901, [group("PO", 77, sets)]), expect=0)
        line = site.receiver.documents()[0]["lines"][0]
        self.assertEqual((line["quantity"], line["unit"]), ("10", "case"))
        self.assertEqual(line["converted"], {"quantity": "120", "unit": "each", "factor": "12", "rounded": False})
        # it is ours alone: a document that carries it can be sent, and it is not written
        site = self.site('  - {set: "850", direction: outbound}\n')
        site.serve()
        order = purchase_order("4711")
        order["lines"][0]["converted"] = line["converted"]
        self.assertEqual(site.post(order)[0], 202)


    def test_a_unit_without_conversion(self):
        for policy, code in (("mark", 0), ("hold", 1)):
            site = self.site('  - {set: "850", direction: inbound, targets: [erp]}\n',
                             "unit_conversions: [{from: case, to: each, factor: 12}]\nother_units: %s\n" % policy)
            sets = [transaction_set("850", "0001", order_body(unit="PL"))]
            self.receive(site, interchange(901, [group("PO", 77, sets)]), expect=code)
            message, = site.messages("--direction", "inbound")
            document, = site.show(message["id"])["documents"]
            self.assertEqual(document["state"], "held" if code else "accepted")
            self.assertEqual(len(site.receiver.documents()), 0 if code else 1)
            finding, = [f for f in document["diagnostics"] if f["code"] == "DOC-0104"]
            self.assertEqual((finding["severity"], finding["path"]), ("error" if code else "warning", "/lines/0/unit"))


class Turnaround(Profiles):
    """An answer of ours echoes what only their order had."""
    MAP = """\
translator acme/855 extends x12/855
remove contract_number
add -  write BAK07  = $order.contract_number
"""

    def test_the_stored_order(self):
        documents = ('  - {set: "850", direction: inbound, targets: [erp]}\n'
                     '  - {set: "855", direction: outbound, translator: acme/855}\n')
        site = self.site(documents, "acknowledgment: {send_997: no, ta1: never}\n", [("maps/acme/855.map", self.MAP)])
        with (site.folder / "wharf.yaml").open("a") as file:
            file.write("translators: maps\n")
        body = order_body()
        body[0] = "BEG*00*SA*4711**20250602*CONTRACT7"
        self.receive(site, interchange(901, [group("PO", 77, [transaction_set("850", "0001", body)])]), expect=0)
        site.serve()
        answer = {"schema": "wharf/purchase_order_acknowledgment/1", "document": "purchase_order_acknowledgment",
                  "order_number": "4711", "purpose": "original", "status": "accepted", "order_date": "2025-06-02", "lines": []}
        status, said = site.post(answer)
        self.assertEqual(status, 202, said)
        harness.wait_for(lambda: site.sent(), 20, "the acknowledgment")
        self.assertIn("*CONTRACT7~", list(site.sent().values())[0])
        status, said = site.post({**answer, "order_number": "4712"})
        self.assertEqual(status, 422, "an unknown order is refused before anything is numbered")


if __name__ == "__main__":
    unittest.main()
