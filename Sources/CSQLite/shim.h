#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H
#include <sqlite3.h>

// Swift does not see these names, which are made of other macros.
enum {
  CSQLITE_UNIQUE = SQLITE_CONSTRAINT_UNIQUE,
  CSQLITE_PRIMARY_KEY = SQLITE_CONSTRAINT_PRIMARYKEY,
  CSQLITE_ROW_ID = SQLITE_CONSTRAINT_ROWID,
  CSQLITE_FOREIGN_KEY = SQLITE_CONSTRAINT_FOREIGNKEY,
  CSQLITE_NOT_NULL = SQLITE_CONSTRAINT_NOTNULL,
  CSQLITE_CHECK = SQLITE_CONSTRAINT_CHECK,
};

// Swift cannot see a macro that is a cast, nor call a function with `...`.
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const void *text, int length) {
  return sqlite3_bind_text(statement, index, text, length, SQLITE_TRANSIENT);
}
static inline int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int length) {
  return sqlite3_bind_blob(statement, index, bytes, length, SQLITE_TRANSIENT);
}
static inline int csqlite_set_flag(sqlite3 *database, int flag, int value) {
  return sqlite3_db_config(database, flag, value, (int *)0);
}
#endif
