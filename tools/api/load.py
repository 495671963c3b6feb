"""Measures the admin API under load, and what the load costs a backfill. Started by tools/load-api."""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))

from served import Served, end_in_order, engines  # noqa: E402

ROUTES = [
    "/health", "/gradus/v1/status", "/gradus/v1/updates", "/_synapse/admin/v1/background_updates/status", "/metrics",
]
# Batches one after the other: what the backfill can do at most.
CONFIG = "background_updates:\n  sleep_enabled: false\n"
# wrk prints p50, p75, p90 and p99 by itself; this adds p95 and makes all of them easy to read.
SCRIPT = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\\n", latency:percentile(50), latency:percentile(95), latency:percentile(99),
    summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def scanned(server):
    """Rows looked at by all updates, those that are complete included."""
    answer = server.get("/gradus/v1/updates")
    return sum(update["scanned"] for update in answer["updates"] + answer["completed"]), bool(answer["updates"])


def rate(server, work):
    """The backfill's rows per second while something is done; nothing where it ended meanwhile."""
    before, start = scanned(server)[0], time.monotonic()
    result = work()
    after, goes_on = scanned(server)
    return result, (after - before) / (time.monotonic() - start) if goes_on else None


def wrk(server, route, options):
    script = server.folder / "result.lua"
    script.write_text(SCRIPT)
    command = ["wrk", "--threads", "1", "--connections", str(options.connections), "--duration", f"{options.seconds}s",
               "--timeout", "15s", "--script", str(script), "--header", f"Authorization: Bearer {server.read_token}", server.base + route]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    p50, p95, p99, requests, duration, errors = map(int, re.search(r"RESULT (.*)", output)[1].split())
    return [p50 / 1000, p95 / 1000, p99 / 1000, requests / (duration / 1e6), errors]


def rows(number):
    return "" if number is None else f"{number:,.0f}"


def fresh(options, engine):
    return Served(options.binary, engine, rooms=options.rooms, memberships=options.memberships, config=CONFIG)


def measure(options, engine):
    print(f"\n{engine}, {options.connections} connections, {options.seconds} s each, {os.cpu_count()} processors", flush=True)
    print("| route | backfill | p50 ms | p95 ms | p99 ms | requests/s | errors | backfill's rows/s |\n|---|---|---:|---:|---:|---:|---:|---:|", flush=True)

    def line(route, backfill, numbers, speed):
        p50, p95, p99, per_second, errors = numbers
        print(f"| `{route}` | {backfill} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {per_second:,.0f} | {errors} | {rows(speed)} |", flush=True)

    routes = options.routes or ROUTES
    failures = 0
    with fresh(options, engine) as server:
        server.wait_until_ready()
        _, alone = rate(server, lambda: time.sleep(options.seconds))
        print(f"| none | runs | | | | | | {rows(alone)} |", flush=True)
        server.post("/gradus/v1/pause")
        time.sleep(2)
        for route in routes:
            numbers = wrk(server, route, options)
            failures += numbers[4]
            line(route, "paused", numbers, None)
    for route in routes:
        # Each begins with the same rows.
        with fresh(options, engine) as server:
            server.wait_until_ready()
            numbers, speed = rate(server, lambda: wrk(server, route, options))
            failures += numbers[4]
            line(route, "runs" if speed is not None else "ended", numbers, speed)
    return failures


def main():
    end_in_order()
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, help="the homeserver program")
    parser.add_argument("--engine", choices=["sqlite", "postgres", "all"], default="all")
    parser.add_argument("--seconds", type=int, default=10, help="how long each measurement takes")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rooms", type=int, default=2000)
    parser.add_argument("--memberships", type=int, default=150_000, help="how much there is to fill")
    parser.add_argument("--routes", nargs="+", help="other routes than the usual ones")
    options = parser.parse_args()
    failures = sum(measure(options, engine) for engine in engines(options.engine))
    print(f"\n{failures} requests failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
