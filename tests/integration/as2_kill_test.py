#!/usr/bin/env python3
"""Kill -9 at every named step of an AS2 message that comes in, and at seeded points; start again; count.

    as2_kill_test.py --count 30            all named steps, then seeded ones
    as2_kill_test.py --only after-open-exchange

Each run: messages with synchronous and asynchronous receipts, small and large ones, sent again under their Message-ID until they are
answered, as any AS2 product does; the gateway is killed and started again. Then there must be

  - each invoice once at the ERP;
  - one receipt for each Message-ID, the same bytes however often it was given, with the MIC of what was sent;
  - nothing in the vault that belongs to no exchange.
"""
import random
import sys
import threading
import time
import traceback

import harness
from as2_site import As2Site

SMALL, LARGE = 2, 1 # of each kind


class Sender(threading.Thread):
    """A partner's product: the same message again and again, until it has an answer that counts."""

    def __init__(self, site, number, receipt, whole, source):
        super().__init__(daemon=True)
        self.site, self.receipt, self.whole, self.source = site, receipt, whole, source
        self.message_id = f"<{number}@peer>"
        self.answers = []
        self.ended = threading.Event()
        self.start()

    def run(self):
        while not self.ended.is_set():
            try:
                answer = self.site.exchange(self.whole, self.message_id, receipt=self.receipt)
                if answer.status == 200:
                    self.answers.append(answer)
                    return
            except (OSError, ConnectionError):
                pass # it is being killed or started
            time.sleep(0.1)

    def receipts(self):
        return self.answers if self.receipt == "synchronous" else self.site.receipts.of(self.message_id)

    def is_done(self):
        return bool(self.answers) and bool(self.receipts())


def begin(site):
    senders, numbers = [], []
    for receipt in ["synchronous", "asynchronous"]:
        for place in range(SMALL + LARGE):
            number = 900 + len(senders)
            content = site.payload(number) + (b" " * 2_000_000 if place >= SMALL else b"")
            whole, source = site.wrap(content)
            senders.append((number, receipt, whole, source))
            numbers.append(number)
    return [Sender(site, *one) for one in senders], numbers


def is_quiet(site, senders, numbers):
    return all(sender.is_done() for sender in senders) and len(site.invoices()) >= len(numbers)


def check(site, senders, numbers):
    faults = []
    if site.invoices() != sorted(f"INV-{number}" for number in numbers):
        faults.append(f"invoices at the ERP: {site.invoices()}")
    if site.receiver.conflicts:
        faults.append(f"keys with two contents: {site.receiver.conflicts}")
    for sender in senders:
        try:
            again = site.exchange(sender.whole, sender.message_id, receipt=sender.receipt) # must change nothing
            given = sender.receipts() + ([again] if sender.receipt == "synchronous" else [])
            if len({one.body for one in given}) != 1:
                faults.append(f"{sender.message_id} got {len({one.body for one in given})} different receipts")
            site.check_receipt(given[0], sender.message_id, "processed", sender.source)
        except AssertionError as error:
            faults.append(f"{sender.message_id}: {error}")
    folders = list((site.folder / "data" / "wharf.db.exchanges").iterdir())
    if len(folders) > 2 * LARGE:
        faults.append(f"{len(folders)} folders in the vault, for {2 * LARGE} large messages")
    left = [file.name for folder in folders if folder.is_dir() for file in folder.iterdir() if file.name != "signed"]
    if left:
        faults.append(f"left in the vault: {left}")
    if any(site.json("dead-letter", "list").values()):
        faults.append("dead letters")
    return faults


def run(crashes):
    site = As2Site()
    site.receipts.statuses[:] = [503]
    killed = 0
    senders = []
    try:
        process = None
        for crash in crashes:
            if process is None or process.poll() is not None:
                process = site.serve({"WHARF_TEST_CRASH_AT": crash})
            if not senders:
                senders, numbers = begin(site)
            end = time.monotonic() + 12
            while process.poll() is None and time.monotonic() < end and not is_quiet(site, senders, numbers):
                time.sleep(0.05)
            if process.poll() is not None:
                killed += process.returncode == -9
                if process.returncode != -9:
                    return killed, [f"the gateway ended by itself with {process.returncode}"]
        if process.poll() is None:
            site.stop()
        site.serve()
        harness.wait_for(lambda: is_quiet(site, senders, numbers), 60, "the gateway to finish its work")
        faults = check(site, senders, numbers)
        code = site.stop()
        return killed, faults + ([f"SIGTERM ended it with {code}"] if code else [])
    except Exception:
        return killed, [traceback.format_exc(), site.log()[-3000:]]
    finally:
        for sender in senders:
            sender.ended.set()
        site.close()


def plan(count, seed):
    names = harness.names_of_crash_points("AS2, in")
    chance = random.Random(seed)
    runs = [[name] for name in (chance.sample(names, count * 2 // 3) if count < len(names) else names)]
    while len(runs) < count:
        first = [f"*:{chance.randint(1, 70)}"]
        runs.append(first + ([f"*:{chance.randint(1, 40)}"] if len(runs) % 2 else []))
    return runs


if __name__ == "__main__":
    sys.exit(harness.kill_runs(run, plan, least=0.75))
