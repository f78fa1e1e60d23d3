"""A REST target that is not ours, for tests of delivery: http.server of the standard library.

The path says how to answer: /status/422, /conflict/same, /slow, ... Every request is appended as one JSON line to the file
named by the first argument. Prints its port. With a second argument (certificate and key in one file) it speaks TLS.
"""
import http.server
import json
import socketserver
import ssl
import struct
import socket
import sys
import time

LOG = sys.argv[1]


class Target(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(json.dumps({"method": self.command, "path": self.path, "headers": self.headers.items(),
                                  "body": body.decode("utf-8", "surrogateescape"),
                                  "client": self.client_address[1]}) + "\n")
        key = self.headers.get("Idempotency-Key", "")
        parts = self.path.split("?")[0].strip("/").split("/")
        if parts[0] == "status":
            self.answer(int(parts[1]), b'{"error": "as you asked"}')
        elif parts[0] == "created":
            self.answer(201, b'{"id": "SO-1", "number": 7}', [("Location", "/orders/SO-1")])
        elif parts[0] == "location":
            self.answer(204, b"", [("Location", "/orders/9")])
        elif parts[0] == "conflict":
            named = key if parts[1] == "same" else "another"
            self.answer(409, json.dumps({"idempotency_key": named, "id": "SO-1"}).encode())
        elif parts[0] == "busy":
            self.answer(int(parts[1]), b"", [("Retry-After", parts[2].replace("_", " "))])
        elif parts[0] == "redirect":
            self.answer(302, b"", [("Location", "/created?token=hidden")])
        elif parts[0] == "echo":
            self.answer(400, "\n".join(f"{n}: {v}" for n, v in self.headers.items()).encode())
        elif parts[0] == "huge":
            self.answer(int(parts[1]), b"x" * 5_000_000)
        elif parts[0] == "slow":
            time.sleep(5)
            self.answer(200)
        elif parts[0] == "cut":  # the header arrives, the body does not
            self.send_response(int(parts[1]))
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"{")
            self.close_connection = True
        elif parts[0] == "drop":  # a reset without an answer
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        else:
            self.answer(404, b"no such place")

    do_POST = do_PUT = do_PATCH = do_GET = handle_any


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", 0), Target)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
