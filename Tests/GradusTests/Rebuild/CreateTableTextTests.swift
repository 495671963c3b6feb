import Testing

@testable import Gradus

@Suite struct CreateTableTextTests {
  private static let added = "CONSTRAINT \"c\" CHECK (1)"

  @Test(arguments: [
    ("CREATE TABLE t (a)", "CREATE TABLE t (a, CONSTRAINT \"c\" CHECK (1))"),
    (
      "CREATE TABLE t(a INT -- the end, really)\n)",
      "CREATE TABLE t(a INT, CONSTRAINT \"c\" CHECK (1) -- the end, really)\n)"
    ),
    (
      "CREATE TABLE t(a,b /* ) */ ) STRICT", "CREATE TABLE t(a,b, CONSTRAINT \"c\" CHECK (1) /* ) */ ) STRICT"
    ),
    (
      "CREATE TABLE [t)](a DEFAULT ')', CHECK (a IN (')', \",\")))",
      "CREATE TABLE [t)](a DEFAULT ')', CHECK (a IN (')', \",\")), CONSTRAINT \"c\" CHECK (1))"
    ),
    (
      "CREATE TABLE t(a INT, PRIMARY KEY (a)) WITHOUT ROWID",
      "CREATE TABLE t(a INT, PRIMARY KEY (a), CONSTRAINT \"c\" CHECK (1)) WITHOUT ROWID"
    ),
  ])
  func addsAConstraint(sql: String, expected: String) throws {
    #expect(CreateTableText(sql)?.adding(Self.added)?.sql == expected)
  }

  @Test(arguments: [
    ("CREATE TABLE t (a, b)", "a", "CREATE TABLE t (a NOT NULL, b)"),
    ("CREATE TABLE t (a, B TEXT -- why, oh\n)", "b", "CREATE TABLE t (a, B TEXT NOT NULL -- why, oh\n)"),
    (
      "CREATE TABLE t (a INT, -- first\n b INT, c)", "b",
      "CREATE TABLE t (a INT, -- first\n b INT NOT NULL, c)"
    ),
    (
      "CREATE TABLE t (\"a \"\"b\" DECIMAL(10, 2), c)", "a \"b",
      "CREATE TABLE t (\"a \"\"b\" DECIMAL(10, 2) NOT NULL, c)"
    ),
    ("CREATE TABLE t ('it''s' DEFAULT 'x,', c)", "it's", "CREATE TABLE t ('it''s' DEFAULT 'x,' NOT NULL, c)"),
    (
      "CREATE TABLE t (`a` INT REFERENCES p (x), c)", "a",
      "CREATE TABLE t (`a` INT REFERENCES p (x) NOT NULL, c)"
    ),
    ("CREATE TABLE t (größe INT, c)", "größe", "CREATE TABLE t (größe INT NOT NULL, c)"),
    ("CREATE TABLE t ([check] INT, CHECK (1))", "check", "CREATE TABLE t ([check] INT NOT NULL, CHECK (1))"),
  ])
  func marksAColumn(sql: String, column: String, expected: String) {
    #expect(CreateTableText(sql)?.settingNotNull(column)?.sql == expected)
  }

  @Test func aConstraintIsNoColumn() {
    #expect(CreateTableText("CREATE TABLE t (a, CHECK (a), UNIQUE (a))")?.settingNotNull("check") == nil)
    #expect(CreateTableText("CREATE TABLE t (GRÖSSE)")?.settingNotNull("größe") == nil)
  }

  @Test(arguments: [
    ("CREATE TABLE t (a)", "CREATE TABLE \"new\" (a)"),
    ("CREATE TABLE 'T'(a REFERENCES t (a))", "CREATE TABLE \"new\"(a REFERENCES t (a))"),
    (
      "CREATE TABLE t (a, t, CHECK (T.a > 0 AND main.\"t\".t < 1.5 AND t > .5))",
      "CREATE TABLE \"new\" (a, t, CHECK (a > 0 AND t < 1.5 AND t > .5))"
    ),
    ("CREATE TABLE main (a, CHECK (main.main.a))", "CREATE TABLE \"new\" (a, CHECK (a))"),
    ("CREATE TABLE t (a DEFAULT 't.a')", "CREATE TABLE \"new\" (a DEFAULT 't.a')"),
  ])
  func takesAnotherName(sql: String, expected: String) {
    #expect(CreateTableText(sql)?.renamed(to: "new")?.sql == expected)
  }

  @Test(arguments: [
    ("c", true), ("C D", true), ("e", true), ("x", false), ("f", false), ("not", false),
  ])
  func findsConstraints(name: String, isThere: Bool) {
    let text = CreateTableText(
      "CREATE TABLE t (a CONSTRAINT c NOT NULL, b DEFAULT 'CONSTRAINT x', CONSTRAINT \"c d\" CHECK (a), constraint [E] UNIQUE (a) /* constraint f */)"
    )
    #expect(text?.hasConstraint(name) == isThere)
  }

  @Test(arguments: [
    "CREATE VIRTUAL TABLE t USING fts5(a)", "CREATE TABLE t (a", "CREATE TABLE t AS SELECT 1", "",
    "CREATE TABLE t (a,)",
    "CREATE TABLE t (a 'x",
  ])
  func understandsTablesOnly(sql: String) { #expect(CreateTableText(sql) == nil) }

  @Test func knowsWhereRowIDsAre() {
    #expect(CreateTableText("CREATE TABLE t (a PRIMARY KEY) STRICT, without ROWID")?.isWithoutRowID == true)
    #expect(CreateTableText("CREATE TABLE t (without PRIMARY KEY) -- WITHOUT ROWID")?.isWithoutRowID == false)
  }

  @Test func leavesNothingOpen() {
    #expect(CreateTableText("CREATE TABLE t (a)")?.adding("CHECK (a") == nil)
    #expect(CreateTableText("CREATE TABLE t (a)")?.adding("CHECK ('a)") == nil)
  }
}
