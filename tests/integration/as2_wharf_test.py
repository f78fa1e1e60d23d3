#!/usr/bin/env python3
"""Wharf to Wharf over AS2: every combination of signing, encryption, compression and receipts, and the connection cut at every
class of place in message, answer and receipt.

Two gateways, two folders. Orders are posted to the API of the one and must be in the ERP of the other exactly once; both sides must
have the same MIC, and the receipt must say what became of the message. Every connection passes a proxy that can cut it.

    as2_wharf_test.py [--quick]
"""
import itertools
import pathlib
import re
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

import harness
from harness import free_port, purchase_order, wait_for

QUICK = False

SIGN = ["none", "sha256"]
ENCRYPT = ["none", "aes256_cbc", "aes128_gcm"]
COMPRESS = ["none", "before_signing", "after_signing"]
RECEIPT = [("none", False), ("synchronous", False), ("synchronous", True), ("asynchronous", False), ("asynchronous", True)]

# Where a connection is cut: `request` and `answer` count bytes that still pass, from the names of places in what passes.
CUTS = ["request:1", "request:in_head", "request:head-1", "request:head", "request:head+1", "request:in_body", "request:end-1",
        "answer:0", "answer:1", "answer:in_head", "answer:head", "answer:in_body", "answer:end-1"]


class Cutter:
    """Forwards HTTP requests one by one. `plan(head, count)` says where the n-th connection for a pair of names is cut."""

    def __init__(self, target_port, plan):
        self.port_ = free_port()
        self.target = target_port
        self.plan = plan
        self.counts = {}
        self.cut = []
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", self.port_), backlog=64)
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def port(self):
        return self.port_

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    @staticmethod
    def read_message(source):
        """One message with its length, as two parts; nothing at the end of the connection."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = source.recv(65536)
            if not more:
                return None
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        head += b"\r\n\r\n"
        length = re.search(rb"(?im)^content-length:\s*(\d+)", head)
        while length and len(body) < int(length[1]):
            more = source.recv(65536)
            if not more:
                return None
            body += more
        return head, body

    @staticmethod
    def place(word, head, body):
        whole = len(head) + len(body)
        return {"1": 1, "0": 0, "in_head": len(head) // 2, "head-1": len(head) - 1, "head": len(head), "head+1": len(head) + 1,
                "in_body": len(head) + len(body) // 2, "end-1": whole - 1}[word]

    @staticmethod
    def close(one, hard):
        if hard:  # RST
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.close()

    def serve(self, client):
        server = None
        try:
            while True:
                message = self.read_message(client)
                if message is None:
                    return
                head, body = message
                key = tuple(re.search(rb"(?im)^as2-%s:\s*(.*?)\s*$" % side, head)[1].decode() for side in (b"from", b"to"))
                with self.lock:
                    count = self.counts[key] = self.counts.get(key, 0) + 1
                    rule = self.plan(key, head, count)
                    if rule:
                        self.cut.append((key, rule))
                hard = count % 2 == 0
                if server is None:
                    server = socket.create_connection(("127.0.0.1", self.target), timeout=60)
                if rule and rule.startswith("request:"):
                    server.sendall((head + body)[:self.place(rule.split(":")[1], head, body)])
                    self.close(server, hard)
                    self.close(client, hard)
                    return
                server.sendall(head + body)
                answer = self.read_message(server)
                if answer is None:
                    return
                bytes_ = answer[0] + answer[1]
                if rule:
                    client.sendall(bytes_[:self.place(rule.split(":")[1], *answer)])
                    self.close(client, hard)
                    return
                client.sendall(bytes_)
        except OSError:
            pass
        finally:
            client.close()
            if server is not None:
                server.close()

    def end(self):
        self.listener.close()


def key_pair(folder, name):
    """PEM files NAME.key and NAME.pem, self-signed."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={name}", "-keyout",
                    str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")], check=True, capture_output=True)


