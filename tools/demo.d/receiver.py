"""The demo's ERP and WMS: takes documents as docs/erp-interface.md asks of a receiver, and can place an order.

Every request is written down in FOLDER/requests.jsonl; every document that had an effect is a file in FOLDER/erp or
FOLDER/wms. One key, one effect: a repeated Idempotency-Key gets the first answer and changes nothing.
"""

import http.server
import json
import pathlib
import threading


class Receiver:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, str], str] = {}  # (system, key) -> reference
        self._refusals: dict[str, int] = {}  # system -> requests that still get 503
        self.documents: list[dict] = []  # {system, key, test, body}, in order of arrival
        self.requests: list[dict] = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                status, answer = receiver.take(self.path, self.headers, body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def refuse_next(self, system: str, times: int) -> None:
        """The system is down: the next requests get 503."""
        with self._lock:
            self._refusals[system] = times

    def take(self, path: str, headers: object, body: bytes) -> tuple[int, dict]:
        system = path.strip("/").split("/")[0]
        key = headers.get("Idempotency-Key", "")
        with self._lock:
            if self._refusals.get(system, 0) > 0:
                self._refusals[system] -= 1
                status, answer = 503, {"error": "down for a moment"}
            elif (system, key) in self._answers:
                status, answer = 200, {"id": self._answers[system, key]}
            else:
                document = json.loads(body)
                reference = f"{system.upper()}-{len(self._answers) + 1:04}"
                self._answers[system, key] = reference
                self._store(system, reference, document)
                self.documents.append({"system": system, "key": key, "test": headers.get("X-Wharf-Test"), "body": document})
                status, answer = 201, {"id": reference}
            record = {"path": path, "headers": dict(headers.items()), "bytes": len(body), "status": status}
            self.requests.append(record)
            with (self.folder / "requests.jsonl").open("a") as out:
                out.write(json.dumps(record) + "\n")
            return status, answer

    def _store(self, system: str, reference: str, document: dict) -> None:
        folder = self.folder / system
        folder.mkdir(exist_ok=True)
        name = f"{reference}_{document.get('document', 'unknown')}.json"
        (folder / name).write_text(json.dumps(document, indent=2) + "\n")

    def received(self, system: str, kind: str) -> list[dict]:
        with self._lock:
            return [entry["body"] for entry in self.documents
                    if entry["system"] == system and entry["body"].get("document") == kind]

    def attempts(self, system: str, kind: str) -> list[dict]:
        with self._lock:
            return [record for record in self.requests
                    if record["path"].startswith(f"/{system}/") and record["headers"].get("X-Wharf-Document") == kind]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
