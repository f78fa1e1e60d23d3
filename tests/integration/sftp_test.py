"""The running gateway on a real OpenSSH server: a writer that takes a minute, two gateways on one inbox, a gateway and connections that are
killed. Every order arrives whole and once, and has its 997."""
import getpass
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import harness


def order(number):
    lines = [f"PO1*{line}*{line}*EA*5.25**UP*012345678905" for line in range(1, 21)]
    body = [f"BEG*00*SA*{number}**20250602", "N1*ST*STORE*92*0107", *lines, f"CTT*{len(lines)}"]
    return harness.interchange(number, [harness.group("PO", number, [harness.transaction_set("850", "0001", body)])])


class Sshd:
    """With folders `in` and `out` in `home`, where a login begins."""

    def __init__(self, test):
        folder = tempfile.TemporaryDirectory(prefix="wharf-sshd-")
        test.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.home = self.folder / "home"
        for name in ("in", "out", "taken"):
            (self.home / name).mkdir(parents=True)
        try:
            for key in ("host", "user"):
                subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / key], check=True)
            line = subprocess.run(["ssh-keygen", "-lf", self.folder / "host.pub"], check=True, capture_output=True, text=True).stdout
            self.fingerprint = line.split()[1]
            os.makedirs("/run/sshd", exist_ok=True)
            self.port = harness.free_port()
            (self.folder / "config").write_text(
                f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {self.folder}/host\nAuthorizedKeysFile {self.folder}/user.pub\nStrictModes no\n"
                f"PidFile none\nPermitRootLogin yes\nPasswordAuthentication no\nUseDNS no\nMaxStartups 100\nLogLevel QUIET\n"
                f"Subsystem sftp internal-sftp\nForceCommand internal-sftp -d {self.home}\n")
            self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", self.folder / "config"], start_new_session=True)
        except (OSError, subprocess.CalledProcessError) as trouble:
            raise unittest.SkipTest(f"no OpenSSH server here: {trouble}") from None
        test.addCleanup(self.end)
        harness.wait_for(lambda: self.process.poll() is not None or self.answers(), 20, "sshd")
        if self.process.poll() is not None:
            raise unittest.SkipTest("sshd does not start here")

    def answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def sessions(self):
        """Processes that serve a connection: children of the listener, and theirs."""
        parents = {}
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                except OSError:
                    pass  # it has ended
        found = {self.process.pid}
        while more := {child for child, parent in parents.items() if parent in found} - found:
            found |= more
        return found - {self.process.pid}

    def drop_connections(self):
        for session in self.sessions():
            try:
                os.kill(session, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def end(self):
        self.process.kill()
        self.process.wait()
        self.drop_connections()

    def channel(self, pickup="", more=""):
        return (f"transport: sftp\nsftp: {{host: 127.0.0.1, port: {self.port}, user: {getpass.getuser()}, private_key: {self.folder}/user, "
                f"host_key_fingerprints: [\"{self.fingerprint}\"], reconnect_delay: 1s{more}}}\n"
                f"pickup: {{inbox: in, outbox: out, archive: taken{pickup}}}\nsenders: [acme]\n")

    def names(self, folder):
        return sorted(one.name for one in (self.home / folder).iterdir())

    def put(self, number):
        temporary = self.home / "in" / f"{number}.tmp"
        temporary.write_text(order(number))
        temporary.rename(temporary.with_suffix(".edi"))


class Sftp(unittest.TestCase):
    def setUp(self):
        self.sshd = Sshd(self)
        self.receiver = None

    def site(self, channel, first=1):
        site = harness.Site(receiver=self.receiver)
        self.receiver = site.receiver
        self.addCleanup(site.close)
        site.add_channel("van", channel)
        # Stores of their own count their own numbers: two gateways must not give one number, or one name of a file, twice.
        profile = site.folder / "partners" / "acme" / "profile.yaml"
        profile.write_text(profile.read_text() + f"control_numbers: {{first: {first}}}\n")
        return site

    def numbers(self):
        return sorted(int(document["number"]) for document in self.receiver.documents())

    def sent(self):
        return [name for name in self.sshd.names("out") if not name.startswith(".")]

    def wait_for_orders(self, count):
        harness.wait_for(lambda: len(self.numbers()) >= count and not self.sshd.names("in") and len(self.sent()) >= count, 120,
                         lambda: f"{count} orders and their 997s, have {len(self.numbers())} and {len(self.sent())}; "
                                 f"left in the inbox: {self.sshd.names('in')}")

    def expect_once(self, numbers):
        self.assertEqual(self.numbers(), list(numbers))
        self.assertEqual(self.receiver.conflicts, [])
        self.assertEqual(self.sshd.names("taken"), [f"{number}.edi" for number in numbers])
        for number in numbers:
            self.assertEqual((self.sshd.home / "taken" / f"{number}.edi").read_text(), order(number))

    def test_a_writer_that_takes_a_minute(self):
        site = self.site(self.sshd.channel(", stable_polls: 3"))
        site.serve()
        file = self.sshd.home / "in" / "901.edi"
        text = order(901)
        begun = time.monotonic()
        with file.open("w") as out:
            for place in range(0, len(text), len(text) // 60 + 1):
                out.write(text[place:place + len(text) // 60 + 1])
                out.flush()
                self.assertEqual(self.sshd.names("taken"), [], "taken before it was complete")
                time.sleep(1)
        self.assertGreater(time.monotonic() - begun, 50)
        self.wait_for_orders(1)
        self.expect_once([901])

    def test_two_gateways_on_one_inbox(self):
        numbers = range(901, 961)
        sites = [self.site(self.sshd.channel(f", claim_as: {name}", ", connections: 2"), first) for name, first in (("north", 1), ("south", 500_000_001))]
        for site in sites:
            site.serve()
        for number in numbers:
            self.sshd.put(number)
        self.wait_for_orders(len(numbers))
        self.expect_once(numbers)
        interchanges = [int((self.sshd.home / "out" / name).read_text().split("*")[13]) for name in self.sent()]
        self.assertEqual(len(set(interchanges)), len(numbers))
        south = [number for number in interchanges if number > 500_000_000]
        north = [number for number in interchanges if number <= 500_000_000]
        self.assertEqual((sorted(north), sorted(south)), (list(range(1, len(north) + 1)), list(range(500_000_001, 500_000_001 + len(south)))))

    def test_killed_gateways_and_connections(self):
        numbers = range(901, 1000)
        site = self.site(self.sshd.channel(more=", connections: 3"))
        for number in numbers:
            self.sshd.put(number)
        for kills in range(4):
            site.serve()
            before = len(self.sshd.names("taken"))
            harness.wait_for(lambda: len(self.sshd.names("taken")) > before + 5 or not self.sshd.names("in"), 60, "some files to be taken")
            self.sshd.drop_connections()
            time.sleep(0.2)
            site.stop(signal.SIGKILL)
        site.serve()
        self.wait_for_orders(len(numbers))
        self.expect_once(numbers)


if __name__ == "__main__":
    unittest.main()
