#!/usr/bin/env python3
"""Counts what a test run did and ends with the line `N passed, N failed, N skipped`.

    summarize-tests.py BUILD_FOLDER RESULTS_FOLDER

RESULTS_FOLDER holds programs.xml (CTest's JUnit report) and cases/*.xml, one report of each GoogleTest program.
A GoogleTest program counts with its cases; any other program counts as one. A program that died before it
wrote its report counts as one failure, and so does one whose cases all passed although it did not.
"""

import json
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree


def commands(build: str) -> dict[str, str]:
    """Test name -> file name of its program."""
    listing = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], capture_output=True, check=True)
    tests = json.loads(listing.stdout)["tests"]
    return {test["name"]: pathlib.Path(test["command"][0]).name for test in tests if test.get("command")}


def cases_by_program(folder: pathlib.Path) -> dict[str, list[tuple[int, int, int, list[str]]]]:
    reports: dict[str, list[tuple[int, int, int, list[str]]]] = {}
    for report in sorted(folder.glob("*.xml")):
        passed = failed = skipped = 0
        names = []
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            if case.find("failure") is not None:
                failed += 1
                names.append(f"{case.get('classname')}.{case.get('name')}")
            elif case.get("status") == "run" and case.get("result") != "skipped":
                passed += 1
            else:
                skipped += 1
        program = re.sub(r"_\d+$", "", report.stem)
        reports.setdefault(program, []).append((passed, failed, skipped, names))
    return reports


def main(build: str, results: str) -> int:
    report = pathlib.Path(results, "programs.xml")
    if not report.exists():
        print("test: no test was run: CTest wrote no report", file=sys.stderr)
        print("0 passed, 1 failed, 0 skipped")
        return 1
    program_of = commands(build)
    reports = cases_by_program(pathlib.Path(results, "cases"))
    passed = failed = skipped = 0
    failures = []
    for test in ElementTree.parse(report).getroot().iter("testcase"):
        name = test.get("name", "")
        status = test.get("status")  # run, fail, notrun, disabled
        waiting = reports.get(program_of.get(name, ""), [])
        if waiting:
            case_passed, case_failed, case_skipped, names = waiting.pop(0)
            passed += case_passed
            skipped += case_skipped
            failed += case_failed
            failures += [f"{name}: {case}" for case in names]
            if status == "fail" and case_failed == 0:
                failed += 1
                failures.append(f"{name}: ended badly although its cases passed")
        elif status == "run":
            passed += 1
        elif test.find("skipped") is not None or status == "disabled":
            skipped += 1
            if test.find("skipped") is not None and "not found" in (test.find("skipped").get("message") or "").lower():
                skipped -= 1
                failed += 1
                failures.append(f"{name}: its program was not built")
        else:
            failed += 1
            failures.append(name)
    if passed + failed == 0:
        failed = 1
        failures.append("no test was run")
    for failure in failures:
        print(f"failed: {failure}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
