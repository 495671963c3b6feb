extension Corpus {
  /// P01, P02, P08 and P13: constraints.
  static let constraints: [Example] = [
    Example("ALTER TABLE feelings ALTER COLUMN until SET NOT NULL;", "C05", "P01", on: .postgres),
    Example("ALTER TABLE things ADD CONSTRAINT positive CHECK (size > 0);", "C08", "P02", on: .postgres),
    Example("ALTER TABLE things ADD FOREIGN KEY (size) REFERENCES parents;", "C08", "P02", on: .postgres),
    Example("ALTER TABLE things ADD COLUMN kind TEXT CHECK (kind <> '');", "P02", on: .postgres),
    Example(
      "ALTER TABLE things ADD COLUMN kind TEXT;\nALTER TABLE things ADD CONSTRAINT k CHECK (kind <> '');",
      "P02",
      on: .postgres),
    Example(
      """
      ALTER TABLE things ADD CONSTRAINT positive CHECK (size > 0) NOT VALID;
      ALTER TABLE things VALIDATE CONSTRAINT positive;
      """, "C08", "P08", on: .postgres),
    Example("CREATE TABLE more (id BIGINT PRIMARY KEY, thing BIGINT REFERENCES things);", "P13"),
    Example(
      """
      CREATE TABLE more (a BIGINT, thing BIGINT REFERENCES things);
      CREATE INDEX more_a_thing ON more (a, thing);
      """, "P13"),
    Example("ALTER TABLE things ADD COLUMN owner BIGINT REFERENCES parents (id);", "P13"),

    // It is so already.
    Example("ALTER TABLE things ALTER COLUMN name SET NOT NULL;", near: ["P01", "C05"], on: .postgres),
    // A validated check says it already.
    Example("ALTER TABLE feelings ALTER COLUMN since SET NOT NULL;", "C05", near: ["P01"], on: .postgres),
    Example(
      "CREATE TABLE more (a TEXT);\nALTER TABLE more ALTER COLUMN a SET NOT NULL;", near: ["P01", "C05"],
      on: .postgres),
    Example(
      "CREATE TABLE more (a INTEGER);\nALTER TABLE more ADD CONSTRAINT c CHECK (a > 0);",
      near: ["P02", "C08"],
      on: .postgres),
    Example("ALTER TABLE feelings VALIDATE CONSTRAINT brief;", near: ["P08"], on: .postgres),
    Example(
      "ALTER TABLE feelings ALTER CONSTRAINT owner DEFERRABLE INITIALLY DEFERRED;", near: ["C08"],
      on: .postgres),
    Example(
      """
      -- gradus:no-transaction
      -- gradus:ignore C08 nobody writes such sizes
      ALTER TABLE things ADD CONSTRAINT positive CHECK (size > 0) NOT VALID;
      ALTER TABLE things VALIDATE CONSTRAINT positive;
      """, "P03", near: ["P08"], on: .postgres),
    Example(
      """
      CREATE TABLE more (thing BIGINT REFERENCES things, a BIGINT REFERENCES parents, PRIMARY KEY (thing, a));
      CREATE INDEX more_a ON more (a) WHERE a IS NOT NULL;
      """, near: ["P13"]),
    Example(
      """
      ALTER TABLE things ADD COLUMN owner BIGINT REFERENCES parents (id);
      -- gradus:ignore D03 nobody has many things
      CREATE INDEX things_owner ON things (owner);
      """, near: ["P13", "P02", "D03"], on: .sqlite),
  ]
}
