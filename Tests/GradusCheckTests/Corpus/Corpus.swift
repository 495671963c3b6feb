import Foundation
import Gradus
import GradusCheck
import GradusSQL
import GradusTestSupport
import GradusUpdates

/// Deltas that must be found, and near misses that must not, each upon the same schema.
enum Corpus {
  static let all =
    compat + newColumns + keys + rebuilds + discipline + constraints + rewrites + locks + statements + sqlite
    + failures + rows + losses + spellings

  /// The schema of version 1.
  private static let base = [
    "schema/main/1/01_base.sql": """
    CREATE TABLE parents (id BIGINT PRIMARY KEY);
    CREATE TABLE things (
      id BIGINT PRIMARY KEY, name TEXT NOT NULL, size INTEGER DEFAULT 1, note TEXT,
      parent BIGINT, code TEXT NOT NULL DEFAULT 'x', UNIQUE (code, size)
    );
    CREATE UNIQUE INDEX things_name ON things (name);
    CREATE INDEX things_size ON things (size);
    CREATE VIEW small AS SELECT id FROM things WHERE size < 10;
    """,
    "schema/main/1/02_feelings.sql.postgres": """
    CREATE TYPE mood AS ENUM ('fine');
    CREATE TABLE feelings (
      id BIGINT PRIMARY KEY, mood mood, since TEXT CONSTRAINT known CHECK (since IS NOT NULL),
      until TEXT, parent BIGINT CONSTRAINT owner REFERENCES parents, CONSTRAINT ordered CHECK (until > 'a')
    );
    CREATE INDEX feelings_parent ON feelings (parent);
    ALTER TABLE feelings ADD CONSTRAINT brief CHECK (length(until) < 9) NOT VALID;
    CREATE SEQUENCE numbers;
    CREATE DOMAIN brief_text AS TEXT CHECK (length(VALUE) < 9);
    CREATE FUNCTION twice(n BIGINT) RETURNS BIGINT LANGUAGE sql AS 'SELECT 2 * n';
    """,
    "schema/main/1/02_notes.sql.sqlite": """
    CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT, size INTEGER, kind TEXT UNIQUE);
    CREATE INDEX notes_body ON notes (body);
    CREATE TRIGGER notes_size AFTER INSERT ON notes BEGIN
      UPDATE notes SET size = length(NEW.body) WHERE id = NEW.id;
    END;
    CREATE TABLE holders (id INTEGER PRIMARY KEY);
    CREATE TABLE links (
      id INTEGER PRIMARY KEY, other BIGINT REFERENCES holders,
      owner BIGINT REFERENCES holders ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
    );
    CREATE INDEX links_owner ON links (owner);
    CREATE INDEX links_other ON links (other);
    """,
  ]

  /// What is found in a delta of version 2.
  static func check(_ engine: Engine, _ delta: String, ledger: String? = nil) async throws -> [Finding] {
    try await check(
      [engine],
      base.merging(["delta/main/2/01_change.sql": delta]) { $1 }, ledger: ledger)
  }

  /// What is found in a tree of files.
  ///
  /// - Parameter server: where PostgreSQL's scratch databases are made; nil for the tests' own server.
  static func check(
    _ engines: [Engine], _ files: [String: String], ledger: String? = nil, server: ScratchServer? = nil
  ) async throws -> [Finding] {
    let ledger =
      ledger ?? "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n"
    let tree = try TemporarySchema(files.merging(["schema/schema.yaml": ledger]) { $1 })
    let schema = try tree.definition()
    let own = try ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"].map(ScratchServer.init)
    let registry = UpdateRegistry(handlers: [], declarations: schema.tree.declarations.values)
    return try await Checker(
      SchemaBuilder(schema: schema, registry: registry, server: server ?? own), engines: engines
    ).run().findings
  }
}
