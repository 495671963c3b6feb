"""Contenders in Swift, from the nested package Benchmarks."""

from peer import Command, Peer
from sql_peers import Gradus


class GRDB(Peer):
    """GRDB's DatabaseMigrator in a small program; its migrations are in the program, so that it reads no files."""

    name = "grdb"
    engines = ("sqlite",)

    def write(self, deltas):
        self.count = deltas.count

    def idle(self, engine):
        return Command([self.tools["peer_grdb"], "--version"])

    def migrate(self, place, tree):
        return Command([self.tools["peer_grdb"], place.path, self.count, tree])

    def inside(self, place):
        return self.migrate(place, "inside")


class GradusLibrary(Gradus):
    """Gradus in a small program, as an application embeds it: what stands against GRDB. It reads the tree's files."""

    name = "gradus-library"

    def idle(self, engine):
        return Command([self.program(engine), "--version"])

    def migrate(self, place, tree):
        return self.command(place, tree)

    def inside(self, place):
        return self.command(place, "deltas", "inside")

    def command(self, place, tree, *more):
        database = place.path if place.engine == "sqlite" else self.url(place)
        return Command([self.program(place.engine), database, self.folder / tree, *more], place.environment)

    def program(self, engine):
        """One an engine: an application on SQLite links no libpq."""
        return self.tools[f"peer_gradus_{engine}"]
