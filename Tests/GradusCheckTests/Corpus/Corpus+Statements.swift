extension Corpus {
  /// P09 and P12: what one statement is enough for.
  static let statements: [Example] = [
    Example("UPDATE things SET note = 'x' WHERE note IS NULL;", "P09"),
    Example("DELETE FROM things;", "P09"),
    Example("DELETE FROM things WHERE code = 'x';", "P09"),
    Example("EXPLAIN ANALYZE DELETE FROM things;", "P09", on: .postgres),
    Example("UPDATE things SET note = 'x' WHERE id = 1 OR size = 2;", "P09"),
    Example(
      "WITH old AS (SELECT id FROM parents) DELETE FROM things WHERE id IN (SELECT id FROM old);", "P09"),
    Example("ALTER TABLE parents RENAME TO owners;\nDELETE FROM owners;", "C03", "P09", on: .sqlite),
    Example(
      "CREATE TABLE a_table_with_a_name_that_is_a_little_longer_than_what_postgresql_keeps_of_it (id BIGINT);",
      "P12", on: .postgres),
    Example(
      "ALTER TABLE things ADD COLUMN \"grün_und_blau_und_rot_und_gelb_und_violett_und_orange_und_weiß_x\" TEXT;",
      "P12", on: .postgres),
    // It is another table's key that is given.
    Example("UPDATE things SET note = 'x' FROM parents WHERE parents.id = 1;", "P09"),
    Example("DELETE FROM things USING parents WHERE parents.id = 1;", "P09", on: .postgres),
    Example(
      "UPDATE things AS parents SET note = 'x' FROM parents AS things WHERE things.id = 1;", "P09"),

    Example("DELETE FROM things WHERE (id = 1 OR size = 2);", "P09"),
    Example("DELETE FROM things WHERE (code, size) = ('x', parent);", "P09"),
    Example("DELETE FROM things WHERE (code, note) IN (VALUES ('x', 'y'));", "P09"),
    Example("DELETE FROM things WHERE (code, size) IN (SELECT 'x', id FROM parents);", "P09"),

    Example("DELETE FROM things WHERE (id = 1);", near: ["P09"]),
    Example("EXPLAIN (ANALYZE off) DELETE FROM things;", near: ["P09"], on: .postgres),
    Example("DELETE FROM things WHERE ((size > 3) AND ((id) IN (1, -2)));", near: ["P09"]),
    Example("DELETE FROM things WHERE (code, size) = ('x', 2);", near: ["P09"]),
    Example("DELETE FROM things WHERE ('x', 2) = (things.code, size) AND note IS NULL;", near: ["P09"]),
    Example("DELETE FROM things WHERE (code, size) IN (VALUES ('x', 2), ('y', 3));", near: ["P09"]),
    Example("DELETE FROM things WHERE (code, size) IN (('x', 2), ('y', 3));", near: ["P09"], on: .postgres),
    Example("DELETE FROM things WHERE id IN (VALUES (1), (2));", near: ["P09"]),
    Example("UPDATE things AS t SET note = 'x' WHERE t.id = 1;", near: ["P09"]),
    Example("DELETE FROM things AS t WHERE t.id = 1;", near: ["P09"]),
    Example(
      "UPDATE things SET note = 'x' FROM parents WHERE things.id = 1 AND parents.id = things.parent;",
      near: ["P09"]),
    Example("UPDATE things SET note = 'x' WHERE id = 1;", near: ["P09"]),
    Example("UPDATE things SET note = 'x' WHERE things.id IN (1, 2) AND size > 3;", near: ["P09"]),
    Example("DELETE FROM things WHERE 'x' = code AND size = 2;", near: ["P09"]),
    Example("DELETE FROM things WHERE name = 'a';", near: ["P09"]),
    Example("CREATE TABLE more (a TEXT);\nINSERT INTO more VALUES ('x');\nDELETE FROM more;", near: ["P09"]),
    Example("DELETE FROM background_updates WHERE update_name LIKE 'a%';", near: ["P09"]),
    Example(
      "INSERT INTO things (id, name) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET name = excluded.name;",
      near: ["P09"]),
    Example(
      "CREATE TABLE a_table_with_a_name_of_exactly_the_63_bytes_that_are_kept_of_it (id BIGINT);",
      near: ["P12"], on: .postgres),
    Example(
      "CREATE TABLE a_table_with_a_name_that_is_a_little_longer_than_what_postgresql_keeps_of_it (id BIGINT);",
      near: ["P12"], on: .sqlite),
    Example(
      "COMMENT ON TABLE things IS 'a text of more than sixty-three bytes is nothing to worry about, it is kept';",
      near: ["P12"], on: .postgres),
  ]
}
