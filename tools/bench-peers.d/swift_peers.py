"""Contenders in Swift, from the nested package."""

from peer import Command, Peer


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
