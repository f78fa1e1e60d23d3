"""An HTTPS server over a folder, for tests of the https transport.

    https_files.py FOLDER CERTIFICATE KEY [PORT] [--no-etag] [--no-date] [--no-head] [--token TOKEN]

Prints its port. GET, HEAD, PUT (If-None-Match: *), POST (a new file of the name), DELETE (If-Match); of FOLDER/x/ an index page, of FOLDER/x/?json a list, of FOLDER/x/?facts one with sizes and times
in JSON. /inside/… leads to /… on this server, /outside/… to another; /status/N/… answers N. Each request is a line of JSON in
FOLDER/requests.
"""
import argparse
import hashlib
import html
import http.server
import json
import pathlib
import ssl
import urllib.parse
from email.utils import formatdate


def handler_for(options):
    root = pathlib.Path(options.folder)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *arguments):
            pass

        def answer(self, status, body=b"", **fields):
            self.send_response(status)
            for name, value in fields.items():
                self.send_header(name.replace("_", "-"), value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def note(self, body):
            with (root / "requests").open("a") as out:
                out.write(json.dumps({"method": self.command, "path": self.path, "bytes": len(body),
                                      "fields": {k.lower(): v for k, v in self.headers.items()}}) + "\n")

        def handle_one(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.note(body)
            if options.token and self.headers.get("Authorization") != f"Bearer {options.token}":
                return self.answer(401, b"who are you?")
            parts = urllib.parse.urlsplit(self.path)
            path = urllib.parse.unquote_to_bytes(parts.path).decode("utf-8", "surrogateescape")
            if path.startswith("/inside/"):
                return self.answer(307, Location=parts.path[len("/inside"):])
            if path.startswith("/outside/"):
                return self.answer(307, Location="https://localhost:1" + parts.path[len("/outside"):])
            if path.startswith("/circle/"):
                return self.answer(302, Location=parts.path)
            if path.startswith("/status/"):
                return self.answer(int(path.split("/")[2]), b"as the test asks")
            file = root / path.lstrip("/")
            if path.endswith("/"):
                return self.list(file, parts.query)
            return getattr(self, "file_" + self.command)(file, body)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_one

        def list(self, folder, query):
            names = sorted(f.name + ("/" if f.is_dir() else "") for f in folder.iterdir())
            if query == "json":
                return self.answer(200, json.dumps({"files": [{"name": urllib.parse.quote(n, errors="surrogateescape")}
                                                              for n in names]}).encode())
            if query == "facts":  # what the server says by its head, too; `stale` keeps it as it was
                listed = [{"name": urllib.parse.quote(n, errors="surrogateescape"), "size": (folder / n).stat().st_size, "mtime": (folder / n).stat().st_mtime_ns}
                          for n in names]
                stale = root / "stale"
                return self.answer(200, stale.read_bytes() if stale.exists() else json.dumps(listed).encode())
            links = "".join(f'<li><a class=x href="{html.escape(urllib.parse.quote(n, errors="surrogateescape"))}">file</a></li>' for n in names)
            return self.answer(200, f'<html><a href="../">up</a><A HREF="?order=size">size</A>{links}'
                                    f'<a href="https://elsewhere.example/x.edi">x</a></html>'.encode())

        def fields_of(self, file):
            data = file.read_bytes()
            fields = {}
            if not options.no_etag:
                fields["ETag"] = '"' + hashlib.sha256(data + str(file.stat().st_mtime_ns).encode()).hexdigest()[:16] + '"'
            if not options.no_date:
                fields["Last_Modified"] = formatdate(file.stat().st_mtime, usegmt=True)
            return data, fields

        def file_GET(self, file, _):
            if not file.is_file():
                return self.answer(404, b"no such file")
            data, fields = self.fields_of(file)
            return self.answer(200, data, **fields)

        def file_HEAD(self, file, _):
            if options.no_head:
                return self.answer(405)
            return self.file_GET(file, _)

        def file_PUT(self, file, body):
            if self.headers.get("If-None-Match") == "*" and file.exists():
                return self.answer(412)
            is_new = not file.exists()
            temporary = file.with_name(".incoming")
            temporary.write_bytes(body)
            temporary.rename(file)
            return self.answer(201 if is_new else 204)

        def file_POST(self, file, body):
            file.write_bytes(body)
            return self.answer(202)

        def file_DELETE(self, file, _):
            if not file.is_file():
                return self.answer(404)
            if self.headers.get("If-Match") not in (None, self.fields_of(file)[1].get("ETag")):
                return self.answer(412)
            file.unlink()
            return self.answer(204)

    return Handler


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("certificate")
    parser.add_argument("key")
    parser.add_argument("port", nargs="?", type=int, default=0)
    for name in ("--no-etag", "--no-date", "--no-head"):
        parser.add_argument(name, action="store_true")
    parser.add_argument("--token", default="")
    options = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), handler_for(options))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
