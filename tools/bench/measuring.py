"""Running things and taking the time, for tools/bench/run."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

from inputs import BUILD


class Clock:
    """Wall-clock time of a child; or, for a machine that is not quiet, the processor time that it took."""

    def __init__(self, processor_time: bool):
        self.processor_time = processor_time

    def seconds(self, command: list) -> float:
        took, _, _ = self.run(command)
        return took

    def run(self, command: list, stdin=subprocess.DEVNULL) -> tuple[float, int, int]:
        """Seconds, exit code, and the most memory the child had, in bytes."""
        started = time.perf_counter()
        child = subprocess.Popen([str(word) for word in command], stdin=stdin, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        took = usage.ru_utime + usage.ru_stime if self.processor_time else wall
        return took, child.returncode, usage.ru_maxrss * 1024

    def median_milliseconds(self, command: list, times: int = 50) -> float:
        self.seconds(command)
        return 1000 * statistics.median(self.seconds(command) for _ in range(times))


def in_memory(name: str, file: pathlib.Path, clock: Clock) -> float:
    """The best time of one pass over the file by wharf-bench, in seconds."""
    result = subprocess.run(
        [BUILD / "wharf-bench", file, f"--benchmark_filter=^{name}/", "--benchmark_min_time=0.2",
         "--benchmark_repetitions=3", "--benchmark_format=json"],
        check=True, capture_output=True, text=True)
    runs = [run for run in json.loads(result.stdout)["benchmarks"] if run["run_type"] == "iteration"]
    if not runs or any(run.get("error_occurred") for run in runs):
        sys.exit(f"bench: {name} failed: {runs[0].get('error_message') if runs else 'it did not run'}")
    return min(run["cpu_time" if clock.processor_time else "real_time"] for run in runs) / 1000


class Case:
    """One thing that is measured against something else on the same bytes, both in turns, the best of all rounds."""

    def __init__(self, title: str, file: pathlib.Path, subject, against=None, mark: float | None = None,
                 faster: bool = False, unit: str = "x md5sum"):
        self.title, self.file, self.subject, self.mark, self.faster, self.unit = title, file, subject, mark, faster, unit
        self.against = against or (lambda clock: clock.seconds(["md5sum", file]))
        self.took = self.other = float("inf")

    def round(self, clock: Clock):
        self.other = min(self.other, self.against(clock))
        self.took = min(self.took, self.subject(clock))

    @property
    def multiple(self) -> float:
        return self.other / self.took if self.faster else self.took / self.other

    @property
    def kept(self) -> bool:
        return self.mark is None or (self.multiple >= self.mark if self.faster else self.multiple <= self.mark)

    def row(self) -> str:
        speed = self.file.stat().st_size / 1e6 / self.took
        sign = "" if self.mark is None else f"{'≥' if self.faster else '≤'} {self.mark:g}"
        return f"| {self.title} | {speed:.0f} | {self.multiple:.2f} {self.unit} | {sign} | {'' if self.kept else 'missed'} |"
