"""The SQL that every contender runs: N small deltas, and the same as one file."""

import random


class Deltas:
    """N deltas, each with a table of a few columns and a row in it; the same text on both engines."""

    # A version of the homeserver that Gradus follows has 5 to 30.
    PER_VERSION = 20

    def __init__(self, count):
        self.count = count

    @property
    def numbers(self):
        return range(1, self.count + 1)

    @staticmethod
    def name(number):
        return f"{number:05}_table"

    @staticmethod
    def statements(number):
        return [
            f"CREATE TABLE t{number:05} (id BIGINT PRIMARY KEY, name TEXT NOT NULL, "
            "amount BIGINT NOT NULL DEFAULT 0, note TEXT)",
            f"INSERT INTO t{number:05} (id, name) VALUES ({number}, 'row of {number}')",
        ]

    def sql(self, number):
        return "".join(statement + ";\n" for statement in self.statements(number))

    def full(self):
        """All of it, as a snapshot holds it."""
        return "".join(self.sql(number) for number in self.numbers)

    def versions(self):
        """Version by version, the first of which is 2, the numbers of its deltas."""
        for start in range(0, self.count, self.PER_VERSION):
            yield 2 + start // self.PER_VERSION, self.numbers[start:start + self.PER_VERSION]

    @property
    def last_version(self):
        return max(version for version, _ in self.versions())

    def check(self, place):
        """Fails where a table or its row is missing: a fast wrong result is worth nothing."""
        tables = place.scalar(
            "SELECT count(*) FROM " + ("sqlite_master WHERE type = 'table' AND name" if place.engine == "sqlite"
                                       else "pg_class WHERE relkind = 'r' AND relname") + " LIKE 't0%'")
        if tables != self.count:
            raise RuntimeError(f"{tables} tables instead of {self.count}")
        for number in random.sample(self.numbers, min(5, self.count)):
            if place.scalar(f"SELECT sum(id) FROM t{number:05}") != number:
                raise RuntimeError(f"t{number:05} does not hold its row")
