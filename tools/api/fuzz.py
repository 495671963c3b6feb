"""Looks for requests that the admin API answers otherwise than openapi.json says. Started by tools/fuzz-api."""

import argparse
import pathlib
import random
import subprocess
import sys

TOOLS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOOLS / "lib"))

from served import Served, end_in_order, engines  # noqa: E402


def fuzz(server, token, options, seconds, checks):
    """Whether nothing was found."""
    command = [
        str(pathlib.Path(sys.executable).parent / "schemathesis"), "--config-file", str(TOOLS / "api/schemathesis.toml"),
        "run", f"{server.base}/openapi.json", "--max-examples", str(options.examples), "--seed", str(options.seed),
        "--max-time", str(seconds), "--request-timeout", "20", "--continue-on-failure", "--warnings", "off", *checks,
    ]
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    run = subprocess.run(command, cwd=server.folder, capture_output=True, text=True)
    if run.returncode != 0:
        print((run.stdout + run.stderr)[-12000:], flush=True)
    return run.returncode == 0


def main():
    end_in_order()
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True, help="the homeserver program")
    parser.add_argument("--engine", choices=["sqlite", "postgres", "all"], default="all")
    parser.add_argument("--examples", type=int, default=30, help="random requests an operation, at least")
    parser.add_argument("--seconds", type=int, default=15, help="how long a run takes; there are two an engine, and a short one")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31), help="equal seeds give equal requests")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    passed = failed = 0

    def check(what, is_right):
        nonlocal passed, failed
        passed, failed = passed + is_right, failed + (not is_right)
        print(f"{'pass' if is_right else 'FAIL'}  {what}", flush=True)

    for engine in engines(options.engine):
        for has_tokens in (True, False):
            name = f"{engine}, {'a token' if has_tokens else 'no tokens'}"
            with Served(options.binary, engine, rooms=50, memberships=500, tokens=has_tokens) as server:
                server.wait_until_ready()
                # Else all would be refused, which is as documented, too.
                server.get("/gradus/v1/status")
                # The check of wrong tokens uses up what an address may try, and all else would be answered with 429 then.
                checks = ["--checks", "all", "--exclude-checks", "ignored_auth"]
                check(name, fuzz(server, server.admin_token, options, options.seconds, checks))
                if has_tokens:
                    few = argparse.Namespace(**vars(options) | {"examples": 1})
                    checks = ["--checks", "ignored_auth,not_a_server_error", "--phases", "coverage,fuzzing"]
                    check(f"{engine}, a wrong token", fuzz(server, server.admin_token, few, 10, checks))
                server.get("/health")
                server.stop()
                check(f"{name}: it ends in order", server.process.returncode == 0)
                # The text stands at the end of a line; what a database refuses is told with a longer one.
                failures = [line for line in server.log if line.rstrip().endswith(" a request failed") or "Fatal error" in line]
                check(f"{name}: the log has no internal errors", not failures)
                print("".join(failures[:5]), end="", flush=True)
    print(f"{passed} passed, {failed} failed (seed {options.seed})")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
