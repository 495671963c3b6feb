import Gradus
import GradusCatalog
import GradusSQL
import GradusTestSupport
import Testing

/// What of a schema is read.
@Suite struct CatalogTests {
  static let base = [
    "CREATE TABLE parents (id BIGINT PRIMARY KEY)",
    """
    CREATE TABLE things (
      id BIGINT PRIMARY KEY, name TEXT NOT NULL, size INTEGER DEFAULT 1, parent BIGINT REFERENCES parents (id),
      extra TEXT,
      UNIQUE (name, size), CHECK (size > 0)
    )
    """,
    "CREATE INDEX things_by_size ON things (size)",
    "CREATE VIEW small_things AS SELECT id FROM things WHERE size < 10",
  ]

  static func catalog(_ engine: Engine, _ statements: [String]) async throws -> Catalog {
    try await TestDatabase.withDatabase(engine) { database in
      try await database.open().transaction { connection in
        for statement in statements { try connection.execute(statement) }
        return try CatalogReader.read(connection)
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func everythingIsRead(engine: Engine) async throws {
    let catalog = try await Self.catalog(engine, Self.base)
    #expect(Set(catalog.tables.keys) == ["parents", "things"])
    let things = try #require(catalog.tables["things"])
    #expect(things.columns.map(\.name) == ["id", "name", "size", "parent", "extra"])
    #expect(things.column("name")?.isNullable == false)
    #expect(things.column("size")?.defaultValue == "1")
    #expect(things.primaryKey == ["id"])
    #expect(Set(things.constraints.map(\.kind)) == [.primaryKey, .unique, .check, .foreignKey])
    #expect(things.constraints.first { $0.kind == .unique }?.columns == ["name", "size"])
    #expect(things.constraints.first { $0.kind == .foreignKey }?.columns == ["parent"])
    #expect(things.indexes["things_by_size"]?.columns == ["size"])
    #expect(Array(catalog.views.keys) == ["small_things"])
  }

  @Test(arguments: TestDatabase.availableEngines)
  func gradusOwnTablesAreLeftOut(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let catalog = try await session.run { connection in
        try BookkeepingTables.ensure(connection)
        try connection.execute("CREATE TABLE gradus_things (id BIGINT)")
        return try CatalogReader.read(connection)
      }
      #expect(catalog.tables.keys.contains("schema_version"))
      #expect(catalog.tables.keys.filter { $0.hasPrefix("gradus_") } == ["gradus_things"])
    }
  }

  /// They come with the extension, and cannot be made beside it.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func enumerationsOfExtensionsAreLeftOut() async throws {
    let catalog = try await Self.catalog(
      .postgres,
      [
        "CREATE TYPE own AS ENUM ('a')", "CREATE TYPE mood AS ENUM ('fine')",
        "ALTER EXTENSION plpgsql ADD TYPE mood",
      ])
    #expect(catalog.enumerations == ["own": ["a"]])
  }

  /// However a definition writes them: PostgreSQL with quotes where it has to, SQLite as the key does.
  @Test(arguments: TestDatabase.availableEngines)
  func parentsOfForeignKeys(engine: Engine) async throws {
    let catalog = try await Self.catalog(
      engine,
      [
        "CREATE TABLE orders (id BIGINT PRIMARY KEY)",
        "CREATE TABLE \"odd \"\"name\"\". (x\" (id BIGINT PRIMARY KEY)",
        """
        CREATE TABLE lines (
          a BIGINT REFERENCES Orders, b BIGINT REFERENCES "odd ""name"". (x" (id) ON DELETE CASCADE,
          "c references orders" BIGINT REFERENCES lines (d), d BIGINT UNIQUE CHECK (d > 0)
        )
        """,
      ])
    let keys = try #require(catalog.tables["lines"]).constraints
    func parent(_ column: String, _ tables: some Collection<String>) -> String? {
      keys.first { $0.columns == [column] && $0.kind == .foreignKey }?.parent(among: tables)
    }
    let tables = catalog.tables.keys
    #expect(parent("a", tables) == "orders")
    #expect(parent("b", tables) == "odd \"name\". (x")
    #expect(parent("c references orders", tables) == "lines")
    #expect(parent("a", ["order", "ORDERS", "orders2"]) == "ORDERS")
    #expect(parent("a", ["order"]) == nil)
    #expect(keys.filter { $0.kind != .foreignKey }.allSatisfy { $0.parent == nil })
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aParentInAnotherSchema() async throws {
    let catalog = try await Self.catalog(
      .postgres,
      [
        "CREATE SCHEMA other", "CREATE TABLE other.orders (id BIGINT PRIMARY KEY)",
        "CREATE TABLE orders (id BIGINT PRIMARY KEY)",
        "CREATE TABLE lines (id BIGINT REFERENCES other.orders)",
      ])
    let key = try #require(catalog.tables["lines"]?.constraints.first)
    #expect(key.kind == .foreignKey)
    #expect(key.parent(among: catalog.tables.keys) == nil)
  }

  /// By which of its table access methods PostgreSQL keeps a table.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func accessMethodsAreTold() async throws {
    let catalog = try await Self.catalog(
      .postgres,
      [
        "CREATE ACCESS METHOD \"Plain\" TYPE TABLE HANDLER heap_tableam_handler",
        "CREATE TABLE others (id BIGINT) USING \"Plain\" WITH (fillfactor = 50)",
        "CREATE TABLE things (id BIGINT)",
      ])
    #expect(catalog.tables["others"]?.options == ["using \"Plain\"", "with fillfactor=50"])
    #expect(catalog.tables["things"]?.options == [])
  }
}
