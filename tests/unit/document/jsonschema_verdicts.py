#!/usr/bin/env python3
"""Verdicts of Python's jsonschema, for agreement_test.cpp.

usage: jsonschema_verdicts.py SCHEMAS_FOLDER < documents.jsonl > verdicts

One document per line; prints "good" or "bad" per line. Exit 77: the module is not installed.
"""
import json
import pathlib
import sys
import warnings

warnings.simplefilter("ignore")  # RefResolver: old, but in every version

try:
    from jsonschema import Draft7Validator, RefResolver
except ImportError:
    sys.exit(77)

folder = pathlib.Path(sys.argv[1]).resolve()
validators = {}


def validator(kind):
    if kind not in validators:
        path = folder / f"{kind}.1.json"
        schema = json.loads(path.read_text(encoding="utf-8"))
        Draft7Validator.check_schema(schema)
        validators[kind] = Draft7Validator(schema, resolver=RefResolver(path.as_uri(), schema))
    return validators[kind]


for line in sys.stdin:
    kind, text = line.rstrip("\n").split("\t", 1)
    print("good" if validator(kind).is_valid(json.loads(text)) else "bad")
