#!/usr/bin/env python3
"""docs/connect/first-message.md, as it stands: two gateways that send each other a first AS2 message."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import harness

ROOT = pathlib.Path(__file__).resolve().parents[2]
GATEWAY = pathlib.Path(os.environ["WHARF_GATEWAY"])

sys.path.insert(0, str(ROOT / "tests" / "docs"))
sys.argv.insert(1, ".")  # readme_test takes its folder from there
from readme_test import console_blocks, pattern  # noqa: E402

PAGE = "docs/connect/first-message.md"


class FirstMessage(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="wharf-first-"))
        self.ports = {name: str(harness.free_port()) for name in ("8081", "8082", "4081", "4082")}

    def tearDown(self):
        for name in ("us.pid", "them.pid"):
            file = self.folder / name
            if file.exists():
                try:
                    os.kill(int(file.read_text()), signal.SIGKILL)
                except ProcessLookupError:
                    pass
        shutil.rmtree(self.folder)

    def here(self, text):
        """With ports that are free on this machine."""
        return re.sub("|".join(self.ports), lambda match: self.ports[match[0]], text)

    def run_here(self, command):
        path = f"{GATEWAY.parent}:{os.environ['PATH']}"
        return subprocess.run(["sh", "-c", self.here(command)], cwd=self.folder, env={**os.environ, "PATH": path}, capture_output=True, text=True,
                              timeout=120, check=False)

    def test_the_page(self):
        files, = re.findall(r"^```sh\n(.*?)^```$", (ROOT / PAGE).read_text(), re.DOTALL | re.MULTILINE)
        self.assertEqual(self.run_here(files).returncode, 0)
        commands = console_blocks(PAGE)
        self.assertGreater(len(commands), 10)
        for command, expected in commands:
            done = self.run_here(command)
            logs = "".join(file.read_text() for file in self.folder.glob("*.log"))
            self.assertEqual(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}\n{logs}")
            self.assertIsNotNone(pattern(expected).fullmatch(done.stdout), f"{command}\n{done.stdout}\n{logs}")


if __name__ == "__main__":
    unittest.main(verbosity=2 if sys.stdout.isatty() else 1)
