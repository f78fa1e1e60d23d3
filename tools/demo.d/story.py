#!/usr/bin/env python3
"""The story of one order, from the ERP to the partner and back: see tools/demo.

Every wait is a question asked again until a deadline; what is missing then ends the demo with exit code 1.
"""

import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from gateway import Gateway  # noqa: E402
from receiver import Receiver  # noqa: E402
from sftp_server import SftpServer  # noqa: E402
from supplier import Order, Supplier, segments  # noqa: E402

MARKER = ".wharf-demo"
PID_FILE = "demo.pid"
PATIENCE = 20.0  # seconds

PURCHASE_ORDER = {
    "schema": "wharf/purchase_order/1",
    "document": "purchase_order",
    "number": "PO-4711",
    "purpose": "original",
    "type": "stand_alone",
    "date": "2025-06-02",
    "currency": "USD",
    "parties": [{"role": "ship_to", "name": "EXAMPLE BUYER WAREHOUSE",
                 "identifiers": [{"scheme": "assigned_by_buyer", "value": "0417"}],
                 "address": {"lines": ["12 DOCK LANE"], "city": "COLUMBUS", "region": "OH", "postal_code": "43215"}}],
    "references": [{"kind": "department", "value": "038"}],
    "dates": [{"kind": "requested_delivery", "date": "2025-06-20"}],
    "lines": [
        {"position": 1, "line_number": "1", "quantity": "24", "unit": "each", "unit_price": "12.50",
         "items": [{"scheme": "upc", "value": "614141000012"}]},
        {"position": 2, "line_number": "2", "quantity": "10", "unit": "case", "unit_price": "99.00",
         "items": [{"scheme": "upc", "value": "614141000029"}]},
    ],
}


class Missing(Exception):
    pass


