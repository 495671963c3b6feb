extension Corpus {
  /// C07 and C08 of columns that the version adds: older versions' INSERTs leave them out.
  static let newColumns: [Example] = [
    Example(
      "ALTER TABLE things ADD COLUMN kind TEXT;\nALTER TABLE things ADD CONSTRAINT k CHECK (kind IS NOT NULL) NOT VALID;",
      "C08", on: .postgres),
    Example("ALTER TABLE things ADD COLUMN kind TEXT CHECK (kind IS NOT NULL);", "C08", on: .sqlite),
    Example("ALTER TABLE things ADD COLUMN kind TEXT DEFAULT 'a' CHECK (kind <> 'a');", "C08", on: .sqlite),
    Example("ALTER TABLE things ADD COLUMN kind TEXT CHECK (kind <> name);", "C08", on: .sqlite),
    Example(
      "ALTER TABLE things ADD COLUMN owner BIGINT DEFAULT 0;\nALTER TABLE things ADD FOREIGN KEY (owner) REFERENCES parents NOT VALID;",
      "C08", "P13", on: .postgres),
    Example(
      "ALTER TABLE things ADD COLUMN kind TEXT DEFAULT 'x';\nCREATE UNIQUE INDEX things_kind ON things (kind);",
      "C07", "D03", on: .sqlite),
    Example(
      "ALTER TABLE things ADD COLUMN kind TEXT;\nCREATE UNIQUE INDEX things_kind ON things (kind) NULLS NOT DISTINCT;",
      "C07", "D03", "P07", on: .postgres),

    Example("ALTER TABLE things ADD COLUMN kind TEXT CHECK (kind <> '');", near: ["C08"], on: .sqlite),
    Example(
      "ALTER TABLE things ADD COLUMN kind TEXT COLLATE \"C\" NOT NULL DEFAULT 'a';\nALTER TABLE things ADD CHECK (kind <> '') NOT VALID;",
      near: ["C08"], on: .postgres),
    Example(
      "ALTER TABLE things ADD COLUMN owner BIGINT;\nALTER TABLE things ADD FOREIGN KEY (owner) REFERENCES parents NOT VALID;",
      "P13", near: ["C08"], on: .postgres),
    Example(
      "ALTER TABLE things ADD COLUMN kind TEXT;\nCREATE UNIQUE INDEX things_kind ON things (kind, size);",
      "D03",
      near: ["C07"], on: .sqlite),
    Example(
      "ALTER TABLE things ADD COLUMN number BIGSERIAL UNIQUE;", "D03", "P04", near: ["C07"], on: .postgres),
  ]
}
