"""Runs the contenders by turns."""

import json
import resource
import sys
import time
from dataclasses import dataclass

# Who takes longer is not run again: one run says enough.
LONG = 25

# Starts are short: several a run.
STARTS = 3

ROWS = {
    "apply": "apply all deltas to an empty database",
    "check": "start on a database that is up to date",
    "full": "new database from a full schema",
    "start": "start of the program alone",
}


def tell(line):
    print(line, file=sys.stderr, flush=True)


@dataclass
class Run:
    """Seconds of one process on the clock, and of processor time of it and of what it started; a server's is not in it."""

    seconds: float
    processor: float


def timed(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    command.run()
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Run(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


class Times:
    """By engine, row and contender the runs; by engine and contender what they say of themselves."""

    def __init__(self):
        self.values = {}
        self.inside = {}

    def add(self, engine, row, name, run):
        self.values.setdefault((engine, row), {}).setdefault(name, []).append(run)


def measure(engine, peers, deltas, make_place, runs):
    times = Times()
    peers = [peer for peer in peers if engine in peer.engines]
    slow = set()
    for number in range(1, runs + 1):
        # Each run begins with another, so that nobody is always after the same.
        shift = (number - 1) % len(peers)
        for peer in peers[shift:] + peers[:shift]:
            tell(f"{engine}, run {number} of {runs}: {peer.name}")
            place = make_place(engine, peer.name)
            try:
                for row, run in rows(peer, place, deltas, without_deltas=peer.name in slow):
                    if row == "inside":
                        times.inside.setdefault((engine, peer.name), []).append(run)
                        continue
                    times.add(engine, row, peer.name, run)
                    if row == "apply" and run.seconds > LONG:
                        slow.add(peer.name)
            finally:
                place.remove()
    return times


def rows(peer, place, deltas, without_deltas):
    """Once each row of one contender, the short ones several times."""
    # The first brings the program into memory.
    peer.idle(place.engine).run()
    for _ in range(STARTS):
        yield "start", timed(peer.idle(place.engine))
    if not without_deltas:
        place.make()
        run = timed(peer.migrate(place, "deltas"))
        deltas.check(place)
        yield "apply", run
        if peer.keeps_records:
            # The first after it may compile or tidy up; what is meant is one of many starts.
            peer.migrate(place, "deltas").run()
            for _ in range(STARTS):
                yield "check", timed(peer.migrate(place, "deltas"))
        if inside := peer.inside(place):
            yield "inside", json.loads(inside.run())
    place.make()
    run = timed(peer.migrate(place, "full"))
    deltas.check(place)
    yield "full", run
