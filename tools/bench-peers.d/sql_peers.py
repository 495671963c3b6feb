"""Contenders whose migrations are files of SQL."""

from peer import Command, Peer, put


class Shell(Peer):
    """The engine's own shell and one file: no contender, but the floor. A transaction a delta, or one for all."""

    name = "shell"
    keeps_records = False

    def write(self, deltas):
        each = "".join(f"BEGIN;\n{deltas.sql(number)}COMMIT;\n" for number in deltas.numbers)
        put(self.folder / "deltas.sql", each)
        put(self.folder / "full.sql", f"BEGIN;\n{deltas.full()}COMMIT;\n")

    def version(self):
        return f"sqlite3 {self.idle('sqlite').run().split()[0]}, {self.idle('postgres').run().strip()}"

    def idle(self, engine):
        return Command(["sqlite3" if engine == "sqlite" else "psql", "--version"])

    def migrate(self, place, tree):
        file = self.folder / f"{tree}.sql"
        if place.engine == "sqlite":
            return Command(["sqlite3", "-bail", place.path, f".read {file}"])
        return Command(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", place.name, "-f", file], place.environment)


class Gradus(Peer):
    name = "gradus"

    def write(self, deltas):
        last = deltas.last_version
        ledger = "".join(f"  {version}: {{compat: 1}}\n" for version in range(last, 0, -1))
        head = f"version: {last}\ncompat_version: 1\nversions:\n"
        root = self.folder / "deltas"
        put(root / "schema/schema.yaml", head + ledger)
        put(root / "schema/main/1/01_start.sql", "-- Empty.\n")
        for version, numbers in deltas.versions():
            for number in numbers:
                put(root / f"delta/main/{version}/{deltas.name(number)}.sql", deltas.sql(number))
        root = self.folder / "full"
        put(root / "schema/schema.yaml", head + ledger)
        put(root / f"schema/main/{last}/01_full.sql", deltas.full())

    def version(self):
        return self.tools["commit"]

    def idle(self, engine):
        return Command([self.tools["gradus"], "--help"])

    def migrate(self, place, tree):
        return Command([self.tools["gradus"], "migrate", "--schema-root", self.folder / tree,
                        "--database", self.url(place)], place.environment)

    @staticmethod
    def url(place):
        if place.engine == "sqlite":
            return f"sqlite:{place.path}"
        return f"host={place.host} port={place.port} user={place.user} dbname={place.name}"


class Sqitch(Peer):
    """A change is a script that psql or sqlite3 runs, with a transaction in it as `sqitch add` writes it."""

    name = "sqitch"

    def write(self, deltas):
        for engine, short in (("sqlite", "sqlite"), ("postgres", "pg")):
            changes = {deltas.name(number): deltas.sql(number) for number in deltas.numbers}
            for tree, scripts in (("deltas", changes), ("full", {"full": deltas.full()})):
                root = self.folder / engine / tree
                put(root / "sqitch.conf", f"[core]\n\tengine = {short}\n[user]\n\tname = bench\n\temail = bench@localhost\n")
                plan = "%syntax-version=1.0.0\n%project=bench\n\n"
                for name, sql in scripts.items():
                    plan += f"c{name} 2026-01-01T00:00:00Z bench <bench@localhost> # a table\n"
                    put(root / f"deploy/c{name}.sql", f"-- Deploy bench:c{name}\n\nBEGIN;\n\n{sql}\nCOMMIT;\n")
                put(root / "sqitch.plan", plan)

    def idle(self, engine):
        return Command(["sqitch", "--version"])

    def migrate(self, place, tree):
        target = f"db:sqlite:{place.path}" if place.engine == "sqlite" else f"db:pg:{place.name}"
        folder = self.folder / place.engine / tree
        return Command(["sqitch", "deploy", "--target", target], place.environment, folder)


class SQLMigrate(Peer):
    name = "sql-migrate"

    def write(self, deltas):
        for number in deltas.numbers:
            put(self.folder / f"deltas/{deltas.name(number)}.sql", "-- +migrate Up\n" + deltas.sql(number))
        put(self.folder / "full/00001_full.sql", "-- +migrate Up\n" + deltas.full())

    def version(self):
        return Command(["dpkg-query", "-W", "-f", "${Version}", "sql-migrate"]).run()

    def idle(self, engine):
        return Command(["sql-migrate", "status", "--help"])

    def migrate(self, place, tree):
        if place.engine == "sqlite":
            source = place.path
        else:
            source = f"host={place.host} port={place.port} user={place.user} dbname={place.name} sslmode=disable"
        dialect = "sqlite3" if place.engine == "sqlite" else "postgres"
        config = place.folder / f"{tree}.yml"
        put(config, f"bench:\n  dialect: {dialect}\n  datasource: {source}\n  dir: {self.folder / tree}\n")
        return Command(["sql-migrate", "up", f"-config={config}", "-env=bench"], place.environment)


class Yoyo(Peer):
    name = "yoyo"

    def write(self, deltas):
        for number in deltas.numbers:
            put(self.folder / f"deltas/{deltas.name(number)}.sql", deltas.sql(number))
        put(self.folder / "full/00001_full.sql", deltas.full())

    def version(self):
        return Command(["dpkg-query", "-W", "-f", "${Version}", "python3-yoyo"]).run()

    def idle(self, engine):
        return Command(["yoyo", "--help"])

    def migrate(self, place, tree):
        if place.engine == "sqlite":
            url = f"sqlite:///{place.path}"
        else:
            url = f"postgresql://{place.user}@/{place.name}?host={place.host}&port={place.port}"
        command = ["yoyo", "apply", "--batch", "--no-config-file", "--database", url, self.folder / tree]
        return Command(command, place.environment)
