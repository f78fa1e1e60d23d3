"""The partner's SFTP server: an OpenSSH server of its own on a loopback port, with its own host key.

The login begins in FOLDER/files, which has `incoming` (to the partner) and `outgoing` (from the partner).
"""

import getpass
import os
import pathlib
import socket
import subprocess
import time

SSHD = "/usr/sbin/sshd"
PRIVILEGE_SEPARATION = pathlib.Path("/run/sshd")


class SftpServer:
    def __init__(self, folder: pathlib.Path) -> None:
        if not pathlib.Path(SSHD).exists():
            raise RuntimeError(f"{SSHD} is missing; run tools/install-dependencies")
        self.folder = folder
        self.files = folder / "files"
        self.incoming = self.files / "incoming"
        self.outgoing = self.files / "outgoing"
        self.incoming.mkdir(parents=True)
        self.outgoing.mkdir()
        self.user = getpass.getuser()
        self.user_key = folder / "wharf_key"
        self._host_key = folder / "host_key"
        for key in (self._host_key, self.user_key):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "demo", "-f", key], check=True)
        (folder / "authorized_keys").write_bytes(self.user_key.with_suffix(".pub").read_bytes())
        listing = subprocess.run(["ssh-keygen", "-lf", f"{self._host_key}.pub"], check=True, capture_output=True, text=True)
        self.fingerprint = listing.stdout.split()[1]  # "256 SHA256:… demo (ED25519)"
        self._make_privilege_separation_folder()
        self.port = 0
        self._process: subprocess.Popen | None = None
        for _ in range(5):  # another program may take the free port before sshd does
            if self._start():
                return
        raise RuntimeError(f"sshd does not start: {(folder / 'sshd.log').read_text()[-500:]}")

    @staticmethod
    def _make_privilege_separation_folder() -> None:
        """sshd wants it whatever its configuration says; it is there only while the system's own sshd runs."""
        if PRIVILEGE_SEPARATION.is_dir():
            return
        command = ["mkdir", "-p", "-m", "755", str(PRIVILEGE_SEPARATION)]
        if os.geteuid() != 0:
            command = ["sudo", "-n", *command]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            raise RuntimeError(f"sshd needs the folder {PRIVILEGE_SEPARATION}; make it once with: sudo mkdir -m 755 {PRIVILEGE_SEPARATION}")

    def _start(self) -> bool:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        configuration = self.folder / "sshd_config"
        configuration.write_text(f"""Port {self.port}
ListenAddress 127.0.0.1
HostKey {self._host_key}
AuthorizedKeysFile {self.folder}/authorized_keys
StrictModes no
PidFile none
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
AllowTcpForwarding no
Subsystem sftp internal-sftp
ForceCommand internal-sftp -d {self.files}
""")
        with (self.folder / "sshd.log").open("ab") as log:
            self._process = subprocess.Popen([SSHD, "-D", "-e", "-f", configuration], stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return True
            except OSError:
                time.sleep(0.02)
        self.close()
        return False

    @property
    def pid(self) -> int:
        return self._process.pid

    def leave(self, name: str, content: str) -> None:
        """The partner puts a file into its outgoing folder, whole or not at all."""
        hidden = self.outgoing / f".{name}.part"
        hidden.write_text(content)
        hidden.rename(self.outgoing / name)

    def close(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=10)
