"""A gateway on a folder, a partner's mailbox beside it, and an ERP that records what it gets: for end-to-end tests.

The gateway is the real `wharf-gateway` program, named by the environment variable WHARF_GATEWAY (or build/dev). Nothing here
knows how it works inside: files go into a folder, files come out of another, requests arrive over HTTP.
"""
import argparse
import concurrent.futures
import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socketserver
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
GATEWAY = os.environ.get("WHARF_GATEWAY", str(ROOT / "build" / "dev" / "wharf-gateway"))


# --- X12 ------------------------------------------------------------------------------------------------------------

def transaction_set(set_id, number, body, count=None):
    """`body`: segments without terminators, ST and SE aside. `count` overrides SE01."""
    segments = [f"ST*{set_id}*{number}", *body]
    segments.append(f"SE*{len(segments) + 1 if count is None else count}*{number}")
    return segments


def group(functional_id, number, sets, release="004010", sender="ACMEGS", receiver="WHARFGS"):
    segments = [f"GS*{functional_id}*{sender}*{receiver}*20250602*1403*{number}*X*{release}"]
    for one in sets:
        segments += one
    return segments + [f"GE*{len(sets)}*{number}"]


def interchange(number, groups, usage="P", sender="ACME", receiver="WHARFCO", sender_qualifier="ZZ", iea=True):
    isa = (f"ISA*00*          *00*          *{sender_qualifier}*{sender:<15}*ZZ*{receiver:<15}*250602*1403*U*00401*"
           f"{number:09}*0*{usage}*>")
    segments = [isa]
    for one in groups:
        segments += one
    if iea:
        segments.append(f"IEA*{len(groups)}*{number:09}")
    return "".join(segment + "~\n" for segment in segments)


def segments_of(text):
    terminator = text[105]
    return [part.strip("\r\n") for part in text.split(terminator) if part.strip("\r\n")]


def body_of(text, set_number=1):
    """The segments between ST and SE of the n-th set."""
    inside, seen, out = False, 0, []
    for segment in segments_of(text):
        if segment.startswith("ST*"):
            seen += 1
            inside = seen == set_number
        elif segment.startswith("SE*"):
            inside = False
        elif inside:
            out.append(segment)
    return out


def invoice_body(number, order="4711", lines=("IT1*1*10*EA*12.50**UP*012345678905",), total="12500"):
    return [f"BIG*20250602*{number}**{order}", *lines, f"TDS*{total}"]


# --- CSV ------------------------------------------------------------------------------------------------------------

COLUMNS = ("PO Number,PO Date,Purpose,Type,Currency,Ship To ID,Ship To Name,Ship To Address,Ship To City,Ship To Region,"
           "Ship To Postal Code,Ship To Country,Requested Delivery,Line,Buyer Item,Vendor Item,UPC,Description,Quantity,Unit,"
           "Unit Price,Line Delivery")


def orders_csv(*orders, header=COLUMNS):
    """Each order: its number and quantities of its lines."""
    rows = [header]
    for number, *quantities in orders:
        for line, quantity in enumerate(quantities, 1):
            rows.append(f"{number},2025-06-02,,,USD,0107,,,,,,,,{line},,,01234567890{line},,{quantity},each,12.50,")
    return "\r\n".join(rows) + "\r\n"


# --- the ERP --------------------------------------------------------------------------------------------------------

class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # a gateway that was killed in the middle of a request


