"""Compares Gradus with other programs that migrate databases: the same SQL, by turns, on the same machine.

Rows: applying N small deltas to an empty database, a start on a database that is up to date, and a new database from a
full schema. "shell" is the engine's own shell with one file, the floor. All times are in seconds and of whole processes;
"no start" takes off the start of the program alone.
"""

import argparse
import datetime
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/lib"))

from deltas import Deltas  # noqa: E402
from measure import Times, measure  # noqa: E402
from places import place  # noqa: E402
from python_peers import Alembic, Django, Synapse  # noqa: E402
from report import OURS, as_json, as_text, inside, summary  # noqa: E402
from served import end_in_order  # noqa: E402
from sql_peers import Gradus, Shell, Sqitch, SQLMigrate, Yoyo  # noqa: E402
from swift_peers import GRDB, GradusLibrary  # noqa: E402

PEERS = {peer.name: peer for peer in (Gradus, GradusLibrary, Shell, SQLMigrate, GRDB, Alembic, Django, Yoyo, Synapse, Sqitch)}


def arguments():
    parser = argparse.ArgumentParser(
        prog="tools/bench-peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", default=",".join(PEERS), help="whom to run, by commas (default: all: %(default)s)")
    parser.add_argument("--engine", action="append", choices=["sqlite", "postgres"], help="only on this engine")
    parser.add_argument("--deltas", type=int, default=1000, metavar="N", help="how many deltas (default: 1000)")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="how many runs (default: 3)")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    options = parser.parse_args()
    options.peers = [name.strip() for name in options.peers.split(",") if name.strip()]
    for name in options.peers:
        if name not in PEERS:
            parser.error(f"no contender is named '{name}'; there are {', '.join(PEERS)}")
    if OURS not in options.peers:
        options.peers.insert(0, OURS)
    if not 1 <= options.deltas <= 9999 or options.runs < 1:
        parser.error("--deltas must be from 1 to 9999, --runs at least 1")
    return options


def load():
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def main():
    end_in_order()
    options = arguments()
    tools = {"root": ROOT, "gradus": os.environ["BENCH_GRADUS"], "python": os.environ["BENCH_PYTHON"],
             "peer_gradus_sqlite": os.environ["BENCH_PEER_GRADUS_SQLITE"],
             "peer_gradus_postgres": os.environ["BENCH_PEER_GRADUS_POSTGRES"], "peer_grdb": os.environ["BENCH_PEER_GRDB"]}
    tools["commit"] = subprocess.run(["git", "describe", "--always", "--dirty", "--match="], cwd=ROOT,
                                     capture_output=True, text=True).stdout.strip() or "unknown"
    deltas = Deltas(options.deltas)
    folder = Path(tempfile.mkdtemp(prefix="gradus-peers."))
    before = load()
    try:
        peers = []
        for name in options.peers:
            peer = PEERS[name]()
            peer.prepare(folder / "trees" / name, deltas, tools)
            peers.append(peer)
        times = Times()
        for engine in options.engine or ["sqlite", "postgres"]:
            found = measure(engine, peers, deltas, lambda engine, name: place(
                engine, folder / "databases", name.replace("-", "_")), options.runs)
            times.values.update(found.values)
            times.inside.update(found.inside)
        machine = {
            "date": datetime.date.today().isoformat(), "system": platform.platform(), "cores": os.cpu_count(),
            "load before": before, "load after": load(), "deltas": options.deltas,
            "versions": {peer.name: peer.version() for peer in peers},
        }
    finally:
        shutil.rmtree(folder)
        shutil.rmtree(f"/dev/shm/gradus-peers-{os.getpid()}", ignore_errors=True)
    records = summary(times)
    print((as_json if options.format == "json" else as_text)(records, inside(times), machine))
    return 0


if __name__ == "__main__":
    sys.exit(main())
