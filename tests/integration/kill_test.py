#!/usr/bin/env python3
"""Kill -9 at every named step between two effects, and at seeded points of a short run; start again; count.

    kill_test.py --count 100        all named steps, then seeded ones
    kill_test.py --only after-put   one step

Each run: six files of two documents each come in by X12 and two by CSV, three orders go out as X12, one as CSV and two over AS2, with receipts
by themselves and in the answer (each with a key, repeated until it is answered), the gateway is killed, started again without a crash, and left until it has nothing to do.
Then there must be

  - as many distinct idempotency keys at the ERP as accepted documents, none missing, no key with two contents;
  - each invoice number and each order number once at the ERP;
  - one 997 for each X12 file, and one 850 for each order, under interchange numbers that are all different;
  - one CSV file for the order that goes out as one;
  - one Message-ID for each order that goes out over AS2, and never other bytes under it;
  - no file left in the inbox and no dead letter.
"""
import json
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time
import traceback

import as2_partner
import harness
from harness import body_of, group, interchange, invoice_body, orders_csv, purchase_order, segments_of, transaction_set

FILES = 6
DOCUMENTS = 2
ORDERS = 3
AS2_ORDERS = 2
ALL_ORDERS = ORDERS + 1 + AS2_ORDERS
TABLES = 2  # files of CSV, of two documents each

KEYS = pathlib.Path(tempfile.mkdtemp(prefix="wharf-kill-keys-"))

BOLT = """\
name: Bolt Industries
channel: van
documents:
  - {format: csv, document: purchase_order, direction: inbound, files: ["PO_*.csv"], targets: [erp]}
  - {format: csv, document: purchase_order, direction: outbound}
"""


def drop_files(site):
    for number in range(1, FILES + 1):
        sets = [transaction_set("810", f"{i:04}", invoice_body(f"INV-{number}-{i}")) for i in range(1, DOCUMENTS + 1)]
        site.drop(f"in-{number}.edi", interchange(900 + number, [group("IN", number, sets)]))
        time.sleep(0.01)
    for number in range(1, TABLES + 1):
        site.drop(f"PO_{number}.csv", orders_csv(*((f"CSV-{number}-{i}", i) for i in range(1, DOCUMENTS + 1))))


def order_until_answered(site, number, answers, stop):
    """What an ERP does: the same request with the same key until there is an answer."""
    while not stop.is_set():
        try:
            partner = "acme" if number <= ORDERS else "bolt" if number == ORDERS + 1 else "harbor"
            status, answer = site.post(purchase_order(f"PO-{number}"), partner, key=f"key-{number}")
            if status == 202:
                answers[number] = answer
                return
            if status != 503:
                answers[number] = f"status {status}: {answer}"
                return
        except OSError:
            pass  # it is being killed or started
        time.sleep(0.05)


def is_quiet(site):
    """Nothing left to do: all files taken, answered and delivered, all orders sent."""
    if site.left():
        return False
    sent = site.sent()
    if len(sent) < FILES + ORDERS + 1:
        return False
    inbound = site.messages("--direction", "inbound")
    if len(inbound) < FILES + TABLES:
        return False
    for message in site.messages("--direction", "outbound"):
        if message["state"] == "ready":
            return False
    for message in inbound:
        for document in site.show(message["id"])["documents"]:
            if document["state"] == "accepted" and any(d["state"] == "waiting" for d in document["deliveries"]):
                return False
    return True


