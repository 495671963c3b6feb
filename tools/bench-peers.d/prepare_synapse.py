"""Runs a homeserver's `prepare_database` on a schema folder of our own; without arguments only imports it.

Usage: prepare_synapse.py FOLDER VERSION sqlite|postgres DATABASE
"""

import os
import sys
from types import SimpleNamespace

from synapse.storage import prepare_database as module
from synapse.storage.database import LoggingDatabaseConnection
from synapse.storage.engines import create_engine


def main(folder, version, engine, database):
    # Its own tables for versions, which lie among its schemas.
    own = os.path.join(module.schema_path, "common", "schema_version.sql")
    target = os.path.join(folder, "common", "schema_version.sql")
    if not os.path.exists(target):
        os.symlink(own, target)
    module.schema_path, module.SCHEMA_VERSION, module.SCHEMA_COMPAT_VERSION = folder, int(version), 1
    if engine == "sqlite":
        config = {"name": "sqlite3", "args": {"database": database}}
    else:
        config = {"name": "psycopg2", "args": {"dbname": database}}
    engine = create_engine(config)
    connection = LoggingDatabaseConnection(
        conn=engine.module.connect(**config["args"]), engine=engine, default_txn_name="bench", server_name="bench")
    engine.on_new_connection(connection)
    settings = SimpleNamespace(
        worker=SimpleNamespace(worker_app=None), authproviders=SimpleNamespace(password_providers=[]))
    module.prepare_database(connection, engine, config=settings)
    connection.close()


if len(sys.argv) > 1:
    main(*sys.argv[1:])
