"""A running gateway with an AS2 partner who is not ours: keys and CMS by the `openssl` command, HTTP by plain sockets.

    site = As2Site()
    site.serve()
    answer = site.exchange(site.wrap(payload), message_id="<1@peer>")
    site.check_receipt(answer, "processed", mic)
"""
import base64
import hashlib
import http.server
import pathlib
import re
import socket
import socketserver
import ssl
import threading

import harness
from as2_peer_test import Peer, entity, parts_of, split

CHANNEL_YAML = """\
transport: as2
as2:
  own_name: wharf
  partner_name: peer
  own_certificates: [{{file: keys/wharf.pem}}]
  partner_certificates: [{{file: keys/peer.crt}}]
  incoming:
    receipt_address: "{address}"
{incoming}
  outgoing:
    retry: {{base: 1s, cap: 2s, attempts: 4}}
senders: [acme]
"""
RECEIPT_PATH = "/mdn?with=query&session=" + "x" * 120  # longer than some products take
RELAXED = "    require_signature: no\n    require_encryption: no\n    accept_sha1: yes\n    accept_3des: yes\n"


class Answer:
    def __init__(self, status, head, body):
        self.status, self.head, self.body = status, head, body

    @property
    def raw(self):
        return self.head.as_bytes() + self.body


class Connection:
    """One connection, byte by byte."""

    def __init__(self, port, context=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        if context:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def fill(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise ConnectionError("closed by the gateway")
        self.rest += data

    def answer(self, is_head=False):
        """The next one that is no 1xx. One without length ends with the connection."""
        while True:
            while b"\r\n\r\n" not in self.rest:
                self.fill()
            head, self.rest = self.rest.split(b"\r\n\r\n", 1)
            line, fields = (head + b"\r\n").split(b"\r\n", 1)
            status = int(line.split()[1])
            if status < 200:
                continue
            fields, _ = split(fields + b"\r\n")
            length = 0 if is_head else int(fields["Content-Length"])
            while len(self.rest) < length:
                self.fill()
            body, self.rest = self.rest[:length], self.rest[length:]
            return Answer(status, fields, body)


class ReceiptServer:
    """Takes asynchronous receipts; `statuses` are the answers to give next, then 200."""

    def __init__(self):
        self.receipts, self.statuses, self.lock = [], [], threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.lock:
                    status = 404 if self.path != RECEIPT_PATH else outer.statuses.pop(0) if outer.statuses else 200
                    if status == 200:
                        head, _ = split(self.headers.as_bytes().replace(b"\n", b"\r\n").replace(b"\r\r\n", b"\r\n") + b"\r\n")
                        outer.receipts.append(Answer(status, head, body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # a gateway that was killed

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def of(self, message_id):
        with self.lock:
            return [one for one in self.receipts if f"\r\nOriginal-Message-ID: {message_id}\r\n".encode() in one.body]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class As2Site(harness.Site):
    def __init__(self, incoming=RELAXED, more="", tls=False, **settings):
        super().__init__(**settings)
        self.receipts = ReceiptServer()
        self.as2_port = harness.free_port()
        self.tls_port = harness.free_port() if tls else 0
        keys = self.folder / "keys"
        keys.mkdir()
        self.peer = Peer(keys)
        (keys / "wharf.pem").write_bytes((keys / "wharf.crt").read_bytes() + (keys / "wharf.key").read_bytes())
        section = f"as2:\n  address: 127.0.0.1\n  port: {self.as2_port}\n"
        if tls:
            section += f"  tls_port: {self.tls_port}\n  tls: {{certificate: keys/wharf.pem}}\n"
        with (self.folder / "wharf.yaml").open("a") as out:
            out.write(section + more)
        (self.folder / "channels" / "acme-as2.yaml").write_text(
            CHANNEL_YAML.format(address=f"http://127.0.0.1:{self.receipts.port}{RECEIPT_PATH}", incoming=incoming))

    def close(self):
        super().close()
        self.receipts.close()

    def is_listening(self):
        if not super().is_listening():
            return False
        try:
            self.as2_connect().close()
            return True
        except OSError:
            return False

    def as2_connect(self, context=None):
        return Connection(self.tls_port if context else self.as2_port, context)

    # --- messages -------------------------------------------------------------------------------------------------------

    def payload(self, number):
        """An invoice of its own, as Acme writes it."""
        sets = [harness.transaction_set("810", "0001", harness.invoice_body(f"INV-{number}"))]
        return harness.interchange(number, [harness.group("IN", number, sets)]).encode()

    def wrap(self, content, digest="sha256", cipher="aes128-cbc", compression=None, name="po.edi"):
        """The entity, and the bytes that its MIC is made of."""
        payload = entity("application/edi-x12", content, f'Content-Disposition: attachment; filename="{name}"')
        return self.peer.wrap(payload, content, digest, cipher, compression)

    def head(self, entity_head, message_id, receipt="synchronous", signed=True, micalg="sha256", names=("peer", "wharf"), more=()):
        lines = ["POST /as2 HTTP/1.1", "Host: wharf.example", f"AS2-From: {names[0]}", f"AS2-To: {names[1]}", "AS2-Version: 1.1",
                 f"Message-ID: {message_id}"]
        if receipt != "none":
            lines.append("Disposition-Notification-To: peer")
            if signed:
                lines.append(f"Disposition-Notification-Options: signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, {micalg}")
        if receipt == "asynchronous":
            lines.append(f"Receipt-Delivery-Option: http://127.0.0.1:{self.receipts.port}{RECEIPT_PATH}")
        return "\r\n".join([*lines, *more]).encode() + b"\r\n" + entity_head + b"\r\n"

    def as2_request(self, whole, message_id, more=(), length=None, **options):
        entity_head, body = whole.split(b"\r\n\r\n", 1)
        fields = [*more, f"Content-Length: {len(body) if length is None else length}"]
        return self.head(entity_head, message_id, more=fields, **options), body

    def exchange(self, whole, message_id, context=None, **options):
        head, body = self.as2_request(whole, message_id, **options)
        with self.as2_connect(context) as connection:
            connection.send(head + b"\r\n" + body)
            return connection.answer()

    # --- receipts -------------------------------------------------------------------------------------------------------

    def read_receipt(self, answer, signed=True):
        """Fields of the notification, after what a careful partner checks."""
        head, body = answer.head, answer.body
        assert head["AS2-From"] == "wharf" and head["AS2-To"] == "peer", head.as_string()
        if signed:
            assert head.get_content_type() == "multipart/signed", head["Content-Type"]
            report, signature = parts_of(head, body)
            self.peer.verify(report, base64.b64decode(split(signature)[1]))
            head, body = split(report)
        assert head.get_content_type() == "multipart/report" and head.get_param("report-type") == "disposition-notification", head["Content-Type"]
        return split(split(parts_of(head, body)[1])[1] + b"\r\n")[0]

    def check_receipt(self, answer, message_id, disposition="processed", source=None, digest="sha256", signed=True):
        fields = self.read_receipt(answer, signed)
        assert fields["Original-Message-ID"] == message_id, fields.as_string()
        assert fields["Disposition"] == f"automatic-action/MDN-sent-automatically; {disposition}", fields.as_string()
        if source is not None:
            expected = base64.b64encode(hashlib.new(digest, source).digest()).decode()
            assert re.split(r",\s*", fields["Received-Content-MIC"]) == [expected, digest], (fields["Received-Content-MIC"], expected)

    def receipt_for(self, message_id, count=1):
        harness.wait_for(lambda: len(self.receipts.of(message_id)) >= count, 20, f"the receipt for {message_id}")
        return self.receipts.of(message_id)[-1]

    # --- what came of it ------------------------------------------------------------------------------------------------

    def invoices(self):
        return sorted(document["number"] for document in self.receiver.documents("erp"))

    def wait_for_invoices(self, *numbers):
        wanted = sorted(f"INV-{number}" for number in numbers)
        harness.wait_for(lambda: len(self.invoices()) >= len(wanted), 30, f"invoices {wanted}, there are {self.invoices()}")
        assert self.invoices() == wanted, (self.invoices(), wanted)

    def peak_memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024

    def tls(self, client=None):
        context = ssl.create_default_context(cafile=str(self.peer.certificate("wharf")))
        context.check_hostname = False
        if client:
            context.load_cert_chain(str(self.peer.certificate(client)), str(self.peer.key(client)))
        return context