class Story:
    def __init__(self, build: pathlib.Path, folder: pathlib.Path) -> None:
        self.started = time.monotonic()
        self.build = build
        self.folder = folder
        self.number = 0

    def tell(self, text: str) -> None:
        print(f"      {text}", flush=True)

    def chapter(self, text: str) -> None:
        self.number += 1
        print(f"\n{time.monotonic() - self.started:4.1f}s {self.number}. {text}", flush=True)

    def show(self, path: pathlib.Path) -> None:
        self.tell(f"file: {path.relative_to(self.folder.parent)}")

    def wait_for(self, what: str, question):
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = question()
            if answer:
                return answer
            if not self.gateway.running:
                raise Missing(f"{what}: the gateway ended")
            if time.monotonic() > deadline:
                raise Missing(f"{what}: not within {PATIENCE:.0f} s")
            time.sleep(0.05)

    def start(self) -> None:
        self.chapter("Start: a partner's SFTP server, an ERP with a WMS, and the gateway between them")
        self.sftp = SftpServer(self.folder / "partner")
        self.receiver = Receiver(self.folder / "receiver")
        self.gateway = Gateway(self.build / "wharf", self.folder / "gateway", self.sftp, self.receiver.port)
        self.supplier = Supplier()
        self.tell(f"sshd on 127.0.0.1:{self.sftp.port}, its key pinned as {self.sftp.fingerprint}")
        self.tell(f"ERP and WMS on 127.0.0.1:{self.receiver.port}, gateway on {self.gateway.address}")

    def answers(self, functional_id: str) -> list[list[list[str]]]:
        """The 997s for groups of this kind that have arrived at the partner."""
        found = []
        for file in sorted(self.sftp.incoming.glob("997_*")):
            content = segments(file.read_text())
            if any(segment[:2] == ["AK1", functional_id] for segment in content):
                found.append(content)
        return found

    def order(self) -> None:
        self.chapter("The ERP orders: POST /v1/documents with a canonical purchase order")
        answer = self.gateway.order(PURCHASE_ORDER, "erp-order-4711")
        self.order_message = answer["message"]
        self.tell(f"accepted as message {self.order_message}, interchange {answer['interchange_control_number']}")
        again = self.gateway.order(PURCHASE_ORDER, "erp-order-4711")
        if again != answer:
            raise Missing("the same request with the same Idempotency-Key must give the same answer")
        (file,) = self.wait_for("the 850 at the partner", lambda: list(self.sftp.incoming.glob("850_*.edi")))
        self.tell("the 850 is in the partner's folder, once, although the ERP asked twice:")
        self.show(file)
        for line in file.read_text().splitlines():
            self.tell(f"    {line}")
        lint = subprocess.run([self.build / "wharf", "lint", "--strict", file], capture_output=True, text=True, check=False)
        if lint.returncode != 0:
            raise Missing(f"our own 850 does not lint:\n{lint.stdout}{lint.stderr}")
        self.tell(f"wharf lint: {lint.stdout.strip()}")
        self.placed = Order.read(file.read_text())

    def receipt(self) -> None:
        self.chapter("The partner's 997 comes back: the order is marked accepted")
        self.wait_for("the order as sent", lambda: self.gateway.state_of(self.order_message) in ("sent", "accepted"))
        self.sftp.leave("997_from_acme.edi", self.supplier.receipt(self.placed))
        self.wait_for("the order's acceptance", lambda: self.gateway.state_of(self.order_message) == "accepted")
        self.tell(f"message {self.order_message} is now: accepted")

    def answer(self) -> None:
        self.chapter("The partner answers with 855, 856 and 810; the WMS is down for a moment")
        self.receiver.refuse_next("wms", 1)
        self.sftp.leave("855_from_acme.edi", self.supplier.acknowledgment(self.placed))
        self.sftp.leave("856_from_acme.edi", self.supplier.ship_notice(self.placed))
        self.invoice_text = self.supplier.invoice(self.placed)
        self.sftp.leave("810_from_acme.edi", self.invoice_text)
        for system, kind in (("erp", "purchase_order_acknowledgment"), ("erp", "ship_notice"), ("erp", "invoice"), ("wms", "ship_notice")):
            (document,) = self.wait_for(f"the {kind} at the {system.upper()}", lambda: self.receiver.received(system, kind))
            number = document.get("number") or document.get("order_number")
            self.tell(f"{system.upper()} has the {kind} {number}")
        attempts = self.receiver.attempts("wms", "ship_notice")
        if len(attempts) < 2 or len({attempt["headers"]["Idempotency-Key"] for attempt in attempts}) != 1:
            raise Missing("the WMS must be asked again, with the same key")
        self.tell(f"the WMS answered 503 first and was asked again with the same Idempotency-Key {attempts[0]['headers']['Idempotency-Key']}")
        (invoice,) = self.receiver.received("erp", "invoice")
        if invoice["totals"]["amount"] != "1290.00":
            raise Missing(f"the invoice's amount: {invoice['totals']}")
        for kind in ("PR", "SH", "IN"):
            (acknowledged,) = self.wait_for(f"our 997 for {kind}", lambda: self.answers(kind))
            if ["AK9", "A", "1", "1", "1"] not in acknowledged:
                raise Missing(f"our 997 for {kind} does not accept: {acknowledged}")
        self.tell("each got its 997 (accepted) in the partner's folder")
        self.wait_for("the empty outgoing folder", lambda: not list(self.sftp.outgoing.glob("*.edi")))
        self.tell("and was removed from there after it was stored")
        self.show(self.folder / "receiver" / "erp")
        self.show(self.folder / "receiver" / "wms")

    def broken(self) -> None:
        self.chapter("One broken file: two invoices, the second with a letter O where a zero should be")
        text = self.supplier.mixed_invoices(self.placed)
        self.sftp.leave("810_mixed.edi", text)
        kept = self.folder / "partner" / "810_mixed.edi"
        kept.write_text(text)
        content = self.wait_for("the rejecting 997", lambda: next((answer for answer in self.answers("IN") if ["AK2", "810", "0002"] in answer), None))
        for expected in (["AK2", "810", "0001"], ["AK5", "A"], ["AK4", "4", "212", "6", "12.5O"], ["AK5", "R", "5"], ["AK9", "P", "2", "2", "1"]):
            if expected not in content:
                raise Missing(f"{'*'.join(expected)} in the 997: {content}")
        self.tell("its 997 says which element of which segment is wrong:")
        for segment in content:
            if segment[0].startswith("AK"):
                self.tell("    " + "*".join(segment))
        self.wait_for("the good neighbour at the ERP", lambda: any(i["number"] == "INV-9002" for i in self.receiver.received("erp", "invoice")))
        if any(invoice["number"] == "INV-9003" for invoice in self.receiver.received("erp", "invoice")):
            raise Missing("the broken invoice must not be delivered")
        self.tell("its good neighbour INV-9002 went through to the ERP; INV-9003 did not")
        lint = subprocess.run([self.build / "wharf", "lint", kept], capture_output=True, text=True, check=False, cwd=self.folder.parent)
        self.tell(f"wharf lint {kept.relative_to(self.folder.parent)}:")
        for line in lint.stdout.splitlines():
            self.tell(f"    {line}")
        if lint.returncode != 1:
            raise Missing("wharf lint must find the fault")

    def duplicate(self) -> None:
        self.chapter("The partner sends the first invoice again under another name")
        before = len(self.receiver.received("erp", "invoice"))
        self.sftp.leave("810_once_more.edi", self.invoice_text)
        self.wait_for("the duplicate's mark", lambda: any(m["file_name"] == "810_once_more.edi" for m in self.gateway.messages(state="duplicate")))
        if len(self.receiver.received("erp", "invoice")) != before:
            raise Missing("a duplicate must not be delivered")
        self.tell("it is marked duplicate; the ERP heard nothing of it")

    def end(self) -> None:
        self.chapter("What the gateway remembers: wharf message list")
        listing = subprocess.run([self.build / "wharf", "message", "list", "--config", self.folder / "gateway"],
                                 capture_output=True, text=True, check=False)
        if listing.returncode != 0:
            raise Missing(f"wharf message list: {listing.stderr}")
        for line in listing.stdout.splitlines():
            self.tell(line)

    def tell_all(self) -> None:
        self.start()
        self.order()
        self.receipt()
        self.answer()
        self.broken()
        self.duplicate()
        self.end()

    def close(self) -> None:
        for part in ("gateway", "receiver", "sftp"):
            if hasattr(self, part):
                getattr(self, part).close()


