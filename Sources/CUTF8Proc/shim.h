#ifndef CUTF8PROC_SHIM_H
#define CUTF8PROC_SHIM_H
#include <stdbool.h>
#include <utf8proc.h>

// The options are values of a C enum, which cannot be combined in Swift.
enum {
  CUTF8PROC_NFC = UTF8PROC_STABLE | UTF8PROC_COMPOSE,
  CUTF8PROC_NFKC_CASEFOLD = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT
      | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE
};

static inline utf8proc_ssize_t cutf8proc_decompose(
    const utf8proc_uint8_t *text, utf8proc_ssize_t length, utf8proc_int32_t *buffer,
    utf8proc_ssize_t capacity, int options) {
  return utf8proc_decompose(text, length, buffer, capacity, (utf8proc_option_t)options);
}

static inline utf8proc_ssize_t cutf8proc_reencode(
    utf8proc_int32_t *buffer, utf8proc_ssize_t length, int options) {
  return utf8proc_reencode(buffer, length, (utf8proc_option_t)options);
}

static inline bool cutf8proc_is_unassigned(utf8proc_int32_t scalar) {
  return utf8proc_category(scalar) == UTF8PROC_CATEGORY_CN;
}
#endif
