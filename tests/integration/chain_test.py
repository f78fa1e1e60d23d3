"""One order and its answers, 850, 855, 856, 810, between two gateways: by one pair of partners in X12, by another in CSV.

What arrives is the same canonical document both ways, but for what a format cannot carry. ONLY_X12 and ONLY_CSV list that, path by
path, and docs/formats.md says it in words; the test fails when the list is too long as well as when it is too short.
"""
import unittest

import harness

# Paths that one of the two does not bring. [] stands for every entry of a list.
ONLY_X12 = {
    "purchase_order": {
        "currency_party",  # X12 says whose currency it is (CUR01)
        "references[].kind", "references[].value", "contract_number",
        "payment_terms[].type", "payment_terms[].net_days",
        "lines[].packaging[].pack",
    },
    "purchase_order_acknowledgment": {
        "currency_party",
        "references[].kind", "references[].value",
    },
    "ship_notice": {
        "shipment.children[].references[].kind", "shipment.children[].references[].value",
        "shipment.children[].children[].children[].packaging[].pack",
    },
    "invoice": {
        "currency_party",
        "references[].kind", "references[].value",
        "lines[].charges[].kind", "lines[].charges[].code", "lines[].charges[].amount",
    },
}
ONLY_CSV = {
    "purchase_order": set(),
    "purchase_order_acknowledgment": set(),
    "ship_notice": set(),
    "invoice": set(),
}

PARTNERS = {
    # the buyer's view of his two suppliers, and the seller's of his two customers: the same documents, the other way round
    "x12": "identifiers: [{{qualifier: ZZ, id: {them}}}]\nchannel: {name}\nacknowledgment: {{send_997: no, ta1: never}}\n",
    "csv": "channel: {name}\n",
}
KINDS = ("purchase_order", "purchase_order_acknowledgment", "ship_notice", "invoice")


def profile(name, we, them, outbound):
    text = f"name: Partner by {name}\n" + PARTNERS[name].format(name=name, them=them) + "documents:\n"
    for kind in KINDS:
        out = kind in outbound
        direction = "direction: outbound" if out else "direction: inbound, targets: [erp]"
        if name == "csv":
            more = ', format: csv, file_name: "{document}_{sequence}.csv"' if out else f', format: csv, files: ["{kind}_0*.csv"]'
        else:
            more = ""
        text += f"  - {{document: {kind}, {direction}{more}}}\n"
    return text


