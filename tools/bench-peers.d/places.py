"""Databases of one run: made empty, asked and removed alike on both engines."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class SQLitePlace:
    """A file in a folder of its own, where some contenders keep more. In WAL mode, as Gradus would have it: that stays
    with the file, so that all work in the same mode. Where there is a file system in memory it is there, so that nobody
    waits for a disk, whatever they set `synchronous` to."""

    engine = "sqlite"

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
        parts = urlsplit(os.environ["GRADUS_TEST_POSTGRES"])
        keywords = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.folder = folder  # for what contenders keep beside the database
        self.name = name
        self.host = keywords.get("host", parts.hostname or "localhost")
        self.port = keywords.get("port", str(parts.port or 5432))
        self.user = keywords.get("user", parts.username or "postgres")

    @property
    def environment(self):
        """libpq's, which most contenders read."""
        return {"PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user}

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
