#!/usr/bin/env python3
"""The include check must find what it is there for: each bad include is put into a small tree and must be reported."""

import pathlib
import tempfile
import unittest

import check_includes

BAD = [
    # (file, line of source, part of the message)
    ("src/base/a.cpp", '#include "diagnostic/diagnostic.hpp"', "further down the list"),
    ("src/syntax/x12/a.cpp", '#include "grammar/schema.hpp"', "further down the list"),
    ("src/store/a.cpp", '#include "transport/channel.hpp"', "further down the list"),
    ("src/transport/a.cpp", '#include "store/store.hpp"', "siblings"),
    ("src/delivery/a.cpp", '#include "transport/channel.hpp"', "siblings"),
    ("src/transport/sftp/a.cpp", '#include "transport/as2/as2.hpp"', "siblings"),
    ("src/transport/as2/a.cpp", '#include "transport/sftp/sftp.hpp"', "siblings"),
    ("src/store/sqlite/a.cpp", '#include "store/postgres/postgres.hpp"', "siblings"),
    ("src/syntax/x12/a.cpp", '#include "syntax/json/value.hpp"', "siblings"),
    ("src/base/a.cpp", "#include <boost/spirit/home/x3.hpp>", "Spirit may only be used"),
    ("src/syntax/x12/a.hpp", "#include <boost/spirit/home/x3.hpp>", "stays out of headers"),
    ("src/gateway/a.cpp", "#include <sqlite3.h>", "an SQL client may only be used"),
    ("src/gateway/a.cpp", "#include <curl/curl.h>", "libcurl may only be used"),
    ("src/store/a.cpp", "#include <libssh2.h>", "libssh2 may only be used"),
    ("src/transport/sftp/a.cpp", "#include <libssh2.h>", "libssh2 may only be used"),
    ("src/transport/sftp/libssh2_a.cpp", "#include <libssh/libssh.h>", "libssh may only be used"),
    ("src/transport/sftp/libssh_a.hpp", "#include <libssh/libssh.h>", "stays out of headers"),
    ("src/grammar/a.cpp", "#  include <openssl/evp.h>", "OpenSSL may only be used"),
    ("src/api/a.cpp", "#include <boost/asio.hpp>", "Asio and Beast may only be used"),
    ("src/gateway/a.cpp", "#include <yaml-cpp/yaml.h>", "yaml-cpp may only be used"),
    ("src/partner/a.cpp", "#include <CLI/CLI.hpp>", "CLI11 may only be used"),
    ("src/translator/a.cpp", "#include <boost/json.hpp>", "Boost.JSON may only be used"),
    ("src/base/a.cpp", "#include <some/library.hpp>", "no rule names"),
    ("src/base/a.cpp", '#include "error.hpp"', "no file below src/"),
    ("src/newlayer/a.cpp", "int x;", "no layer has this name"),
    ("src/base/a.cpp", "\n" * 1001, "never more than 1000"),
]

GOOD = [
    ("src/diagnostic/a.cpp", '#include "base/error.hpp"'),
    ("src/gateway/a.cpp", '#include "store/store.hpp"\n#include "transport/channel.hpp"'),
    ("src/transport/as2/a.cpp", '#include "transport/http/server.hpp"'),
    ("src/grammar/a.cpp", "#include <boost/spirit/home/x3.hpp>\n#include <string_view>\n#include <sys/stat.h>"),
    ("src/transport/sftp/libssh2_a.cpp", "#include <libssh2.h>"),
    ("src/transport/sftp/libssh_a.cpp", "#include <libssh/libssh.h>"),
    ("tools/wharf/a.cpp", '#include <CLI/CLI.hpp>\n#include "gateway/x.hpp"\n#include "tools/wharf/a.hpp"\n#include "a.hpp"'),
]

TREE = ["base/error.hpp", "diagnostic/diagnostic.hpp", "grammar/schema.hpp", "syntax/json/value.hpp",
        "store/store.hpp", "store/postgres/postgres.hpp", "transport/channel.hpp", "transport/as2/as2.hpp",
        "transport/sftp/sftp.hpp", "transport/http/server.hpp", "gateway/x.hpp"]


class CheckIncludes(unittest.TestCase):
    def check(self, path: str, source: str) -> tuple[list[str], list[str]]:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name in [f"src/{name}" for name in TREE] + ["tools/wharf/a.hpp"]:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text("#pragma once\n")
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(source + "\n")
            faults, warnings, _ = check_includes.check(root)
            return faults, warnings

    def test_finds_every_bad_include(self) -> None:
        for path, source, message in BAD:
            with self.subTest(path=path, source=source[:60]):
                faults, _ = self.check(path, source)
                self.assertEqual(len(faults), 1, faults)
                self.assertIn(message, faults[0])
                self.assertTrue(faults[0].startswith(path), faults[0])

    def test_accepts_the_good_ones(self) -> None:
        for path, source in GOOD:
            with self.subTest(path=path):
                self.assertEqual(self.check(path, source)[0], [])

    def test_warns_of_long_files(self) -> None:
        faults, warnings = self.check("src/base/a.cpp", "\n" * 600)
        self.assertEqual(faults, [])
        self.assertEqual(len(warnings), 1)


if __name__ == "__main__":
    unittest.main()