def fresh(folder: pathlib.Path) -> None:
    """An empty folder; one that the demo did not make is never emptied."""
    if folder.exists():
        if not (folder / MARKER).exists() and any(folder.iterdir()):
            raise Missing(f"{folder} is not empty and not the demo's; name another with --folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()


def stop_kept(folder: pathlib.Path) -> bool:
    """Ends the demo that --keep left running in this folder; True when there was one."""
    try:
        pid = int((folder / PID_FILE).read_text())
        command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return False
    if pathlib.Path(__file__).name.encode() not in command or str(folder).encode() not in command:
        return False  # the number belongs to another program by now
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 30
    while pathlib.Path(f"/proc/{pid}/stat").exists() and not is_dead(pid):
        if time.monotonic() > deadline:
            raise Missing(f"the demo of before (process {pid}) does not end")
        time.sleep(0.05)
    return True


def is_dead(pid: int) -> bool:
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def run(story: Story, keep: bool) -> int:
    folder = story.folder
    try:
        fresh(folder)
        (folder / PID_FILE).write_text(f"{os.getpid()}\n")
        story.tell_all()
        print(f"\nThe story took {time.monotonic() - story.started:.1f} s. Everything it left is in {folder}", flush=True)
        if keep:
            tell_where_to_look(story)
        return 0
    except (Missing, RuntimeError, ValueError, OSError, subprocess.SubprocessError) as error:
        print(f"\ndemo: missing: {error}", file=sys.stderr)
        log = folder / "gateway" / "gateway.log"
        if log.exists():
            print(f"\nthe end of {log}:\n" + "\n".join(log.read_text().splitlines()[-25:]), file=sys.stderr)
        return 1


def tell_where_to_look(story: Story) -> None:
    configuration = story.folder / "gateway"
    print(f"""
Gateway, SFTP server, ERP and WMS keep running. Where to look:
  {story.gateway.address}/v1/messages
      what came and went, as JSON
  {story.build}/wharf message show INV-9001 --config {configuration}
      one message with its documents, deliveries and events
  {story.sftp.incoming}
      what the partner gets
  {story.sftp.outgoing}
      put a file here as the partner, and it is picked up
  {story.folder / 'receiver'}
      what ERP and WMS got
  {story.gateway.log}
      what the gateway says
End it with: tools/demo --stop""", flush=True)


def run_and_end(story: Story) -> int:
    try:
        return run(story, keep=False)
    finally:
        story.close()


def run_and_keep(story: Story) -> int:
    """The story runs in a process of its own, which stays; this one comes back when the story is told."""
    told, tell = os.pipe()
    if os.fork() != 0:
        os.close(tell)
        answer = os.read(told, 1)
        return answer[0] if answer else 1
    os.close(told)
    os.setsid()
    try:
        code = run(story, keep=True)
        quiet = os.open(story.folder / "keep.log", os.O_WRONLY | os.O_CREAT, 0o644)
        sys.stdout.flush()
        sys.stderr.flush()
        for stream in (1, 2):
            os.dup2(quiet, stream)
        os.write(tell, bytes([code]))
        os.close(tell)
        while code == 0 and story.gateway.running:
            time.sleep(0.2)
    finally:
        story.close()
    os._exit(0)


def end_on_signal(*_: object) -> None:
    raise SystemExit(130)  # on the way out everything that was started is ended


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--stop", action="store_true")
    options = parser.parse_args()
    folder = options.folder.resolve()
    try:
        stopped = stop_kept(folder)
    except Missing as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    if options.stop:
        print("demo: ended" if stopped else "demo: nothing is running")
        return 0
    signal.signal(signal.SIGTERM, end_on_signal)
    signal.signal(signal.SIGINT, end_on_signal)
    story = Story(options.build.resolve(), folder)
    return run_and_keep(story) if options.keep else run_and_end(story)


if __name__ == "__main__":
    sys.exit(main())
