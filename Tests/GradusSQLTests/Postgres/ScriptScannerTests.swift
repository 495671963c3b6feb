import Testing

@testable import GradusPostgres

@Suite struct ScriptScannerTests {
  private static func statements(_ script: String, hasEscapes: Bool = false) -> [String] {
    ScriptScanner.statements(of: script, plainStringsHaveEscapes: hasEscapes).map {
      String(decoding: Array(script.utf8)[$0.range], as: UTF8.self)
    }
  }

  @Test(arguments: [
    ("", []),
    (" ;; -- a;\n/* b; */", []),
    ("a;b", ["a;", "b"]),
    (" a ; -- c\n b -- d", ["a ;", "b"]),
    ("a 'x;y' b;c", ["a 'x;y' b;", "c"]),
    ("a 'it''s;';c", ["a 'it''s;';", "c"]),
    (#"a '\';c"#, [#"a '\';"#, "c"]),
    (#"a E'\';'; c"#, [#"a E'\';';"#, "c"]),
    (#"a e'x''\';'; c"#, [#"a e'x''\';';"#, "c"]),
    ("a E'x'\n -- y\n '\\';'; c", ["a E'x'\n -- y\n '\\';';", "c"]),
    (#"a U&'\0061;' ; c"#, [#"a U&'\0061;' ;"#, "c"]),
    (#"a "x;""y";c"#, [#"a "x;""y";"#, "c"]),
    ("a $$x;$y$;$$;c", ["a $$x;$y$;$$;", "c"]),
    ("a $t$x;$$;$t$;c", ["a $t$x;$$;$t$;", "c"]),
    ("a $1;c$x$;d$x$", ["a $1;", "c$x$;", "d$x$"]),
    ("a /* /* ; */ ; */ b;c", ["a /* /* ; */ ; */ b;", "c"]),
    ("CREATE RULE r AS ON INSERT TO t DO (a; b); c", ["CREATE RULE r AS ON INSERT TO t DO (a; b);", "c"]),
    (
      "CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN b END; SELECT 1; END; c",
      ["CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN b END; SELECT 1; END;", "c"]
    ),
    ("a 'never closed; b", ["a 'never closed; b"]),
    ("a $x$ never closed; b", ["a $x$ never closed; b"]),
    (#"a E'x\"#, [#"a E'x\"#]),
    ("a /* never closed; b", ["a"]),
    ("sélect;é", ["sélect;", "é"]),
    ("1e';';b", ["1e';';", "b"]),
  ])
  func findsBounds(_ script: String, _ expected: [String]) {
    #expect(Self.statements(script) == expected)
  }

  /// What a script leaves open would take in the beginning of a script behind it.
  @Test(arguments: [
    ("", true), ("a", true), ("a;", true), ("a 'x'", true), ("a -- x", true), ("a /* x */", true),
    ("$", true),
    ("a $x$ $x$", true), ("a (b)", true), ("a)", true), ("CREATE FUNCTION f() BEGIN ATOMIC a; END", true),
    ("a 'x", false), ("a E'x\\'", false), ("a \"x", false), ("a $x$ y", false), ("a /* x", false),
    ("a /* /* x */", false), ("a; /* x", false), ("a (b;", false),
    ("CREATE FUNCTION f() BEGIN ATOMIC a;", false),
  ])
  func knowsWhatIsLeftOpen(_ script: String, _ expected: Bool) {
    var scanner = ScriptScanner(Array(script.utf8))
    _ = scanner.scan()
    #expect(scanner.isClosed == expected)
  }

  @Test func plainStringsMayHaveEscapes() {
    #expect(Self.statements(#"a '\';'; c"#, hasEscapes: true) == [#"a '\';';"#, "c"])
  }

  @Test(arguments: [
    ("commit", true), ("COMMIT AND CHAIN", true), ("End", true), ("begin", true), ("ABORT", true),
    ("rollback to a", true), ("savepoint a", true), ("RELEASE a", true), ("start /* x */ transaction", true),
    ("prepare transaction 'x'", true), ("prepare x as select 1", false), ("select 1", false),
    ("(select 1) commit", false), ("\"commit\"", false), ("create table commit (a text)", false),
    ("do $$ begin commit; end $$", false), ("set transaction read only", false), ("committed", false),
  ])
  func knowsTransactionControl(_ statement: String, _ expected: Bool) {
    #expect(ScriptScanner.statements(of: statement).map(\.isTransactionControl) == [expected])
  }
}
