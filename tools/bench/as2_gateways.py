#!/usr/bin/env python3
"""Orders between two running gateways over AS2, all included: API, translation, validation, store, packing, HTTP, receipts.

    as2_gateways.py [--orders N] [--lines N]      (WHARF_GATEWAY names the program; default: the release build)

Signed and encrypted, with signed synchronous receipts. Beside it stands what `openssl speed` says of the three private-key operations
that an exchange needs, on all cores: `rsa` is that many exchanges a second.
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument("--lines", type=int, default=200, help="200 lines are about 10 KB of X12")
    options = parser.parse_args()
    bound = rsa_bound()
    keys = pathlib.Path(tempfile.mkdtemp(prefix="wharf-keys-"))
    north, south = harness.Site(), harness.Site()
    try:
        for name in ("NORTH", "SOUTH"):
            between.key_pair(keys, name)
        relation = between.Relation(1, "sha256", "aes256_cbc", "none", ("synchronous", True))
        ports = harness.free_port(), harness.free_port()
        isa_of = lambda name, relation: f"{name[0]}{relation.id}"
        between.gateway(north, "NORTH", "SOUTH", isa_of, [relation], ports[0], ports[0], ports[1], ports[1])
        between.gateway(south, "SOUTH", "NORTH", isa_of, [relation], ports[1], ports[1], ports[0], ports[0])
        profile = south.folder / "partners" / "p001" / "profile.yaml"
        profile.write_text(profile.read_text().replace(", targets: [erp]", ""))  # the ERP of the tests is slower than all the rest
        for site in (north, south):
            shutil.copytree(keys, site.folder / "keys")
            site.serve()
        line = {"quantity": "10", "unit": "each", "unit_price": "12.50", "items": [{"scheme": "upc", "value": "012345678905"}]}
        lines = [{"position": n, "line_number": str(n), **line} for n in range(1, options.lines + 1)]
        begun = time.monotonic()

        def post(part):
            for number in range(part, options.orders, 4):
                status, answer = north.post(harness.purchase_order(f"PO-{number}", lines), partner="p001")
                assert status == 202, answer

        posting = [threading.Thread(target=post, args=(part,)) for part in range(4)]
        for thread in posting:
            thread.start()
        for thread in posting:
            thread.join()
        posted = time.monotonic() - begun
        done = lambda: sum(1 for e in between.exchanges(north, "outbound") if e["state"] == "succeeded")
        harness.wait_for(lambda: done() == options.orders, 600, "all exchanges")
        taken = time.monotonic() - begun
        size = len(north.raw(north.messages("--limit", "1")[0]["id"]))
        print(f"{options.orders} orders of {size} bytes: posted in {posted:.1f} s, exchanged in {taken:.1f} s: {options.orders / taken:.0f} a second; "
              f"rsa {bound:.0f}, ratio {options.orders / taken / bound:.2f}")
    finally:
        for site in (north, south):
            site.close()
        shutil.rmtree(keys)


if __name__ == "__main__":
    main()
