#ifndef CPOSTGRES_SHIM_H
#define CPOSTGRES_SHIM_H
#include <libpq-fe.h>

// Swift does not see character constants as the numbers they are.
enum {
  CPOSTGRES_SQLSTATE = PG_DIAG_SQLSTATE,
  CPOSTGRES_MESSAGE = PG_DIAG_MESSAGE_PRIMARY,
  CPOSTGRES_DETAIL = PG_DIAG_MESSAGE_DETAIL,
  CPOSTGRES_TABLE = PG_DIAG_TABLE_NAME,
  CPOSTGRES_COLUMN = PG_DIAG_COLUMN_NAME,
  CPOSTGRES_FUNCTION = PG_DIAG_SOURCE_FUNCTION,
};

// The library prints a server's notices to stderr unless somebody takes them.
static inline void cpostgres_ignore_notice(void *context, const PGresult *notice) {
  (void)context;
  (void)notice;
}
static inline void cpostgres_ignore_notices(PGconn *connection) {
  PQsetNoticeReceiver(connection, cpostgres_ignore_notice, (void *)0);
}
#endif
