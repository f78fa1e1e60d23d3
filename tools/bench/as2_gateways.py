#!/usr/bin/env python3
"""AS2 with running gateways, signed and encrypted, with signed synchronous receipts, everything durable before it is answered.

    as2_gateways.py [--orders N] [--lines N]      (WHARF_GATEWAY names the program; default: the release build)

received   messages posted by wharf-as2-load, which signs, encrypts and judges but stores nothing, to a gateway that receives and processes
exchanged  orders posted to the API of one gateway, which translates and sends them to a second one

Beside it stands what `openssl speed` says of the three private-key operations that an exchange needs, on all cores: `rsa` is that many
exchanges a second.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("WHARF_GATEWAY", str(ROOT / "build" / "release" / "wharf-gateway"))
sys.path.insert(0, str(ROOT / "tests" / "integration"))

import as2_wharf_test as between  # noqa: E402
import harness  # noqa: E402


def rsa_bound():
    """Exchanges a second that RSA-2048 alone allows: two signatures and one decryption each."""
    text = subprocess.run(["openssl", "speed", "-seconds", "2", "-multi", str(os.cpu_count()), "rsa2048"], capture_output=True, text=True).stdout
    return float(re.search(r"rsa 2048 bits.*?([\d.]+)\s+[\d.]+\s*$", text, re.M)[1]) / 3


def key_pairs(folder):
    for name in ("NORTH", "SOUTH"):
        between.key_pair(folder, name)
        (folder / f"{name}.both").write_text((folder / f"{name}.pem").read_text() + (folder / f"{name}.key").read_text())


def without_erp(site):
    """The ERP of the tests is slower than all the rest."""
    profile = site.folder / "partners" / "p001" / "profile.yaml"
    profile.write_text(profile.read_text().replace(", targets: [erp]", ""))


def processor_seconds(*sites):
    total = 0
    for site in sites:
        numbers = pathlib.Path(f"/proc/{site.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(numbers[11]) + int(numbers[12])
    return total / os.sysconf("SC_CLK_TCK")


def say(what, count, size, rate, bound, seconds):
    print(f"{what} {count} orders of {size} bytes: {rate:.0f} a second; rsa {bound:.0f}, ratio {rate / bound:.2f}; "
          f"{1000 * seconds / count:.2f} ms of the gateways' processor time each", flush=True)


def interchange(lines):
    """X12 with the mark of wharf-as2-load where numbers must differ."""
    mark = 987654321
    body = ["BEG*00*SA*PO-987654321**20250602", "N1*ST*Main store*92*0042",
            *[f"PO1*{n}*10*EA*12.50**UP*012345678905*VN*WIDGET-{n}" for n in range(1, lines + 1)], f"CTT*{lines}"]
    sets = [harness.transaction_set("850", "0001", body)]
    text = harness.interchange(mark, [harness.group("PO", mark, sets, sender="N001", receiver="S001")], sender="N001", receiver="S001")
    return text.replace(str(mark), "@@@@@@@@@")


def received(south, port, options, keys, bound):
    file = keys / "order.edi"
    file.write_text(interchange(options.lines))
    load = str(ROOT / "build" / "release" / "wharf-as2-load")
    used = processor_seconds(south)
    done = subprocess.run([load, f"http://127.0.0.1:{port}/as2", "NORTH 001", keys / "NORTH.both", "SOUTH 001", keys / "SOUTH.pem", str(options.orders),
                           str(options.connections), file], check=True, capture_output=True, text=True)
    harness.wait_for(lambda: len(between.waiting_jobs(south)) == 0, 60, "an idle gateway")
    say("received ", options.orders, len(file.read_text()), float(done.stdout), bound, processor_seconds(south) - used)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--lines", type=int, default=200, help="200 lines are about 10 KB of X12")
    options = parser.parse_args()
    bound = rsa_bound()
    keys = pathlib.Path(tempfile.mkdtemp(prefix="wharf-keys-"))
    north, south = harness.Site(), harness.Site()
    try:
        key_pairs(keys)
        relation = between.Relation(1, "sha256", "aes256_cbc", "none", ("synchronous", True))
        ports = harness.free_port(), harness.free_port()
        isa_of = lambda name, relation: f"{name[0]}{relation.id}"
        between.gateway(north, "NORTH", "SOUTH", isa_of, [relation], ports[0], ports[0], ports[1], ports[1])
        between.gateway(south, "SOUTH", "NORTH", isa_of, [relation], ports[1], ports[1], ports[0], ports[0])
        without_erp(south)
        for site in (north, south):
            shutil.copytree(keys, site.folder / "keys")
            site.serve()
        received(south, ports[1], options, keys, bound)
        line = {"quantity": "10", "unit": "each", "unit_price": "12.50", "items": [{"scheme": "upc", "value": "012345678905"}]}
        lines = [{"position": n, "line_number": str(n), **line} for n in range(1, options.lines + 1)]
        begun, used = time.monotonic(), processor_seconds(north, south)

        def post(part):
            for number in range(part, options.orders, 4):
                status, answer = north.post(harness.purchase_order(f"PO-{number}", lines), partner="p001")
                assert status == 202, answer

        posting = [threading.Thread(target=post, args=(part,)) for part in range(4)]
        for thread in posting:
            thread.start()
        for thread in posting:
            thread.join()
        done = lambda: sum(1 for e in between.exchanges(north, "outbound") if e["state"] == "succeeded")
        harness.wait_for(lambda: done() == options.orders, 600, "all exchanges")
        taken = time.monotonic() - begun
        size = len(north.raw(north.messages("--limit", "1")[0]["id"]))
        say("exchanged", options.orders, size, options.orders / taken, bound, processor_seconds(north, south) - used)
    finally:
        for site in (north, south):
            site.close()
        shutil.rmtree(keys)


if __name__ == "__main__":
    main()