class Relation:
    def __init__(self, number, sign, encrypt, compress, receipt, cut=None, receipt_cut=None):
        self.id = f"{number:03}"
        self.sign, self.encrypt, self.compress = sign, encrypt, compress
        self.mode, self.receipt_signed = receipt
        self.cut, self.receipt_cut = cut, receipt_cut

    def __str__(self):
        return (f"{self.id}: sign {self.sign} encrypt {self.encrypt} compress {self.compress} receipt {self.mode} "
                f"signed {self.receipt_signed} cut {self.cut} receipt cut {self.receipt_cut}")

    def channel(self, own, partner, url, receipt_address):
        yes = lambda flag: "yes" if flag else "no"
        return f"""\
transport: as2
as2:
  own_name: {own} {self.id}
  partner_name: {partner} {self.id}
  url: {url}
  own_certificates: [{{file: keys/{own}.pem, private_key: keys/{own}.key}}]
  partner_certificates: [{{file: keys/{partner}.pem}}]
  incoming:
    require_signature: {yes(self.sign != "none")}
    require_encryption: {yes(self.encrypt != "none")}
    receipt_address: {receipt_address}
    receipts_to_unverified: yes
  outgoing:
    sign: {self.sign}
    encrypt: {self.encrypt}
    compress: {self.compress}
    receipt: {{mode: {self.mode}, signed: {yes(self.receipt_signed)}, digests: [sha256], timeout: 60s}}
    retry: {{base: 1s, cap: 1s, attempts: 12}}
"""


PROFILE = """\
name: Partner {id}
identifiers:
  - {{qualifier: ZZ, id: {isa}, group_ids: [{isa}]}}
channel: as2-{id}
documents:
  - {{set: "850", direction: outbound}}
  - {{set: "850", direction: inbound, targets: [erp]}}
acknowledgment: {{send_997: no, expect_997_within: 0s}}
"""


def gateway(site, name, other, isa_of, relations, as2_port, public_port, other_port, receipt_port):
    """Makes a Site one of the two."""
    text = (site.folder / "wharf.yaml").read_text()
    identities = "".join(f"  - {{name: us{r.id}, qualifier: ZZ, id: {isa_of(name, r)}, group_id: {isa_of(name, r)}}}\n" for r in relations)
    text = re.sub(r"identities:\n.*\n", "identities:\n" + identities, text)
    text += f"as2:\n  address: 127.0.0.1\n  port: {as2_port}\n  path: /as2\n  public_url: http://127.0.0.1:{public_port}/as2\n"
    (site.folder / "wharf.yaml").write_text(text)
    shutil.rmtree(site.folder / "partners" / "acme")
    (site.folder / "channels" / "van.yaml").unlink()
    for relation in relations:
        folder = site.folder / "partners" / f"p{relation.id}"
        folder.mkdir()
        profile = PROFILE.format(id=relation.id, isa=isa_of(other, relation))
        (folder / "profile.yaml").write_text(profile + f"identity: us{relation.id}\n")
        (site.folder / "channels" / f"as2-{relation.id}.yaml").write_text(
            relation.channel(name, other, f"http://127.0.0.1:{other_port}/as2", f"http://127.0.0.1:{receipt_port}/as2")
            + f"senders: [p{relation.id}]\n")


def rows(site, query, *values):
    with sqlite3.connect(f"file:{site.folder / 'data' / 'wharf.db'}?mode=ro", uri=True) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query, values)]


def exchanges(site, direction):
    return rows(site, "select * from exchange where direction = ? order by row", direction)


def waiting_jobs(site):
    return rows(site, "select * from job")


