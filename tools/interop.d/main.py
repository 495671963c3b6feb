"""Compares a homeserver's own background updates with those of the worked example."""

import argparse
import contextlib
import fcntl
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/lib"))

from jobs import JOBS  # noqa: E402
from places import grow, ported, unpack  # noqa: E402
from programs import Configuration, original, ours  # noqa: E402
from served import end_in_order  # noqa: E402

FIXTURES = Path(os.environ.get("GRADUS_FIXTURES") or ROOT.parent / "shared" / "fixtures")
SHOWN = 5


def arguments():
    parser = argparse.ArgumentParser(prog="tools/interop", description=__doc__)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=f"{', '.join(JOBS)}; all by default")
    parser.add_argument("--database", type=Path, default=FIXTURES / "homeserver-small.sqlite.xz",
                        help="a homeserver's SQLite database, perhaps packed by xz (default: that of the fixtures)")
    parser.add_argument("--server-name", default="oracle.test", help="the homeserver's name (default: oracle.test)")
    parser.add_argument("--memberships", type=int, default=0, metavar="N", help="add rooms with N memberships before")
    parser.add_argument("--engine", action="append", choices=["sqlite", "postgres"], help="only on this engine")
    parser.add_argument("--release", action="store_true", help="build the worked example optimised")
    parser.add_argument("--foreground", action="store_true", help="longer batches than the homeserver's 100 ms for ours")
    parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, 4), metavar="N",
                        help="workers of ours that share the queue, on PostgreSQL (default: %(default)s, as there are"
                             " processors; the homeserver always has one)")
    parser.add_argument("--timeout", type=int, default=3600, help="seconds for one run of the homeserver")
    options = parser.parse_args()
    for name in options.jobs:
        if name not in JOBS:
            parser.error(f"no job is named '{name}'")
    return options


def build(release):
    command = ["swift", "build", "--product", "homeserver"] + (["-c", "release"] if release else [])
    subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
    found = subprocess.run(command + ["--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True)
    return Path(found.stdout.strip()) / "homeserver"


def arm(place, job):
    connection = place.connect()
    cursor = connection.cursor()
    mark = "?" if place.engine == "sqlite" else "%s"
    for statement in job.prepare:
        cursor.execute(statement)
    for row in job.updates:
        cursor.execute(
            "INSERT INTO background_updates (update_name, progress_json, depends_on, ordering) "
            f"VALUES ({', '.join([mark] * 4)})", row)
    connection.commit()
    connection.close()


def rows(place, table):
    connection = place.connect()
    cursor = connection.cursor()
    columns = table.columns.get(place.engine)
    if columns is None:
        # By name: the order of columns is nobody's promise.
        cursor.execute(f"SELECT * FROM {table.name} WHERE FALSE")
        columns = ", ".join(sorted(column[0] for column in cursor.description))
    cursor.execute(f"SELECT {columns} FROM {table.name}")
    found = Counter(table.view(tuple(row)) for row in cursor)
    connection.close()
    return found


def compare(theirs, mine, job):
    """Prints the rows that differ; returns how many there are."""
    different = compared = 0
    for table in job.tables:
        before, after = rows(theirs, table), rows(mine, table)
        missing, added = before - after, after - before
        print(f"  {table.name}: {sum(before.values())} rows, "
              f"{sum(missing.values())} only theirs, {sum(added.values())} only ours")
        for sign, some in (("-", missing), ("+", added)):
            for row in sorted(some.elements(), key=repr)[:SHOWN]:
                print(f"    {sign} {row}")
        different += sum(missing.values()) + sum(added.values())
        compared += sum(before.values())
    if compared == 0:
        sys.exit("tools/interop: the homeserver made no row, so that nothing was compared")
    return different


def run(name, base, config, python, program, options):
    job = JOBS[name]
    print(f"{name} on {base.engine}")
    theirs, mine = base.copy(f"{name}-theirs"), base.copy(f"{name}-ours")
    try:
        for place in (theirs, mine):
            arm(place, job)
        environment = {"HOMESERVER_SERVER_NAME": options.server_name, "HOMESERVER_SIGNING_KEY_FILE": str(config.key)}
        updates = [update[0] for update in job.updates]
        flags = ["--workers", str(options.workers)] + (["--foreground"] if options.foreground else [])
        my_time = ours(mine, program, environment, updates, flags)
        theirs_ms = original(theirs, config, python, options.timeout)
        different = compare(theirs, mine, job)
        their_time = sum(theirs_ms.get(update, 0) for update in updates)
        print(f"  theirs {their_time / 1000:.2f} s, ours {my_time / 1000:.3f} s: "
              f"{their_time / max(my_time, 0.001):.0f} times as fast"
              + (f" with {options.workers} workers" if base.engine == "postgres" else ""), flush=True)
        return different
    finally:
        theirs.remove()
        mine.remove()


def main():
    end_in_order()
    options = arguments()
    program = build(options.release)
    folder = ROOT / ".build-interop" / "run"
    folder.mkdir(parents=True, exist_ok=True)
    # Held until the end.
    lock = open(folder / "lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"tools/interop: another run has its databases in {folder}; wait for it to end")
    scripts = Path(sys.executable).parent
    key = folder / "signing.key"
    if not key.exists():
        key.write_text(subprocess.run(
            [scripts / "generate_signing_key"], check=True, capture_output=True, text=True).stdout)
    config = Configuration(folder, options.server_name, key)
    different = 0
    with contextlib.ExitStack() as places:
        sqlite = unpack(options.database, folder / "base.db")
        places.callback(sqlite.remove)
        # PostgreSQL first: the homeserver's tool does not take a database with rows that it finds stale.
        for engine in options.engine or ["postgres", "sqlite"]:
            base = sqlite
            if engine == "postgres":
                base = ported(sqlite, scripts / "synapse_port_db", config)
                places.callback(base.remove)
            if options.memberships:
                grow(base, ROOT / "Benchmarks" / "world.sql", options.memberships, options.server_name)
            for name in options.jobs or JOBS:
                different += run(name, base, config, sys.executable, program, options)
    print("no rows differ" if different == 0 else f"{different} rows differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
