"""Databases of one run: made empty, asked and removed alike on both engines."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from test_server import keywords


class SQLitePlace:
    """A file in a folder of its own, where some contenders keep more. In WAL mode, as Gradus would have it: that stays
    with the file, so that all work in the same mode. Where there is a file system in memory it is there, so that nobody
    waits for a disk, whatever they set `synchronous` to."""

    engine = "sqlite"
    environment = {}

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / "bench.db"

    def make(self):
        self.remove()
        self.folder.mkdir(parents=True)
        connection = sqlite3.connect(self.path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.close()

    def scalar(self, query):
        connection = sqlite3.connect(self.path)
        value = connection.execute(query).fetchone()[0]
        connection.close()
        return value

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresPlace:
    """A database of its own on the server that GRADUS_TEST_POSTGRES names."""

    engine = "postgres"

    def __init__(self, folder, name):
        server = keywords(name)
        self.folder = folder  # for what contenders keep beside the database
        self.name = name
        self.host = server.get("host", "localhost")
        self.port = server.get("port", "5432")
        self.user = server.get("user", "postgres")
        # Contenders have it from libpq's variable alone.
        self.password = server.get("password")

    @property
    def environment(self):
        """libpq's, which all contenders read."""
        password = {"PGPASSWORD": self.password} if self.password else {}
        return {"PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user, **password}

    def make(self):
        self.remove()
        self.folder.mkdir(parents=True)
        self.psql("postgres", f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")

    def scalar(self, query):
        return int(self.psql(self.name, query))

    def remove(self):
        self.psql("postgres", f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)

    def psql(self, database, query):
        command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", query]
        environment = {**os.environ, **self.environment, "PGOPTIONS": "-c client_min_messages=warning"}
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def place(engine, folder, name):
    if engine == "postgres":
        return PostgresPlace(folder / name, f"gradus_peers_{name}")
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK):
        folder = memory / f"gradus-peers-{os.getpid()}"
    return SQLitePlace(folder / name)
