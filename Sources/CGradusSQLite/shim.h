#ifndef GRADUS_CSQLITE_SHIM_H
#define GRADUS_CSQLITE_SHIM_H

#include <sqlite3.h>

// sqlite3_db_config is variadic, which Swift cannot call.
static inline int gradus_sqlite3_db_config_bool(sqlite3 *db, int option, int value) {
  return sqlite3_db_config(db, option, value, (int *)0);
}

// SQLITE_TRANSIENT is a function-pointer cast, which Swift cannot import.
static inline int gradus_sqlite3_bind_text(sqlite3_stmt *stmt, int index, const char *text, int count) {
  return sqlite3_bind_text(stmt, index, text, count, SQLITE_TRANSIENT);
}

static inline int gradus_sqlite3_bind_blob(sqlite3_stmt *stmt, int index, const void *bytes, int count) {
  return count == 0 ? sqlite3_bind_zeroblob(stmt, index, 0)
                    : sqlite3_bind_blob(stmt, index, bytes, count, SQLITE_TRANSIENT);
}

// SQLite 3.37 does not know where in a statement an error lies.
static inline int gradus_sqlite3_error_offset(sqlite3 *db) {
#if SQLITE_VERSION_NUMBER >= 3038000
  return sqlite3_error_offset(db);
#else
  (void)db;
  return -1;
#endif
}

#endif
