#!/usr/bin/env python3
"""What `wharf --help` and the --help of every command print, character for character.

    golden_help.py WHARF            compare; exit code 1 when anything differs
    golden_help.py WHARF --update   write the .txt files anew; review the difference before you commit it

The commands are found by following the lists that the help itself prints.
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent


def help_of(wharf: str, words: tuple[str, ...]) -> str | None:
    done = subprocess.run([wharf, *words, "--help"], capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "80"})
    return done.stdout if done.returncode == 0 and not done.stderr else None


def commands_in(text: str) -> list[str]:
    _, _, listed = text.partition("\nSubcommands:\n")
    return re.findall(r"^  ([a-z][a-z-]*) ", listed, re.MULTILINE)


def every_help(wharf: str) -> dict[str, str]:
    found: dict[str, str] = {}
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        words = waiting.pop()
        text = help_of(wharf, words)
        if text is None:  # carried out by the gateway's program, which may not be built
            if words and words[0] in ("serve", "poll", "message", "exchange", "alarm", "dead-letter", "cert"):
                continue
            raise SystemExit(f"wharf {' '.join(words)} --help did not end with 0")
        found["-".join(("wharf", *words))] = text
        waiting += [(*words, name) for name in commands_in(text)]
    return found


def main() -> int:
    update = "--update" in sys.argv
    found = every_help(str(pathlib.Path(sys.argv[1]).resolve()))
    if len(found) < 10:
        print(f"only {len(found)} commands were found: {sorted(found)}")
        return 1
    wrong = 0
    for name, text in sorted(found.items()):
        golden = FOLDER / f"{name}.txt"
        if update:
            golden.write_text(text, encoding="utf-8")
        wanted = golden.read_text(encoding="utf-8") if golden.exists() else ""
        if text != wanted:
            wrong += 1
            sys.stdout.writelines(difflib.unified_diff(wanted.splitlines(True), text.splitlines(True), golden.name, "now"))
    gateway = ("wharf-serve", "wharf-poll", "wharf-message", "wharf-exchange", "wharf-alarm", "wharf-dead-letter", "wharf-cert")
    for golden in FOLDER.glob("*.txt"):
        if golden.stem not in found and not golden.stem.startswith(gateway):
            if update:
                golden.unlink()
            else:
                wrong += 1
                print(f"{golden.name}: there is no such command any more")
    print(f"{len(found)} commands, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