class WharfToWharf(unittest.TestCase):
    def carry_out(self, relations):
        """Sends one order over each relation and waits until all is said."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="wharf-keys-"))
        self.addCleanup(shutil.rmtree, folder)
        for name in ("NORTH", "SOUTH"):
            key_pair(folder, name)
        north, south = harness.Site(), harness.Site()
        ports = {"north": free_port(), "south": free_port()}
        by_pair = {(f"NORTH {r.id}", f"SOUTH {r.id}"): r for r in relations}

        def plan(key, head, count):
            key = tuple(part.strip('"') for part in key)
            relation = by_pair.get(key)
            return relation.cut if relation is not None and count == 1 else None

        def receipt_plan(key, head, count):
            key = tuple(part.strip('"') for part in key)
            relation = by_pair.get((key[1], key[0]))
            return relation.receipt_cut if relation is not None and count == 1 else None

        to_south, to_north = Cutter(ports["south"], plan), Cutter(ports["north"], receipt_plan)
        isa_of = lambda name, relation: f"{name[0]}{relation.id}"
        gateway(north, "NORTH", "SOUTH", isa_of, relations, ports["north"], to_north.port, to_south.port, to_south.port)
        gateway(south, "SOUTH", "NORTH", isa_of, relations, ports["south"], to_south.port, to_north.port, to_north.port)
        for site in (north, south):
            self.addCleanup(site.close)
            shutil.copytree(folder, site.folder / "keys")
            site.serve()
            self.assertIsNone(site.process.poll(), (site.folder / "log").read_text()[-3000:])
        for cutter in (to_south, to_north):
            self.addCleanup(cutter.end)
        for relation in relations:
            status, answer = north.post(purchase_order(f"PO-{relation.id}"), partner=f"p{relation.id}")
            self.assertEqual(status, 202, (str(relation), answer))
        done = lambda: [e for e in exchanges(north, "outbound") if e["state"] in ("succeeded", "failed")]
        try:
            wait_for(lambda: len(done()) == len(relations), 240, "all exchanges to end")
            wait_for(lambda: len(south.receiver.documents()) >= len(relations), 60, "all orders in the ERP")
        except AssertionError as late:
            open_ = [(e["channel"], e["state"], e["reason"]) for e in exchanges(north, "outbound") if e["state"] not in ("succeeded", "failed")]
            raise AssertionError(f"{late}\nopen: {open_}\n{(south.folder / 'log').read_text()[-3000:]}\n{(north.folder / 'log').read_text()[-3000:]}")
        return north, south, to_south, to_north

    def check(self, relations, north, south):
        sent = {e["channel"]: e for e in exchanges(north, "outbound")}
        taken = {}
        for exchange in exchanges(south, "inbound"):
            taken.setdefault(exchange["channel"], []).append(exchange)
        orders = [document["number"] for document in south.receiver.documents()]
        for relation in relations:
            with self.subTest(str(relation)):
                channel = f"as2-{relation.id}"
                out = sent[channel]
                self.assertEqual(out["state"], "succeeded", out["reason"])
                accepted = [e for e in taken.get(channel, []) if e["state"] == "accepted"]
                self.assertEqual(len(accepted), 1, taken.get(channel))
                self.assertEqual(accepted[0]["as2_message_id"], out["as2_message_id"])
                self.assertEqual(orders.count(f"PO-{relation.id}"), 1, "exactly once")
                if relation.mode != "none":
                    self.assertEqual(out["receipt"], "received")
                    self.assertTrue(out["disposition"].endswith("processed"), out["disposition"])
                    digest = lambda mic: mic.split(",")[0]
                    self.assertEqual(digest(out["mic"]), digest(accepted[0]["mic"]), "both sides have the same MIC")
        self.assertEqual(len(orders), len(relations))
        requests = [headers["idempotency-key"] for headers in south.receiver.headers()]
        self.assertEqual(len(requests), len(set(requests)), "nothing was even delivered twice")

    def test_every_combination(self):
        combinations = list(itertools.product(SIGN, ENCRYPT, COMPRESS, RECEIPT))
        if QUICK:
            combinations = combinations[::7]
        relations = [Relation(number, *one) for number, one in enumerate(combinations, 1)]
        north, south, _, _ = self.carry_out(relations)
        self.check(relations, north, south)

    def test_cut_at_every_class_of_place(self):
        ways = [("none", "none", "none", ("none", False)), ("none", "none", "none", ("synchronous", False)),
                ("sha256", "aes256_cbc", "none", ("synchronous", True)), ("sha256", "aes128_gcm", "before_signing", ("asynchronous", True)),
                ("sha256", "none", "after_signing", ("asynchronous", False))]
        relations = []
        for way in ways:
            for cut in CUTS:
                relations.append(Relation(len(relations) + 1, *way, cut=cut))
            if way[3][0] == "asynchronous":
                for cut in CUTS:
                    relations.append(Relation(len(relations) + 1, *way, receipt_cut=cut))
                for cut, receipt_cut in zip(CUTS, reversed(CUTS)):
                    relations.append(Relation(len(relations) + 1, *way, cut=cut, receipt_cut=receipt_cut))
        if QUICK:
            relations = relations[::3]
        north, south, to_south, to_north = self.carry_out(relations)
        self.check(relations, north, south)
        self.assertEqual(len(to_south.cut), sum(1 for r in relations if r.cut), "each was really cut")
        self.assertEqual(len(to_north.cut), sum(1 for r in relations if r.receipt_cut))


if __name__ == "__main__":
    QUICK = "--quick" in sys.argv
    unittest.main(argv=[sys.argv[0]] + [a for a in sys.argv[1:] if a != "--quick"], verbosity=2)
