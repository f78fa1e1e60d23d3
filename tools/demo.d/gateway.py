"""The gateway of the demo: its configuration, the process, and what its API says."""

import json
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

PARTNER = "acme-supplies"


class Gateway:
    def __init__(self, program: pathlib.Path, folder: pathlib.Path, sftp, receiver_port: int) -> None:
        self.program = program
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._configure(sftp, receiver_port)
        self.log = folder / "gateway.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen([program, "serve", "--config", folder], stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 20
        while True:
            try:
                if self.get("/v1/health"):
                    return
            except (urllib.error.URLError, ConnectionError):
                pass
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the gateway does not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def _configure(self, sftp, receiver_port: int) -> None:
        def write(name: str, text: str) -> None:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

        write("wharf.yaml", f"""# The demo's gateway; wharf.yaml at the project's root explains each setting.
store:
  file: data/wharf.db
listen:
  address: 127.0.0.1
  port: {self.port}
identities:
  - name: us
    qualifier: ZZ
    id: EXAMPLEBUYER
targets:
  - name: erp
    url: http://127.0.0.1:{receiver_port}/erp/{{document}}
    production: yes
  - name: wms
    url: http://127.0.0.1:{receiver_port}/wms/{{document}}
    production: yes
    documents: [ship_notice]
poll_interval: 1s
retry:
  base: 500ms
  cap: 5s
  attempts: 12
""")
        write(f"partners/{PARTNER}/profile.yaml", """name: ACME Supplies Inc.
identifiers:
  - qualifier: ZZ
    id: ACMESUPPLIES
channel: acme-sftp
file_name: "{set}_{interchange}.edi"
envelope:
  line_breaks: yes
documents:
  - {set: 850, direction: outbound}
  - {set: 855, direction: inbound, targets: [erp]}
  - {set: 856, direction: inbound, targets: [erp, wms]}
  - {set: 810, direction: inbound, targets: [erp]}
acknowledgment:
  send_997: yes
  ta1: on_error
""")
        write("channels/acme-sftp.yaml", f"""transport: sftp
sftp:
  host: 127.0.0.1
  port: {sftp.port}
  user: {sftp.user}
  host_key_fingerprints:
    - {sftp.fingerprint}
  private_key: {sftp.user_key}
pickup:
  inbox: outgoing
  outbox: incoming
  include: ["*.edi", "*.x12"]
senders:
  - {PARTNER}
""")

    def get(self, path: str) -> dict:
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return json.load(answer)

    def order(self, document: dict, key: str) -> dict:
        request = urllib.request.Request(
            f"{self.address}/v1/documents", method="POST", data=json.dumps(document).encode(),
            headers={"Content-Type": "application/json", "X-Wharf-Partner": PARTNER, "Idempotency-Key": key})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"the gateway refuses the order: {error.code} {error.read().decode()}") from error

    def messages(self, **filters: str) -> list[dict]:
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        answer = self.get(f"/v1/messages?{query}")
        return answer["messages"] if isinstance(answer, dict) else answer

    def state_of(self, message: str) -> str:
        answer = self.get(f"/v1/messages/{message}")
        return answer.get("state") or answer.get("message", {}).get("state", "")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        if self.running:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                raise RuntimeError("the gateway does not end when asked to") from None
