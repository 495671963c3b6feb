"""Contenders in Swift, from the nested package."""

from peer import Command, Peer
from sql_peers import Gradus


class GRDB(Peer):
    """GRDB's DatabaseMigrator in a small program; its migrations are in the program, so that it reads no files."""

    name = "grdb"
    engines = ("sqlite",)

    def write(self, deltas):
        self.count = deltas.count

    def idle(self):
        return Command([self.tools["peer_grdb"], "--version"])

    def migrate(self, place, tree):
        return Command([self.tools["peer_grdb"], place.path, self.count, tree])

    def inside(self, place):
        return self.migrate(place, "inside")


class GradusLibrary(Gradus):
    """Gradus in a small program, as an application embeds it: what stands against GRDB. It reads the tree's files."""

    name = "gradus-library"

    def idle(self):
        return Command([self.tools["peer_gradus"], "--version"])

    def migrate(self, place, tree):
        return Command([self.tools["peer_gradus"], self.url(place), self.folder / tree], place.environment)

    def inside(self, place):
        return Command([self.tools["peer_gradus"], self.url(place), self.folder / "deltas", "inside"],
                       place.environment)
