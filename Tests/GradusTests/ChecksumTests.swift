import Testing

@testable import Gradus

@Suite struct ChecksumTests {
  private static let script = "CREATE TABLE a (\n  b TEXT DEFAULT ';--'\n);\n"

  @Test(arguments: [
    "CREATE TABLE a ( b TEXT DEFAULT ';--' );",
    "CREATE TABLE a (\r\n  b TEXT DEFAULT ';--'\r\n);\r\n",
    "-- why\nCREATE TABLE a ( /* a ; comment */ b TEXT DEFAULT ';--'\n);",
  ])
  func sameTokensSameChecksum(variant: String) {
    #expect(Checksum.of(variant) == Checksum.of(Self.script))
  }

  @Test(arguments: [
    "CREATE TABLE a (\n  b TEXT DEFAULT ';-- '\n);\n",
    "CREATE TABLE a (\n  c TEXT DEFAULT ';--'\n);\n",
    "CREATE TABLE a (\n  b TEXT DEFAULT ';--'\n);\nDROP TABLE a;",
  ])
  func otherTokensOtherChecksum(variant: String) {
    #expect(Checksum.of(variant) != Checksum.of(Self.script))
  }

  @Test func quotesKeepTheirWhiteSpace() {
    #expect(Checksum.of("SELECT 'a  b'") != Checksum.of("SELECT 'a b'"))
    #expect(Checksum.of("DO $x$ a  b $x$") != Checksum.of("DO $x$ a b $x$"))
    #expect(Checksum.of("SELECT $1 ,  $2") == Checksum.of("SELECT $1 , $2"))
    #expect(Checksum.of("SELECT 'it''s  '") != Checksum.of("SELECT 'it''s '"))
  }

  /// A checkout has the line ends that its machine is used to.
  @Test(arguments: [
    "CREATE FUNCTION f() AS $$\n  SELECT 1\n$$;\n", "INSERT INTO a VALUES ('one\ntwo');\n",
    "/* /* */ it's */\nSELECT 'one\ntwo'\n", "-- it's\nupdates:\n  - name: a\n",
  ])
  func lineEndsAreAlikeWithinQuotesToo(script: String) {
    let other = script.replacing("\n", with: "\r\n")
    #expect(Checksum.of(other) == Checksum.of(script))
    #expect(Checksum.of(updates: other) == Checksum.of(updates: script))
  }

  private static let updates = """
    updates:
      - name: fill
        kind: backfill
        table: rooms
        key: [room_id]
        sql: UPDATE rooms SET topic = 'a  b' WHERE {range}

    """

  @Test(arguments: [
    "# it's why\n\(updates)", updates.replacing("key: [room_id]", with: "key: [ room_id ] # the key's"),
    updates.replacing("sql: UPDATE", with: "sql: >\n      -- why\n\n      UPDATE"),
    updates.replacing("\n", with: "\r\n"),
  ])
  func anUpdatesFileThatSaysTheSame(variant: String) {
    #expect(Checksum.of(updates: variant) == Checksum.of(updates: Self.updates))
  }

  @Test(arguments: [
    updates.replacing("a  b", with: "a b"), updates.replacing("room_id", with: "topic"),
    updates.replacing("[room_id]", with: "[room, id]"), "\(updates)    ordering: 3\n",
    updates.replacing("key: [room_id]", with: "key: room_id"),
  ])
  func anUpdatesFileThatSaysAnother(variant: String) {
    #expect(Checksum.of(updates: variant) != Checksum.of(updates: Self.updates))
  }

  /// The published value of FNV-1a for "a".
  @Test func isFNV1a() { #expect(Checksum.of("a") == "fnv1a:af63dc4c8601ec8c") }
}
