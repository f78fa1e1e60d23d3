#!/usr/bin/env python3
"""What other programs read of `wharf lint`: SARIF against the published schema, JUnit and GitHub's commands against their form.

    formats_test.py WHARF             compare and check; exit code 1 when anything is wrong
    formats_test.py WHARF --update    write formats/* anew; review the difference before you commit it

formats/ holds what each format looks like for a few files of this folder, character for character.
"""

import json
import pathlib
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree

try:
    import jsonschema
except ImportError:  # the schema is checked where it is installed
    jsonschema = None

FOLDER = pathlib.Path(__file__).resolve().parent
SCHEMA = FOLDER.parents[1] / "fixtures" / "sarif" / "sarif-2.1.0-rtm.5.json"
WHARF = str(pathlib.Path(sys.argv.pop(1)).resolve())
UPDATE = "--update" in sys.argv
if UPDATE:
    sys.argv.remove("--update")
SHOWN = ["ok_minimal.x12", "bad_elements.x12", "bad_duplicate_set.x12", "bad_n104_missing.x12", "warn_text_between.x12"]
FILES = sorted(path.name for path in FOLDER.glob("*.x12"))


def lint(form: str, *words: str, code: int | None = None) -> str:
    done = subprocess.run([WHARF, "lint", "--format", form, *words], cwd=FOLDER, capture_output=True, check=False)
    if code is not None and done.returncode != code:
        raise AssertionError(f"exit code {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode("utf-8")


class Formats(unittest.TestCase):
    maxDiff = None

    def test_as_before(self) -> None:
        for form, ending in (("sarif", "sarif"), ("github", "github"), ("junit", "junit.xml")):
            actual = lint(form, *SHOWN, code=1)
            if form == "sarif":  # one line for programs, several for people who review it
                actual = re.sub(r'"version": "\d+\.\d+\.\d+"(,\s+"rules")', r'"version": "…"\1', json.dumps(json.loads(actual), indent=1, ensure_ascii=False) + "\n")
            golden = FOLDER / "formats" / f"findings.{ending}"
            if UPDATE:
                golden.parent.mkdir(exist_ok=True)
                golden.write_text(actual, encoding="utf-8")
            self.assertEqual(actual, golden.read_text(encoding="utf-8"), golden)

    def sarif(self, *words: str) -> dict:
        log = json.loads(lint("sarif", *words))
        if jsonschema is not None:
            schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
            faults = [f"{list(fault.absolute_path)}: {fault.message}" for fault in jsonschema.Draft4Validator(schema).iter_errors(log)]
            self.assertEqual(faults, [], words)
        return log

    def test_sarif_fits_the_schema(self) -> None:
        self.assertGreater(len(FILES), 15)
        for name in FILES:
            with self.subTest(name):
                run = self.sarif(name)["runs"][0]
                rules = run["tool"]["driver"]["rules"]
                data = (FOLDER / name).read_bytes()
                for result in run["results"]:
                    self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
                    place = result["locations"][0]["physicalLocation"]
                    self.assertEqual(place["artifactLocation"]["uri"], name)
                    region = place["region"]
                    self.assertLessEqual(region["byteOffset"] + region["byteLength"], len(data))
                    # the column of the byte, counted here without Wharf; these files hold no lone carriage return
                    before = data[: region["byteOffset"]].decode("latin-1")
                    self.assertEqual(region["startLine"], before.count("\n") + 1)
                    if data.isascii():
                        self.assertEqual(region["startColumn"], len(before) - (before.rfind("\n") + 1) + 1)
        self.assertEqual(self.sarif("ok_minimal.x12")["runs"][0]["results"], [])
        self.sarif(*FILES)

    def test_sarif_tells_what_could_not_be_read(self) -> None:
        run = self.sarif("ok_minimal.x12", "not there.x12")["runs"][0]
        self.assertFalse(run["invocations"][0]["executionSuccessful"])
        self.assertIn("No such file", run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"])
        self.assertEqual(run["artifacts"][1]["location"]["uri"], "not%20there.x12")
        run = self.sarif("bad_elements.x12", "--max-findings", "2")["runs"][0]
        self.assertEqual(len(run["results"]), 2)
        self.assertTrue(run["invocations"][0]["executionSuccessful"])
        self.assertIn("3 more findings", run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"])

    def test_fingerprints_stay_when_lines_move(self) -> None:
        def fingerprints(text: bytes) -> list[str]:
            done = subprocess.run([WHARF, "lint", "--format", "sarif", "-"], input=text, capture_output=True, check=False)
            return [result["partialFingerprints"]["wharfFinding/v1"] for result in json.loads(done.stdout)["runs"][0]["results"]]

        text = (FOLDER / "bad_elements.x12").read_bytes()
        before = fingerprints(text)
        self.assertEqual(len(set(before)), len(before))
        self.assertEqual(fingerprints(text.replace(b"000000901", b"000000902")), before)
        self.assertEqual(fingerprints(text.replace(b"~\n", b"~\n\n")), before)
        self.assertNotEqual(fingerprints(text.replace(b"24,5", b"25,5")), before)

    def test_junit_has_the_usual_form(self) -> None:
        """testsuites > testsuite > testcase > failure or error, then system-out: what the schemas of Jenkins and Ant agree on."""
        root = xml.etree.ElementTree.fromstring(lint("junit", *FILES, "nowhere.x12"))
        self.assertEqual(root.tag, "testsuites")
        self.assertEqual([suite.get("name") for suite in root], [*FILES, "nowhere.x12"])
        totals = dict.fromkeys(("tests", "failures", "errors"), 0)
        for suite in root:
            self.assertEqual(suite.tag, "testsuite")
            cases = list(suite)
            self.assertGreater(len(cases), 0)
            counts = {"tests": len(cases), "failures": len(suite.findall("testcase/failure")), "errors": len(suite.findall("testcase/error"))}
            for key, count in counts.items():
                self.assertEqual(int(suite.get(key)), count, (suite.get("name"), key))
                totals[key] += count
            for case in cases:
                self.assertEqual(case.tag, "testcase")
                self.assertLessEqual({"name", "classname", "time"}, set(case.keys()))
                self.assertIn([child.tag for child in case], [[], ["failure"], ["error"], ["system-out"], ["failure", "system-out"]])
            self.assertEqual(len({case.get("name") for case in cases}), len(cases))
            fate = suite.get("name").split("_")[0]
            self.assertEqual(counts["failures"] > 0, fate == "bad", suite.get("name"))
        for key, count in totals.items():
            self.assertEqual(int(root.get(key)), count)
        self.assertEqual(totals["errors"], 1)
        strict = xml.etree.ElementTree.fromstring(lint("junit", "--strict", "warn_text_between.x12"))
        self.assertGreater(int(strict.get("failures")), 0)

    def test_github_commands(self) -> None:
        """::error file=…,line=…,col=…,title=…::message with %, line ends, and in properties ':' and ',' written out."""
        form = re.compile(r"^::(error|warning|notice) (\w+=[^,:\n]+)(,\w+=[^,:\n]+)*::[^\n]+$")
        count = 0
        for line in lint("github", *FILES, code=1).splitlines():
            count += 1
            self.assertRegex(line, form)
            self.assertNotRegex(line, r"%(?![0-9A-F]{2})")
        self.assertEqual(count, len(json.loads(lint("json", *FILES))))
        self.assertEqual(lint("github", "ok_minimal.x12", code=0), "")

    def test_names_of_files_are_escaped(self) -> None:
        strange = FOLDER.parent / "100% a,b:c ü&<.x12"
        name = f"../{strange.name}"
        try:
            strange.write_bytes((FOLDER / "bad_elements.x12").read_bytes())
            self.assertIn("::error file=../100%25 a%2Cb%3Ac ü&<.x12,line=", lint("github", name))
            suite = xml.etree.ElementTree.fromstring(lint("junit", name))[0]
            self.assertEqual(suite.get("name"), name)
            uri = json.loads(lint("sarif", name))["runs"][0]["artifacts"][0]["location"]["uri"]
            self.assertEqual(uri, "../100%25%20a%2Cb%3Ac%20%C3%BC%26%3C.x12")
        finally:
            strange.unlink(missing_ok=True)


if __name__ == "__main__":
    unittest.main()