def check(site, partner, answers):
    faults = []

    def expect(truth, text):
        if not truth:
            faults.append(text)

    accepted = []
    for message in site.messages("--direction", "inbound"):
        view = site.show(message["id"])
        expect(view["state"] == "processed", f"message {message['id']} is {view['state']}: {view.get('reason')}")
        accepted += [d["id"] for d in view["documents"] if d["state"] == "accepted"]
    keys = {key for target, key in site.receiver.effects if target == "erp"}
    total = (FILES + TABLES) * DOCUMENTS
    expect(len(accepted) == total, f"{len(accepted)} documents accepted, not {total}")
    expect(keys == set(accepted), f"keys at the ERP: {len(keys)}, accepted documents: {len(accepted)}; "
                                  f"missing {set(accepted) - keys}, unknown {keys - set(accepted)}")
    expect(not site.receiver.conflicts, f"keys with two contents: {site.receiver.conflicts}")
    numbers = sorted(d["number"] for d in site.receiver.documents("erp"))
    wanted = sorted(f"INV-{n}-{i}" for n in range(1, FILES + 1) for i in range(1, DOCUMENTS + 1))
    wanted = sorted(wanted + [f"CSV-{n}-{i}" for n in range(1, TABLES + 1) for i in range(1, DOCUMENTS + 1)])
    expect(numbers == wanted, f"documents at the ERP: {numbers}")

    interchanges, answered, ordered = [], [], []
    tables = {name: text for name, text in site.sent().items() if name.endswith(".csv")}
    expect(len(tables) == 1 and f"PO-{ORDERS + 1}," in "".join(tables.values()), f"files of CSV: {sorted(tables)}")
    for name, text in site.sent().items():
        if name in tables:
            continue
        segments = segments_of(text)
        interchanges.append(segments[0].split("*")[13])
        body = body_of(text)
        if body[0].startswith("AK1"):
            answered.append(body[0])
            expect(body[-1] == f"AK9*A*{DOCUMENTS}*{DOCUMENTS}*{DOCUMENTS}", f"997 says {body[-1]}")
        else:
            ordered.append(body[0].split("*")[3])
    expect(len(set(interchanges)) == len(interchanges), f"interchange numbers used twice: {sorted(interchanges)}")
    expect(sorted(answered) == sorted(f"AK1*IN*{n}" for n in range(1, FILES + 1)), f"997s: {sorted(answered)}")
    expect(sorted(ordered) == sorted(f"PO-{n}" for n in range(1, ORDERS + 1)), f"850s: {sorted(ordered)}")
    posted = partner.ids()
    expect(all(len(set(posts)) == 1 for posts in posted.values()), f"other bytes under one Message-ID: {sorted(posted)}")
    with_number = sorted(body_of(text)[0].split("*")[3] for text in {post.message_id: post.payload.decode() for post in partner.posts if post.payload}.values())
    expect(with_number == [f"PO-{n}" for n in range(ORDERS + 2, ALL_ORDERS + 1)], f"850s over AS2: {with_number}")
    expect(not partner.trouble, f"the AS2 partner could not open what came: {partner.trouble}")
    for message in site.messages("--direction", "outbound"):
        if message["channel"] == "harbor":
            exchange = site.show(message["id"]).get("as2", {})
            expect(message["state"] in ("sent", "overdue") and exchange.get("state") == "succeeded", f"message over AS2: {message} {exchange}")
    for number in range(1, ALL_ORDERS + 1):
        expect(isinstance(answers.get(number), dict), f"order {number} was answered with {answers.get(number)}")
    letters = site.json("dead-letter", "list")
    expect(not any(letters.values()), f"dead letters: {json.dumps(letters)[:400]}")
    return faults


def run(crashes):
    """One short run, killed at each of `crashes` in turn. Returns (killed, faults)."""
    site = harness.Site(expect="1s" if "after-overdue" in crashes else "4h", retry_base="1s")
    site.add_partner("bolt", BOLT)
    shutil.copytree(KEYS, site.folder / "keys")
    partner = as2_partner.As2Partner(site.folder / "keys")
    as2_partner.listen(site)
    partner.add_to(site, outgoing=as2_partner.QUICK + "\n    receipt: {mode: asynchronous, timeout: 3s, resends: 9}")
    partner.usual = lambda number: as2_partner.later() if number % 2 else as2_partner.receipt()
    stop = threading.Event()
    answers = {}
    clients = [threading.Thread(target=order_until_answered, args=(site, n, answers, stop), daemon=True)
               for n in range(1, ALL_ORDERS + 1)]
    killed = 0
    try:
        for place, crash in enumerate(crashes):
            process = site.serve({"WHARF_TEST_CRASH_AT": crash}) if place == 0 or process.poll() is not None else process
            if place == 0:
                for client in clients:
                    client.start()
                drop_files(site)
            end = time.monotonic() + 12
            while process.poll() is None and time.monotonic() < end:
                if crash != "after-overdue" and is_quiet(site) and len(answers) == ALL_ORDERS:
                    break
                time.sleep(0.05)
            if process.poll() is not None:
                killed += process.returncode == -9
                if process.returncode != -9:
                    return killed, [f"the gateway ended by itself with {process.returncode}"]
        if process.poll() is None:
            site.stop()
        process = site.serve()
        harness.wait_for(lambda: is_quiet(site) and len(answers) == ALL_ORDERS, 60, "the gateway to finish its work")
        faults = check(site, partner, answers)
        code = site.stop()
        if code != 0:
            faults.append(f"SIGTERM ended it with {code}")
        return killed, faults
    except Exception:
        log = (site.folder / "log").read_text(errors="replace")[-3000:]
        return killed, [traceback.format_exc(), log]
    finally:
        stop.set()
        site.close()
        partner.close()


def plan(count, seed):
    names = harness.names_of_crash_points() + harness.names_of_crash_points("AS2, receipts for what we sent")
    chance = random.Random(seed)
    if count < len(names):
        # A few of each kind, other ones for another seed.
        chosen = chance.sample(names, count * 2 // 3)
        runs = [[name] for name in chosen]
    else:
        runs = [[name] for name in names]
    while len(runs) < count:
        # Any step, by its number in the run; every second one is killed once more after the restart.
        first = [f"*:{chance.randint(1, 110)}"]
        runs.append(first + ([f"*:{chance.randint(1, 60)}"] if len(runs) % 2 else []))
    return runs


if __name__ == "__main__":
    as2_partner.As2Partner(KEYS).close()  # makes the keys of both sides, once
    sys.exit(harness.kill_runs(run, plan, clean_up=lambda: shutil.rmtree(KEYS)))
