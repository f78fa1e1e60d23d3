"""An AS2 partner that is not ours, for tests of the gateway: an HTTP server of Python that opens what is posted with the `openssl`
command and answers with receipts that it signs with the same.

    partner = As2Partner(folder)              # makes keys for both sides
    partner.add_to(site, "harbor")            # profile and channel
    partner.script = [status(503), lost]      # answers to give next; then good receipts
"""
import base64
import hashlib
import http.client
import http.server
import threading
import urllib.parse

import harness
from as2_peer_test import Peer, parts_of, split

PROFILE = """\
name: Harbor Goods
identifiers:
  - {{qualifier: ZZ, id: {id}, group_ids: [{id}GS]}}
channel: {name}
documents:
  - {{set: "850", direction: outbound}}
  - {{set: "810", direction: inbound, targets: [erp], test_targets: [trial]}}
"""

CHANNEL = """\
transport: as2
senders: [{name}]
as2:
  own_name: wharf
  partner_name: {as2_name}
  url: http://127.0.0.1:{port}/as2
  own_certificates: [{{file: {folder}/wharf.crt, private_key: {folder}/wharf.key}}]
  partner_certificates: [{{file: {folder}/peer.crt}}]
  outgoing:
    {outgoing}
"""

QUICK = "retry: {base: 1s, cap: 2s, attempts: 8}"


def listen(site):
    """Our own server, where receipts come to by themselves."""
    port = harness.free_port()
    with (site.folder / "wharf.yaml").open("a") as out:
        out.write(f"as2: {{address: 127.0.0.1, port: {port}, public_url: 'http://127.0.0.1:{port}/as2?with=query'}}\n")
    return port


class Post:
    """One request: what came, and what was in it."""

    def __init__(self, headers, body):
        self.headers, self.body = headers, body
        self.message_id = headers["Message-ID"]
        self.payload = self.payload_head = self.signed = None

    def open(self, peer):
        """Decrypts and verifies; raises when the openssl command does not like it."""
        headers, body = split(peer.decrypted(self.body))
        self.signed, signature = parts_of(headers, body)
        signature_head, signature_body = split(signature)
        peer.verify(self.signed, base64.b64decode(signature_body) if signature_head["Content-Transfer-Encoding"] == "base64" else signature_body)
        self.payload_head, self.payload = split(self.signed)

    def mic(self):
        return base64.b64encode(hashlib.sha256(self.signed).digest()).decode() + ", sha256"


# --- what may be answered: functions of partner and post that give (status, headers, body), or None for a connection cut --------

def status(code, headers=None):
    return lambda partner, post: (code, headers or {}, b"")


def lost(_partner, _post):
    """The whole message was read; its sender never learns it."""
    return None


def receipt(mic=None, disposition="processed", signer="peer"):
    return lambda partner, post: partner.receipt(post, mic, disposition, signer)


def later(answer=None, code=200):
    """200 now, the receipt by itself, to the address that the message names."""
    def give(partner, post):
        made = (answer or receipt())(partner, post)
        thread = threading.Thread(target=partner.send_receipt, args=(post.headers["Receipt-Delivery-Option"], made), daemon=True)
        partner.senders.append(thread)
        thread.start()
        return code, {}, b""
    return give


class As2Partner:
    def __init__(self, folder, as2_name="peer"):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.as2_name, self.peer = folder, as2_name, Peer(folder, is_new=not (folder / "peer.key").exists())
        self.posts, self.script, self.trouble, self.senders, self.answers_to_receipts = [], [], [], [], []
        self.is_closed = False
        self.usual = lambda number: receipt()  # the answer to the n-th post where the script says nothing
        self.lock = threading.Lock()  # of the lists, and of the files that openssl works on
        partner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *arguments):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if len(body) < int(self.headers["Content-Length"]):
                    return  # the sender was killed
                answer = partner.take(Post(self.headers, body))
                if answer is None:
                    self.close_connection = True
                    return
                code, headers, text = answer
                self.send_response(code)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        self.server = harness.start_server(Handler)
        self.port = self.server.server_address[1]

    def close(self):
        if not self.is_closed:
            self.server.shutdown()
            self.server.server_close()
        self.is_closed = True

    def add_to(self, site, name="harbor", outgoing=QUICK, more=""):
        """Profile and channel of this partner; `more`: further lines of the channel's file."""
        site.add_profile(name, PROFILE.format(name=name, id=name.upper()))
        site.add_channel(name, CHANNEL.format(name=name, port=self.port, folder=self.folder, as2_name=self.as2_name, outgoing=outgoing) + more)

    # --- as the partner sees it -------------------------------------------------------------------------------------------

    def take(self, post):
        with self.lock:
            self.posts.append(post)
            answer = self.script.pop(0) if self.script else self.usual(len(self.posts))
        try:
            with self.lock:
                post.open(self.peer)
            return answer(self, post)
        except Exception as error:  # noqa: told by the test that looks at it
            self.trouble.append(error)
            return 500, {}, b""

    def receipt(self, post, mic, disposition, signer):
        notification = (f"Reporting-UA: peer\r\nOriginal-Recipient: rfc822; {self.as2_name}\r\nFinal-Recipient: rfc822; {self.as2_name}\r\n"
                        f"Original-Message-ID: {post.message_id}\r\n"
                        f"Disposition: automatic-action/MDN-sent-automatically; {disposition}\r\n"
                        f"Received-Content-MIC: {mic or post.mic()}\r\n")
        report = ('Content-Type: multipart/report; report-type=disposition-notification; boundary="rep"\r\n\r\n'
                  "--rep\r\nContent-Type: text/plain\r\n\r\nThe message was received.\r\n"
                  f"--rep\r\nContent-Type: message/disposition-notification\r\n\r\n{notification}\r\n--rep--\r\n").encode()
        with self.lock:
            whole = self.peer.signed(report, signer=signer) if signer else report
        head, body = whole.split(b"\r\n\r\n", 1)
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        return 200, {"AS2-Version": "1.1", "AS2-From": self.as2_name, "AS2-To": "wharf", "Message-ID": f"<receipt-{len(self.posts)}@peer>", **fields}, body

    def send_receipt(self, address, answer):
        """As a POST of its own; what was answered is kept."""
        _, headers, body = answer
        parts = urllib.parse.urlsplit(address)
        for _ in range(100):  # the gateway may be between two lives
            connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
            try:
                connection.request("POST", parts._replace(scheme="", netloc="").geturl(), body, headers)
                self.answers_to_receipts.append(connection.getresponse().status)
                if self.answers_to_receipts[-1] < 500:
                    return
            except OSError:
                pass
            finally:
                connection.close()
            threading.Event().wait(0.1)

    def ids(self):
        """Bodies and heads by Message-ID, in order of arrival."""
        found = {}
        with self.lock:
            for post in self.posts:
                found.setdefault(post.message_id, []).append((post.headers.as_string(), post.body))
        return found
