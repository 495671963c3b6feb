"""A homeserver's `serve` on a database of its own, for tools that talk to it."""

import contextlib
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import test_server

ENGINES = ("sqlite", "postgres")


def end_in_order():
    """Lets SIGTERM and SIGHUP end a tool as Ctrl-C does: what it started ends with it."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))


def engines(asked):
    """The engines that were asked for: one, or all."""
    return ENGINES if asked == "all" else (asked,)


class Database:
    """An empty database. Those on PostgreSQL are on the server that GRADUS_TEST_POSTGRES names."""

    def __init__(self, engine, folder):
        self.engine = engine
        self.path = folder / "homeserver.db"
        self.name = f"gradus_{secrets.token_hex(4)}"
        if engine == "postgres":
            self.server = test_server.address()
            self.psql = shutil.which("psql") or f"{self.bindir()}/psql"
            self._psql(self.server, f"CREATE DATABASE {self.name}")

    @staticmethod
    def bindir():
        return subprocess.run(["pg_config", "--bindir"], check=True, capture_output=True, text=True).stdout.strip()

    @property
    def url(self):
        if self.engine == "sqlite":
            return f"sqlite:{self.path}"
        return test_server.address_of(self.name)

    def _psql(self, url, sql):
        command = [self.psql, "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "-v", "ON_ERROR_STOP=1", url]
        result = subprocess.run(command, input=sql, check=True, capture_output=True, text=True)
        return result.stdout.strip()

    def run(self, sql):
        """Runs statements; gives the last one's rows as text, for those that have one column."""
        if self.engine == "postgres":
            return self._psql(self.url, sql)
        with contextlib.closing(sqlite3.connect(self.path, timeout=30)) as connection:
            rows = []
            for statement in sql.split(";\n"):
                rows = connection.execute(statement).fetchall()
            connection.commit()
            return "\n".join(str(row[0]) for row in rows)

    def drop(self):
        if self.engine == "postgres":
            self._psql(self.server, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


class Served:
    """`homeserver serve` as a context manager: its address is in `base`, its log in `log`."""

    def __init__(self, binary, engine, *, rooms, memberships, tokens=True, workers=1, config="", migrates=True):
        self.binary, self.engine = str(binary), engine
        self.sizes = ["--rooms", str(rooms), "--memberships", str(memberships), "--users", "2000"]
        self.workers, self.config, self.migrates = workers, config, migrates
        # A random text each time: nothing that is worth keeping.
        self.admin_token = f"admin-{secrets.token_hex(16)}" if tokens else None
        self.read_token = f"read-{secrets.token_hex(16)}" if tokens else None
        self.process = None
        self.log = []

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gradus-serve."))
        try:
            self.database = Database(self.engine, self.folder)
            (self.folder / "gradus.yaml").write_text(self.config or "background_updates: {}\n")
            self._run("sample", *self.sizes)
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        with contextlib.suppress(AttributeError):
            self.database.drop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _arguments(self, command):
        return [self.binary, command, "--database", self.database.url, "--config", str(self.folder / "gradus.yaml")]

    def _run(self, command, *arguments):
        result = subprocess.run([*self._arguments(command), *arguments], capture_output=True, text=True)
        if result.returncode != 0:
            raise RuntimeError(f"{command} failed with {result.returncode}: {result.stderr[-2000:]}")

    def start(self, *, port=0):
        environment = dict(os.environ)
        if self.admin_token:
            environment |= {"GRADUS_ADMIN_TOKEN": self.admin_token, "GRADUS_READ_TOKEN": self.read_token}
        # Version 87 fills in the background what 88 would complete before it serves.
        arguments = ["--to", "87", "--listen", f"127.0.0.1:{port}", "--workers", str(self.workers)]
        # A session of its own: Ctrl-C ends it by us, in order.
        self.process = subprocess.Popen(
            [*self._arguments("serve"), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env=environment, start_new_session=True)
        listening = threading.Event()

        def read(stream):
            for line in stream:
                self.log.append(line)
                if found := re.search(r"address=(127\.0\.0\.1:\d+).* the admin API listens", line):
                    self.base = f"http://{found[1]}"
                    listening.set()
            listening.set()

        self.base = None
        self.reader = threading.Thread(target=read, args=(self.process.stderr,), daemon=True)
        self.reader.start()
        if not listening.wait(60) or not self.base:
            raise RuntimeError(f"serve did not listen:\n{''.join(self.log[-20:])}")

    @property
    def port(self):
        return int(self.base.rsplit(":", 1)[1])

    def wait_until_ready(self, seconds=120):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(f"{self.base}/ready", timeout=10).status == 200:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"serve did not get ready:\n{''.join(self.log[-20:])}")

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        # So that the log is whole.
        self.reader.join(20)

    def get(self, path, token=None):
        """The JSON of a GET."""
        return self._json("GET", path, None, token)

    def post(self, path, body=None, token=None):
        """The JSON of a POST."""
        return self._json("POST", path, {} if body is None else body, token)

    def _json(self, method, path, body, token):
        request = urllib.request.Request(self.base + path, method=method)
        if token or self.admin_token:
            request.add_header("Authorization", f"Bearer {token or self.admin_token}")
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, data, timeout=30) as answer:
            return json.load(answer)
