"""Contenders in Python, from PyPI."""

import shutil

from peer import Command, Peer, put

REVISION = '''"""A table."""
from alembic import op

revision = "{revision}"
down_revision = {before!r}
branch_labels = None
depends_on = None


def upgrade():
{body}

def downgrade():
    pass
'''


class Alembic(Peer):
    """With the environment that `alembic init` writes, so in one transaction where the engine can roll DDL back."""

    name = "alembic"

    def write(self, deltas):
        for tree in ("deltas", "full"):
            root = self.folder / tree
            Command([self.tools["python"], "-m", "alembic", "init", root / "scripts"], folder=self.folder).run()
            (self.folder / "alembic.ini").replace(root / "alembic.ini")
        before = None
        for number in deltas.numbers:
            before = self.revision("deltas", f"r{number:05}", before, deltas.statements(number))
        self.revision("full", "full", None, [line for number in deltas.numbers for line in deltas.statements(number)])

    def revision(self, tree, name, before, statements):
        body = "".join(f"    op.execute({statement!r})\n" for statement in statements)
        put(self.folder / tree / f"scripts/versions/{name}_table.py",
            REVISION.format(revision=name, before=before, body=body))
        return name

    def idle(self, engine):
        return Command([self.tools["python"], "-m", "alembic", "--version"])

    def migrate(self, place, tree):
        if place.engine == "sqlite":
            url = f"sqlite:///{place.path}"
        else:
            url = f"postgresql+psycopg2://{place.user}@/{place.name}?host={place.host}&port={place.port}"
        root = self.folder / tree
        config = root / f"{place.engine}.ini"
        lines = (root / "alembic.ini").read_text().splitlines()
        config.write_text("\n".join(
            f"sqlalchemy.url = {url}" if line.startswith("sqlalchemy.url") else line for line in lines) + "\n")
        command = [self.tools["python"], "-m", "alembic", "-c", config, "upgrade", "head"]
        return Command(command, place.environment, root)


SETTINGS = """import os

SECRET_KEY = "bench"
INSTALLED_APPS = ["bench"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": os.environ["BENCH_ENGINE"], "NAME": os.environ["BENCH_NAME"]}}
"""
MANAGE = """import os
import sys

from django.core.management import execute_from_command_line

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
execute_from_command_line(sys.argv)
"""
MIGRATION = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = {dependencies!r}
    operations = [migrations.RunSQL({statements!r})]
"""


class Django(Peer):
    """One app without models; a migration is a RunSQL, in a transaction by default."""

    name = "django"

    def write(self, deltas):
        for tree in ("deltas", "full"):
            root = self.folder / tree
            put(root / "settings.py", SETTINGS)
            put(root / "manage.py", MANAGE)
            put(root / "bench/__init__.py", "")
            put(root / "bench/migrations/__init__.py", "")
        dependencies = []
        for number in deltas.numbers:
            self.migration("deltas", deltas.name(number), dependencies, deltas.statements(number))
            dependencies = [("bench", deltas.name(number))]
        self.migration("full", "0001_squashed", [],
                       [line for number in deltas.numbers for line in deltas.statements(number)])

    def migration(self, tree, name, dependencies, statements):
        put(self.folder / tree / f"bench/migrations/{name}.py",
            MIGRATION.format(dependencies=dependencies, statements=statements))

    def idle(self, engine):
        return Command([self.tools["python"], "-m", "django", "--version"])

    def migrate(self, place, tree):
        if place.engine == "sqlite":
            environment = {"BENCH_ENGINE": "django.db.backends.sqlite3", "BENCH_NAME": str(place.path)}
        else:
            environment = {**place.environment, "BENCH_ENGINE": "django.db.backends.postgresql",
                           "BENCH_NAME": place.name}
        return Command([self.tools["python"], self.folder / tree / "manage.py", "migrate"], environment)


class Synapse(Peer):
    """The homeserver whose schema management Gradus follows: its `prepare_database`, as its start-up calls it."""

    name = "synapse"

    def write(self, deltas):
        script = self.tools["root"] / "tools/bench-peers.d/prepare_synapse.py"
        shutil.copy(script, self.folder / script.name)
        last = deltas.last_version
        for tree in ("deltas", "full"):
            for database in ("common", "main", "state"):
                # Of each the newest full schema must be of the same version.
                first = 1 if tree == "deltas" else last
                # It looks into its table of users before each upgrade.
                sql = "CREATE TABLE users (name TEXT);\n" if database == "main" else "SELECT 1;\n"
                if (tree, database) == ("full", "main"):
                    sql += deltas.full()
                put(self.folder / tree / f"{database}/full_schemas/{first}/full.sql", sql)
        for version, numbers in deltas.versions():
            for number in numbers:
                put(self.folder / f"deltas/main/delta/{version}/{deltas.name(number)}.sql", deltas.sql(number))
        self.last = last

    def version(self):
        return Command([self.tools["python"], "-c", "import synapse; print(synapse.__version__)"]).run().strip()

    def idle(self, engine):
        return Command([self.tools["python"], self.folder / "prepare_synapse.py"])

    def migrate(self, place, tree):
        arguments = [self.folder / tree, self.last, place.engine]
        arguments.append(place.path if place.engine == "sqlite" else place.name)
        return Command([self.tools["python"], self.folder / "prepare_synapse.py", *arguments], place.environment)