def flat(value, path=""):
    """Every leaf with its path."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from flat(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from flat(inner, f"{path}[{place}]")
    else:
        yield path, value


def general(path):
    out, inside = "", False
    for c in path:
        inside = inside or c == "["
        if not inside or c in "[]":
            out += c
        inside = inside and c != "]"
    return out


def comparable(document):
    """Without what is of the way it came."""
    return {name: value for name, value in document.items() if name not in ("id", "source")}


ORDER = {
    "schema": "wharf/purchase_order/1", "document": "purchase_order", "number": "4711", "purpose": "original",
    "type": "stand_alone", "date": "2025-06-02", "currency": "USD",
    "parties": [{"role": "ship_to", "name": "NORTHERN DC", "identifiers": [{"scheme": "assigned_by_buyer", "value": "1602"}],
                 "address": {"lines": ["12 DOCK STREET", "GATE 4"], "city": "ALBANY", "region": "NY", "postal_code": "12201", "country": "US"}}],
    "references": [{"kind": "department", "value": "038"}], "contract_number": "C-2207",
    "payment_terms": [{"type": "basic", "net_days": 30}],
    "dates": [{"kind": "requested_delivery", "date": "2025-06-16"}],
    "lines": [
        {"position": 1, "line_number": "1", "quantity": "24", "unit": "each", "unit_price": "12.50",
         "items": [{"scheme": "buyer_item", "value": "100001"}, {"scheme": "upc", "value": "012345678905"}],
         "descriptions": [{"form": "free_form", "text": "WALL CLOCK, OAK"}], "packaging": [{"pack": 12}]},
        {"position": 2, "line_number": "2", "quantity": "10", "unit": "case", "unit_price": "48",
         "items": [{"scheme": "upc", "value": "012345678912"}]},
    ],
}
ACKNOWLEDGMENT = {
    "schema": "wharf/purchase_order_acknowledgment/1", "document": "purchase_order_acknowledgment", "order_number": "4711",
    "order_date": "2025-06-02", "purpose": "original", "status": "accepted_with_detail_and_change", "date": "2025-06-03",
    "seller_order_number": "S-900", "currency": "USD", "references": [{"kind": "department", "value": "038"}],
    "lines": [
        {"position": 1, "line_number": "1", "quantity": "24", "unit": "each", "unit_price": "12.50",
         "items": [{"scheme": "upc", "value": "012345678905"}],
         "responses": [{"status": "accepted", "quantity": "20", "unit": "each",
                        "dates": [{"kind": "current_schedule_ship", "date": "2025-06-10"}]},
                       {"status": "backordered", "quantity": "4", "unit": "each",
                        "dates": [{"kind": "current_schedule_ship", "date": "2025-06-20"}]}]},
        {"position": 2, "line_number": "2", "quantity": "10", "unit": "case", "unit_price": "48",
         "items": [{"scheme": "upc", "value": "012345678912"}],
         "responses": [{"status": "accepted", "quantity": "10", "unit": "case"}]},
    ],
}
NOTICE = {
    "schema": "wharf/ship_notice/1", "document": "ship_notice", "number": "SN-1", "purpose": "original",
    "created_at": "2025-06-10T16:40", "structure": "shipment_order_packaging_item",
    "shipment": {"level": "shipment",
                 "references": [{"kind": "bill_of_lading", "value": "80123450001"}],
                 "dates": [{"kind": "shipped", "date": "2025-06-10"}],
                 "parties": [{"role": "ship_from", "name": "BLUE PINE MILLS"},
                             {"role": "ship_to", "name": "NORTHERN DC", "identifiers": [{"scheme": "assigned_by_buyer", "value": "1602"}]}],
                 "children": [{"level": "order", "order": {"number": "4711", "date": "2025-06-02"},
                               "references": [{"kind": "department", "value": "038"}], "children": [
                     {"level": "pack", "marks": [{"kind": "sscc_with_ai", "value": "00006141411234567890"}], "children": [
                         {"level": "item", "line_number": "1", "items": [{"scheme": "upc", "value": "012345678905"},
                                                                         {"scheme": "purchase_order_line", "value": "1"}],
                          "quantity": "20", "unit": "each", "packaging": [{"pack": 12}]}]},
                     {"level": "pack", "marks": [{"kind": "sscc_with_ai", "value": "00106141410000000002"}], "children": [
                         {"level": "item", "line_number": "2", "items": [{"scheme": "upc", "value": "012345678912"},
                                                                         {"scheme": "purchase_order_line", "value": "2"}],
                          "quantity": "10", "unit": "case"}]}]}]},
}
INVOICE = {
    "schema": "wharf/invoice/1", "document": "invoice", "number": "INV-1", "date": "2025-06-12", "order_number": "4711",
    "order_date": "2025-06-02", "currency": "USD",
    "parties": [{"role": "remit_to", "name": "BLUE PINE MILLS"}], "references": [{"kind": "department", "value": "038"}],
    "payment_terms": [{"type": "basic", "net_days": 30}],
    "lines": [
        {"position": 1, "line_number": "1", "quantity": "20", "unit": "each", "unit_price": "12.50",
         "items": [{"scheme": "upc", "value": "012345678905"}],
         "charges": [{"kind": "allowance", "code": "defective_allowance", "amount": "10.00"}]},
        {"position": 2, "line_number": "2", "quantity": "10", "unit": "case", "unit_price": "48",
         "items": [{"scheme": "upc", "value": "012345678912"}]},
    ],
    "totals": {"amount": "720.00"},
}


class Chain(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.buyer, cls.seller = harness.Site(), harness.Site()
        for site, we, them, outbound in ((cls.buyer, "BUYER", "SELLER", KINDS[:1]), (cls.seller, "SELLER", "BUYER", KINDS[1:])):
            configuration = site.folder / "wharf.yaml"
            configuration.write_text(configuration.read_text().replace("id: WHARFCO, group_id: WHARFGS", f"id: {we}"))
            for name in PARTNERS:
                site.add_partner(name, profile(name, we, them, outbound), channel=name)
            site.serve()

    @classmethod
    def tearDownClass(cls):
        cls.buyer.close()
        cls.seller.close()

    def carry(self, sender, receiver, document):
        """Posts it for both partners, moves the files over, and gives what the other ERP got: by X12, by CSV."""
        got = {}
        for name in PARTNERS:
            before = len(receiver.receiver.documents())
            status, answer = sender.post(document, partner=name)
            self.assertEqual(status, 202, answer)
            outbox = sender.folder / name / "outbox"
            harness.wait_for(lambda: [p for p in outbox.iterdir() if not p.name.startswith(".")], 20, "the file")
            for path in sorted(outbox.iterdir()):
                if not path.name.startswith("."):
                    receiver.drop(path.name, path.read_bytes(), receiver.folder / name / "inbox")
                    path.unlink()
            try:
                harness.wait_for(lambda: len(receiver.receiver.documents()) > before, 20, f"the {document['document']} by {name}")
            except AssertionError as late:
                raise AssertionError(f"{late}\n{receiver.json('dead-letter', 'list')}\n{receiver.messages()}") from late
            got[name] = comparable(receiver.receiver.documents()[-1])
        return got["x12"], got["csv"]

    def compare(self, kind, by_x12, by_csv):
        x12, csv = dict(flat(by_x12)), dict(flat(by_csv))
        differing = {path: (x12[path], csv[path]) for path in x12.keys() & csv.keys() if x12[path] != csv[path]}
        self.assertEqual(differing, {}, "what both carry is the same")
        self.assertEqual({general(path) for path in x12.keys() - csv.keys()}, ONLY_X12[kind])
        self.assertEqual({general(path) for path in csv.keys() - x12.keys()}, ONLY_CSV[kind])
        shared = x12.keys() & csv.keys()
        self.assertGreater(len(shared), 20)
        return shared

    def kept(self, document, by_x12, by_csv, kind):
        """Of what was posted nothing is lost but what is listed."""
        sent = {general(path) for path, _ in flat(document)}
        for name, got, lost in (("x12", by_x12, ONLY_CSV[kind]), ("csv", by_csv, ONLY_X12[kind])):
            missing = sent - {general(path) for path, _ in flat(got)} - lost
            self.assertEqual(missing, set(), name)

    def test_order_acknowledgment_notice_invoice(self):
        for sender, receiver, document in ((self.buyer, self.seller, ORDER), (self.seller, self.buyer, ACKNOWLEDGMENT),
                                           (self.seller, self.buyer, NOTICE), (self.seller, self.buyer, INVOICE)):
            kind = document["document"]
            with self.subTest(kind):
                by_x12, by_csv = self.carry(sender, receiver, document)
                self.compare(kind, by_x12, by_csv)
                self.kept(document, by_x12, by_csv, kind)
                if kind == "purchase_order_acknowledgment":
                    self.assertEqual([line["confirmed"] for line in by_csv["answered_lines"]], ["20", "10"])
                    self.assertEqual(by_csv["answered_lines"], by_x12["answered_lines"], "the order it answers was sent each way")
                if kind == "ship_notice":
                    self.assertEqual(len(by_csv["shipped_lines"]), 2)


if __name__ == "__main__":
    unittest.main(verbosity=1)
