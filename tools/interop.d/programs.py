"""The two programs: each runs a queue to its end, and says how long each update took."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time

LINE = re.compile(r"Running background update '([^']+)'\. Processed \d+ items in (\d+)ms")


class Configuration:
    """The homeserver's, as JSON, which is YAML too."""

    def __init__(self, folder, server_name, key):
        self.folder = folder
        self.path = folder / "homeserver.yaml"
        self.log = folder / "homeserver.log"
        self.server_name = server_name
        self.key = key

    def write(self, database):
        log = self.folder / "log.yaml"
        handler = {"class": "logging.FileHandler", "filename": str(self.log), "formatter": "plain"}
        log.write_text(json.dumps({
            "version": 1, "disable_existing_loggers": False,
            "formatters": {"plain": {"format": "%(name)s %(levelname)s %(message)s"}},
            "handlers": {"file": handler}, "root": {"level": "INFO", "handlers": ["file"]},
        }))
        self.path.write_text(json.dumps({
            "server_name": self.server_name, "report_stats": False, "signing_key_path": str(self.key),
            "media_store_path": str(self.folder / "media"), "macaroon_secret_key": "interop",
            "form_secret": "interop", "registration_shared_secret": "interop",
            "suppress_key_server_warning": True, "trusted_key_servers": [], "listeners": [],
            "background_updates": {"sleep_enabled": False}, "log_config": str(log),
            "pid_file": str(self.folder / "homeserver.pid"), "database": database,
        }))


def count(place):
    connection = place.connect()
    cursor = connection.cursor()
    cursor.execute("SELECT COUNT(*) FROM background_updates")
    found = cursor.fetchone()[0]
    connection.close()
    return found


def original(place, config, python, timeout):
    """Starts the homeserver, waits until its queue is empty, and stops it. Milliseconds by update."""
    config.write(place.config)
    config.log.unlink(missing_ok=True)
    output = config.folder / "homeserver.out"
    with open(output, "w") as out:
        process = subprocess.Popen(
            [python, "-m", "synapse.app.homeserver", "-c", str(config.path)], stdout=out, stderr=subprocess.STDOUT)
    end = time.monotonic() + timeout
    try:
        while count(place) > 0:
            if process.poll() is not None:
                sys.exit(f"the homeserver ended:\n{output.read_text()[-2000:]}")
            if time.monotonic() > end:
                sys.exit(f"the homeserver was not ready within {timeout} s")
            time.sleep(0.5)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait()
    times = {}
    for name, milliseconds in LINE.findall(config.log.read_text()):
        times[name] = times.get(name, 0) + int(milliseconds)
    return times


def ours(place, program, environment, updates, flags=()):
    """Milliseconds from the first update's start to the last one's end. What it fails with ends ours, too."""
    command = [program, "updates", "run", *updates, *flags, "--database", place.url, "--format", "json"]
    output = []
    with tempfile.TemporaryFile("w+") as messages:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=messages, text=True,
                              env={**os.environ, **environment}) as process:
            try:
                for line in process.stdout:
                    output.append((time.monotonic(), line))
            except BaseException:
                # Where we are ended, nobody waits for its work.
                process.terminate()
                raise
        if process.returncode != 0:
            messages.seek(0)
            told = messages.read()
            told = "".join(line for _, line in output) + told
            sys.exit(f"the worked example ended with exit code {process.returncode}:\n{told[-2000:]}")
    # The last line is about the whole run, whose workers may wait a little for news of each other.
    return (output[-2][0] - output[0][0]) * 1000