def start_server(handler, port=0):
    server = Server(("127.0.0.1", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Receiver:
    """Records every request. The first one of a key has an effect; a repetition gets the first answer again."""

    def __init__(self, port=0):
        self.requests = []  # (path, headers, document)
        self.effects = {}   # idempotency key -> (path, body)
        self.conflicts = []  # keys that came with another body
        self.statuses = []  # answers to give next, before anything takes effect
        self.lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer waits 40 ms for an ACK

            def log_message(self, *arguments):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, answer = receiver.take(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        self.server = start_server(Handler, port)
        self.port = self.server.server_address[1]

    def take(self, path, headers, body):
        with self.lock:
            self.requests.append((path, headers, json.loads(body)))
            if self.statuses:
                return self.statuses.pop(0), {"error": "as the test asks"}
            key = (path.split("/")[1], headers.get("idempotency-key", ""))
            if key in self.effects:
                if self.effects[key] != (path, body):
                    self.conflicts.append(key)
                return 200, {"id": f"R-{list(self.effects).index(key) + 1}"}
            self.effects[key] = (path, body)
            return 201, {"id": f"R-{len(self.effects)}"}

    def documents(self, target="erp"):
        """What took effect at one target, in order."""
        with self.lock:
            return [json.loads(body) for path, body in self.effects.values() if path.split("/")[1] == target]

    def headers(self, target="erp"):
        with self.lock:
            return [headers for path, headers, _ in self.requests if path.split("/")[1] == target]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


# --- the gateway ----------------------------------------------------------------------------------------------------

WHARF_YAML = """\
store:
  file: data/wharf.db
poll_interval: 1s
listen:
  port: {api_port}
identities:
  - {{name: us, qualifier: ZZ, id: WHARFCO, group_id: WHARFGS}}
targets:
  - {{name: erp, url: "http://127.0.0.1:{port}/erp/{{document}}", production: yes}}
  - {{name: wms, url: "http://127.0.0.1:{port}/wms/{{document}}", production: yes, documents: [ship_notice]}}
  - {{name: trial, url: "http://127.0.0.1:{port}/trial/{{document}}", production: no}}
retry: {{base: {retry_base}, cap: 2s, attempts: {attempts}}}
"""

PROFILE_YAML = """\
name: Acme Supplies
identifiers:
  - {{qualifier: ZZ, id: ACME, group_ids: [ACMEGS]}}
channel: van
documents:
  - {{set: "850", direction: outbound}}
  - {{set: "850", direction: inbound, targets: [erp], test_targets: [trial]}}
  - {{set: "855", direction: inbound, targets: [erp], test_targets: [trial]}}
  - {{set: "856", direction: inbound, targets: [erp, wms], test_targets: [trial]}}
  - {{set: "810", direction: inbound, targets: [erp], test_targets: [trial]}}
acknowledgment: {{ta1: on_error, expect_997_within: {expect}}}
"""

CHANNEL_YAML = """\
transport: folder
folder: {{root: {mailbox}}}
pickup: {{inbox: inbox, outbox: outbox{pickup}}}
senders: [acme]
"""


class Site:
    """One gateway with one partner, in a folder of its own that goes away with it."""

    def __init__(self, expect="4h", pickup="", retry_base="1s", attempts=12, api_port=0, receiver=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="wharf-site-"))
        self.receiver = receiver or Receiver()
        self.api_port = api_port or free_port()
        self.mailbox = self.folder / "mailbox"
        self.inbox = self.mailbox / "inbox"
        self.outbox = self.mailbox / "outbox"
        for folder in (self.inbox, self.outbox, self.folder / "partners" / "acme", self.folder / "channels"):
            folder.mkdir(parents=True)
        (self.folder / "wharf.yaml").write_text(
            WHARF_YAML.format(port=self.receiver.port, api_port=self.api_port, retry_base=retry_base, attempts=attempts))
        (self.folder / "partners" / "acme" / "profile.yaml").write_text(PROFILE_YAML.format(expect=expect))
        (self.folder / "channels" / "van.yaml").write_text(CHANNEL_YAML.format(mailbox=self.mailbox, pickup=pickup))
        self.process = None
        self.seen = set()

    def add_partner(self, name, profile, channel=None):
        """One more partner, who may send on the mailbox or on a folder of his own, which is given back."""
        self.add_profile(name, profile)
        if channel is None:
            file = self.folder / "channels" / "van.yaml"
            file.write_text(re.sub(r"senders: \[(.*)\]", rf"senders: [\1, {name}]", file.read_text()))
            return self.mailbox
        root = self.folder / channel
        for folder in ("inbox", "outbox"):
            (root / folder).mkdir(parents=True)
        self.add_channel(channel, f"transport: folder\nfolder: {{root: {root}}}\npickup: {{inbox: inbox, outbox: outbox}}\nsenders: [{name}]\n")
        return root

    def add_profile(self, name, text):
        (self.folder / "partners" / name).mkdir()
        (self.folder / "partners" / name / "profile.yaml").write_text(text)

    def add_channel(self, name, text):
        (self.folder / "channels" / f"{name}.yaml").write_text(text)

    def add_map(self, name, text):
        """A map of our own, beside the shipped ones."""
        file = self.folder / "maps" / f"{name}.map"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        configuration = self.folder / "wharf.yaml"
        if "translators:" not in configuration.read_text():
            with configuration.open("a") as out:
                out.write("translators: maps\n")

    # files
    def drop(self, name, content, inbox=None):
        data = content if isinstance(content, bytes) else content.encode("latin-1")
        temporary = (inbox or self.inbox) / (name + ".tmp")
        temporary.write_bytes(data)
        temporary.rename((inbox or self.inbox) / name)

    def left(self):
        return sorted(path.name for path in self.inbox.iterdir())

    def sent(self):
        """Texts of all files in the outbox, by name."""
        return {path.name: path.read_text("latin-1") for path in sorted(self.outbox.iterdir()) if not path.name.startswith(".")}

    def new_files(self):
        """Texts of the files that came into the outbox since the last call."""
        files = self.sent()
        fresh = [text for name, text in files.items() if name not in self.seen]
        self.seen |= set(files)
        return fresh

    # commands
    def run(self, *arguments, environment=None, timeout=120):
        return subprocess.run([GATEWAY, "--config", str(self.folder), *arguments], capture_output=True, timeout=timeout,
                              env={**os.environ, **(environment or {})})

    def poll(self, expect=None, environment=None):
        done = self.run("poll", "--once", environment=environment)
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"poll --once ended with {done.returncode}, not {expect}\n{done.stdout.decode()}\n"
                                 f"{done.stderr.decode()}")
        return done

    def json(self, *arguments):
        done = self.run(*arguments, "--format", "json")
        if done.returncode not in (0, 1):
            raise AssertionError(done.stderr.decode())
        return json.loads(done.stdout)

    def messages(self, *arguments):
        return self.json("message", "list", *arguments)

    def show(self, message_id):
        return self.json("message", "show", message_id)

    def raw(self, message_id):
        return self.run("message", "raw", message_id).stdout

    def events(self, message_id):
        view = self.show(message_id)
        types = [event["type"] for event in view["events"]]
        for document in view["documents"]:
            types += [event["type"] for event in document.get("events", [])]
        return types

    # the running gateway
    def serve(self, environment=None):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([GATEWAY, "--config", str(self.folder), "serve"], stderr=log,
                                            env={**os.environ, **(environment or {})})
        wait_for(lambda: self.process.poll() is not None or self.is_listening(), 30, "the gateway to listen")
        return self.process

    def is_listening(self):
        try:
            return self.request("GET", "/v1/health")[0] == 200
        except OSError:
            return False

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def wait_for_log(self, text):
        """Events reach the log a moment after the store, and whoever asks the store may be faster."""
        wait_for(lambda: text in self.log(), 60, lambda: f"'{text}' in the log:\n{self.log()[-3000:]}")

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        self.process = None
        return code

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.api_port, timeout=30)

    def request(self, method, path, body=None, headers=None):
        connection = self.connect()
        try:
            connection.request(method, path, body if body is None or isinstance(body, (bytes, str)) else json.dumps(body),
                               headers or {})
            answer = connection.getresponse()
            data = answer.read()
            kind = answer.getheader("Content-Type", "")
            return answer.status, json.loads(data) if kind.startswith("application/json") else data
        finally:
            connection.close()

    def post(self, document, partner="acme", key=None):
        headers = {"Content-Type": "application/json", "X-Wharf-Partner": partner}
        if key:
            headers["Idempotency-Key"] = key
        return self.request("POST", "/v1/documents", document, headers)

    def close(self):
        self.stop(signal.SIGKILL)
        self.receiver.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, seconds, what):
    """`what` is text, or a function that says it at the end of the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s for {what() if callable(what) else what}")


def purchase_order(number, lines=None):
    return {
        "schema": "wharf/purchase_order/1", "document": "purchase_order", "number": number, "purpose": "original",
        "type": "new_order", "date": "2025-06-02", "currency": "USD", "currency_party": "buyer",
        "parties": [{"role": "ship_to", "name": "ACME STORES", "identifiers": [{"scheme": "assigned_by_buyer", "value": "0107"}]}],
        "lines": lines or [{"position": 1, "line_number": "1", "quantity": "10", "unit": "each", "unit_price": "12.50",
                            "items": [{"scheme": "upc", "value": "012345678905"}]}],
    }


def names_of_crash_points(part=None):
    """Those of one part, as a comment in the list begins it ("AS2, in"); without: those that belong to none."""
    text = (ROOT / "src" / "gateway" / "crash_point.hpp").read_text()
    block = text[text.index("crash_points = {"):text.index("};")]
    parts = re.split(r"^    // (.*)\n", block, flags=re.M)
    named = dict(zip(parts[1::2], parts[2::2]))
    return re.findall(r'^\s*"([a-z-]+)"', named[part] if part else parts[0], re.M)


def kill_runs(run, plan, least=0.5, clean_up=lambda: None):
    """The main function of a test that kills: `plan(count, seed)` gives runs, each a list of crash points; `run` carries one out and
    gives how often it was killed, and faults. A test that kills nothing proves nothing: `least` of the runs must."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--count", type=int, default=12)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--only")
    chosen = arguments.parse_args()
    runs = [[chosen.only]] if chosen.only else plan(chosen.count, chosen.seed)
    bad = killed_runs = kills = 0
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(chosen.jobs) as pool:
        for crashes, (killed, faults) in zip(runs, pool.map(run, runs)):
            kills += killed
            killed_runs += killed > 0
            print(f"{'FAILED' if faults else 'ok':6}  killed {killed}x  {', '.join(crashes)}", flush=True)
            for fault in faults:
                print("        " + fault.replace("\n", "\n        "), flush=True)
            bad += bool(faults)
    print(f"{len(runs)} runs, {kills} kills, {bad} failed, {time.monotonic() - begun:.0f} s")
    clean_up()
    return 1 if bad or killed_runs < len(runs) * least else 0
