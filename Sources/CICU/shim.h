#ifndef CICU_SHIM_H
#define CICU_SHIM_H
#include <unicode/utrans.h>

// ICU's functions are macros that put the version into each name; Swift cannot see those.

static inline void *_Nullable cicu_open(const uint16_t *_Nonnull rules, int32_t length) {
  UErrorCode status = U_ZERO_ERROR;
  UTransliterator *opened = utrans_openU((const UChar *)rules, length, UTRANS_FORWARD, 0, 0, 0, &status);
  return U_SUCCESS(status) ? opened : 0;
}

// The new length of the text, or -1 if it does not fit.
static inline int32_t cicu_apply(
    void *_Nonnull rules, uint16_t *_Nonnull text, int32_t length, int32_t capacity) {
  UErrorCode status = U_ZERO_ERROR;
  int32_t limit = length;
  utrans_transUChars((UTransliterator *)rules, (UChar *)text, &length, capacity, 0, &limit, &status);
  return U_SUCCESS(status) ? length : -1;
}

static inline void cicu_close(void *_Nonnull rules) { utrans_close((UTransliterator *)rules); }
#endif
