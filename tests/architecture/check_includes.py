#!/usr/bin/env python3
"""Holds src/ to the layers of docs/architecture.md.

    check_includes.py [ROOT]

Rejects, with file and line:
  - an include of a layer further down the list;
  - an include between siblings: store, transport, delivery; and between the parts of a layer that must not know each
    other (sftp and as2, sqlite and postgres);
  - a third-party header outside the folders that may use it, and one that no rule knows;
  - an include of one of our files that does not exist, or by a path that does not start at src/;
  - a file of more than 1000 lines. Files of more than 500 are listed as a warning.
Exit code 0: clean, 1: findings.
"""

import pathlib
import re
import sys

LAYERS = ["base", "diagnostic", "syntax", "grammar", "document", "translator", "partner", "linter",
          "store", "transport", "delivery", "gateway", "workflow", "api"]

# Folders that must not include each other although their layers, or their place inside one layer, would allow it.
SIBLINGS = [
    ["store", "transport", "delivery"],
    ["store/sqlite", "store/postgres"],
    ["transport/folder", "transport/sftp", "transport/as2", "transport/http"],
    ["syntax/x12", "syntax/csv", "syntax/xml", "syntax/json"],
]
# as2 speaks HTTP through the server's interface.
SIBLING_EXCEPTIONS = {("transport/as2", "transport/http/server.hpp")}

# (pattern of the header, what it is, folders that may include it, file endings that may; None: any)
THIRD_PARTY = [
    (r"boost/(spirit|fusion|phoenix|proto)/", "Spirit", ["src/syntax/", "src/grammar/", "src/translator/"], [".cpp", ".ipp"]),
    (r"boost/(asio|beast)(/|\.hpp)", "Asio and Beast", ["src/transport/http/", "src/transport/asio"], None),
    (r"boost/json(/|\.hpp)", "Boost.JSON", ["src/syntax/json/", "src/api/"], [".cpp"]),
    (r"boost/url", "Boost.URL", ["src/transport/", "src/delivery/", "src/api/"], [".cpp"]),
    (r"sqlite3\.h|libpq-fe\.h", "an SQL client", ["src/store/"], [".cpp"]),
    (r"libssh2", "libssh2", ["src/transport/sftp/libssh2_"], [".cpp"]),
    (r"libssh/", "libssh", ["src/transport/sftp/libssh_"], [".cpp"]),
    (r"openssl/", "OpenSSL", ["src/transport/"], [".cpp"]),
    (r"curl/", "libcurl", ["src/transport/", "src/delivery/"], [".cpp"]),
    (r"pugixml", "pugixml", ["src/syntax/xml/"], [".cpp"]),
    (r"yaml-cpp/", "yaml-cpp", ["src/partner/"], [".cpp"]),
    (r"absl/time/", "Abseil's time zones", ["src/partner/schedule/"], [".cpp"]),
    (r"jq\.h|jv\.h", "libjq", ["src/translator/"], [".cpp"]),
    (r"CLI/", "CLI11", ["tools/"], [".cpp"]),
    (r"benchmark/", "Google Benchmark", ["tools/bench/"], [".cpp"]),
    (r"fmt/", "fmt", ["src/", "tools/"], None),
    (r"immintrin\.h|emmintrin\.h|arm_neon\.h|x86intrin\.h", "SIMD intrinsics", ["src/syntax/"], [".cpp"]),
    (r"archive(_entry)?\.h", "libarchive", ["src/gateway/evidence_archive"], [".cpp"]),
    (r"zlib\.h|zstd\.h", "compression", ["src/store/", "src/transport/"], [".cpp"]),
]
# The C++ library has names without an ending; these are C's and POSIX's.
SYSTEM = re.compile(r"(sys|arpa|net|netinet|linux)/[a-z_0-9]+\.h|"
                    r"(unistd|fcntl|signal|poll|dirent|netdb|time|pwd|grp|pthread|stdlib|stdio|string|errno|strings|"
                    r"spawn|termios|dlfcn|syslog|fnmatch|ifaddrs|limits|stddef|stdint|inttypes|libgen|syscall)\.h")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)

LONG = 500
TOO_LONG = 1000


def layer_of(path: str) -> str:
    return path.split("/", 1)[0]


def within(path: str, folder: str) -> bool:
    return path.startswith(folder + "/")


def own_include_fault(root: pathlib.Path, includer: str, included: str) -> str | None:
    """`includer` is below src/ or starts with "tools/"; `included` is as written."""
    if not (root / "src" / included).is_file():
        if includer.startswith("tools/") and (root / included).is_file():
            return None  # a tool's own headers, from the root …
        if includer.startswith("tools/") and (root / includer).parent.joinpath(included).is_file():
            return None  # … or beside it
        return f'"{included}" is no file below src/; our includes start there'
    if includer.startswith("tools/"):
        return None
    if layer_of(included) not in LAYERS:
        return f'"{included}" belongs to no layer'
    if (includer_folder := layer_of(includer)) != layer_of(included):
        if LAYERS.index(layer_of(included)) > LAYERS.index(includer_folder):
            return f'{includer_folder}/ may not include "{included}": {layer_of(included)}/ stands further down the list'
    for group in SIBLINGS:
        own = next((folder for folder in group if within(includer, folder)), None)
        other = next((folder for folder in group if within(included, folder)), None)
        if own and other and own != other and (own, included) not in SIBLING_EXCEPTIONS:
            return f'{own}/ may not include "{included}": they are siblings'
    return None


def foreign_include_fault(path: str, included: str) -> str | None:
    """`path` is from the root: src/… or tools/…"""
    for pattern, what, folders, endings in THIRD_PARTY:
        if not re.match(pattern, included):
            continue
        if not any(path.startswith(folder) for folder in folders):
            return f"<{included}>: {what} may only be used in {', '.join(folders)}"
        if endings and not any(path.endswith(ending) for ending in endings):
            return f"<{included}>: {what} stays out of headers"
        return None
    if re.fullmatch(r"[a-z_0-9]+", included) or SYSTEM.fullmatch(included):
        return None
    return f"<{included}>: a library that no rule names; add it to tests/architecture/check_includes.py and say why in an ADR"


def line_number(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def check(root: pathlib.Path) -> tuple[list[str], list[str], int]:
    faults, warnings, seen = [], [], 0
    for top in ("src", "tools"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in (".hpp", ".cpp", ".h", ".ipp") or not file.is_file():
                continue
            seen += 1
            path = file.relative_to(root).as_posix()
            includer = path.removeprefix("src/")
            text = file.read_text(encoding="utf-8")
            if top == "src" and layer_of(includer) not in LAYERS:
                faults.append(f"{path}:1: no layer has this name; see docs/architecture.md")
                continue
            for match in INCLUDE.finditer(text):
                kind, included = match.groups()
                if kind == '"':
                    fault = own_include_fault(root, includer, included)
                else:
                    fault = foreign_include_fault(path, included)
                if fault:
                    faults.append(f"{path}:{line_number(text, match.start())}: {fault}")
            lines = text.count("\n")
            if lines > TOO_LONG:
                faults.append(f"{path}: {lines} lines; never more than {TOO_LONG}")
            elif lines > LONG:
                warnings.append(f"{path}: {lines} lines; think about splitting it")
    return faults, warnings, seen


def main() -> int:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    faults, warnings, seen = check(root)
    for warning in warnings:
        print(f"warning: {warning}")
    for fault in faults:
        print(fault)
    if seen == 0:
        print(f"{root}: no sources found")
        return 1
    print(f"{seen} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
