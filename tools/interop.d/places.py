"""Databases of one run: made, copied, asked and removed alike on both engines."""

import shutil
import sqlite3
import subprocess
import sys

import test_server

EVENTS_POSITION = """
    DELETE FROM stream_positions WHERE stream_name = 'events';
    INSERT INTO stream_positions (stream_name, instance_name, stream_id)
    SELECT 'events', 'master', max(stream_ordering) FROM events;
"""
EVENTS_SEQUENCE = "SELECT setval('events_stream_seq', (SELECT max(stream_ordering) FROM events));"


def remove(database):
    """A SQLite database with what lies beside it."""
    for path in database.parent.glob(database.name + "*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


class SQLitePlace:
    engine = "sqlite"

    def __init__(self, path):
        self.path = path

    @property
    def url(self):
        return f"sqlite:{self.path}"

    @property
    def config(self):
        return {"name": "sqlite3", "args": {"database": str(self.path)}}

    def connect(self):
        return sqlite3.connect(self.path, timeout=60)

    def copy(self, name):
        target = self.path.with_name(f"{name}.db")
        remove(target)
        connection = self.connect()
        connection.execute("VACUUM INTO ?", (str(target),))
        connection.close()
        return SQLitePlace(target)

    def remove(self):
        remove(self.path)


class PostgresPlace:
    engine = "postgres"

    def __init__(self, name):
        self.name = name

    @property
    def url(self):
        return test_server.address_of(self.name)

    @property
    def config(self):
        return {"name": "psycopg2", "args": {**test_server.keywords(self.name), "cp_min": 1, "cp_max": 5}}

    @staticmethod
    def open(address):
        # Not there before the tool has made its environment, when it may be asked for its help.
        import psycopg2

        return psycopg2.connect(address)

    def connect(self):
        return self.open(self.url)

    def administer(self, statement):
        connection = self.open(test_server.address())
        connection.autocommit = True
        connection.cursor().execute(statement)
        connection.close()

    def make(self, template):
        self.remove()
        self.administer(f"CREATE DATABASE {self.name} TEMPLATE {template} ENCODING 'UTF8' LOCALE 'C'")

    def copy(self, name):
        place = PostgresPlace(f"interop_{name.replace('-', '_')}")
        place.make(self.name)
        connection = place.connect()
        connection.autocommit = True
        connection.cursor().execute("VACUUM ANALYZE")
        connection.close()
        return place

    def remove(self):
        self.administer(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


def unpack(source, target):
    """A database as a file of its own; `.xz` is unpacked."""
    remove(target)
    if source.suffix == ".xz":
        with open(target, "wb") as output:
            subprocess.run(["xz", "-dc", str(source)], stdout=output, check=True)
    else:
        shutil.copyfile(source, target)
    return SQLitePlace(target)


def grow(place, script, memberships, server_name):
    """Adds the benchmarks' rooms and users."""
    thousands = (memberships + 999) // 1000
    values = {"blocks": thousands, "users": thousands * 50, "numbers": max(thousands * 50, 300), "server": server_name}
    text = script.read_text()
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    # How far the homeserver is: else it counts on from the events that it wrote itself, and follows up what is new.
    text += EVENTS_POSITION + """
        UPDATE stats_incremental_position SET stream_id = (SELECT max(stream_id) FROM current_state_delta_stream);
    """
    connection = place.connect()
    if place.engine == "sqlite":
        connection.executescript("BEGIN;" + text + "COMMIT;")
    else:
        connection.cursor().execute(text + EVENTS_SEQUENCE)
        connection.commit()
    connection.close()


def ported(place, program, config):
    """The same database on PostgreSQL, by the homeserver's own tool."""
    target = PostgresPlace("interop_base")
    target.make("template0")
    config.write(target.config)
    command = [program, "--sqlite-database", str(place.path), "--postgres-config", str(config.path)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"synapse_port_db failed:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    # Positions of writers that are not there any more, which the homeserver finds at odds with its sequences. Of events
    # it has to be told how far it is: the sequence as ported stands one further, and that is what it would count from.
    connection = target.connect()
    connection.cursor().execute("DELETE FROM stream_positions")
    connection.cursor().execute(EVENTS_POSITION + EVENTS_SEQUENCE)
    connection.commit()
    connection.close()
    return target
