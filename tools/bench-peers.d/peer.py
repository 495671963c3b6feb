"""What all contenders have in common."""

import os
import subprocess
from dataclasses import dataclass, field


@dataclass
class Command:
    """A process: what is timed, from its start to its end."""

    arguments: list
    environment: dict = field(default_factory=dict)
    folder: object = None

    def run(self):
        result = subprocess.run(
            [str(argument) for argument in self.arguments], env={**os.environ, **self.environment},
            cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if result.returncode != 0:
            raise RuntimeError(
                f"{self.arguments[0]} ended with {result.returncode}:\n{result.stdout[-1500:]}{result.stderr[-3000:]}")
        return result.stdout + result.stderr


class Peer:
    """A contender. Its trees are `deltas`, N deltas, and `full`, one snapshot of what they make."""

    name = ""
    engines = ("sqlite", "postgres")
    # Whether a second run finds that there is nothing to do.
    keeps_records = True

    def prepare(self, folder, deltas, tools):
        """Writes its trees below `folder`."""
        self.folder = folder
        self.tools = tools
        folder.mkdir(parents=True)
        self.write(deltas)

    def write(self, deltas):
        raise NotImplementedError

    def version(self):
        return self.idle(self.engines[0]).run().strip().splitlines()[-1]

    def idle(self, engine):
        """The command that does nothing but start the program that is used on an engine."""
        raise NotImplementedError

    def migrate(self, place, tree):
        """The command that brings a database to where the tree ends."""
        raise NotImplementedError

    def inside(self, place):
        """The command that measures itself on an up-to-date database and prints seconds as JSON; None for none."""
        return None


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
