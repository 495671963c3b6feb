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

  /// The published value of FNV-1a for "a".
  @Test func isFNV1a() { #expect(Checksum.of("a") == "fnv1a:af63dc4c8601ec8c") }
}
