#ifndef CIPSECMB_SHIM_H
#define CIPSECMB_SHIM_H
#include <intel-ipsec-mb.h>

// The library's calls are macros over a table of functions, one for each kind of processor.

enum { MUSTER_GCM_KEY_SIZE = sizeof(struct gcm_key_data), MUSTER_GCM_KEY_ALIGNMENT = 64 };

// The table; null where the processor has no instructions for AES and GHASH: the library's
// stand-ins for them look up tables, which takes longer for some keys than for others.
static inline IMB_MGR *muster_gcm_open(void) {
  const uint64_t needed = IMB_FEATURE_AESNI | IMB_FEATURE_PCLMULQDQ | IMB_FEATURE_AVX;
  IMB_MGR *table = alloc_mb_mgr(0);
  if (!table) return 0;
  init_mb_mgr_auto(table, 0);
  if ((table->features & needed) == needed) return table;
  free_mb_mgr(table);
  return 0;
}

// `place` has MUSTER_GCM_KEY_SIZE bytes, aligned.
static inline void muster_gcm_set_key(IMB_MGR *table, int is_long, const void *key, void *place) {
  struct gcm_key_data *prepared = (struct gcm_key_data *)place;
  if (is_long) IMB_AES256_GCM_PRE(table, key, prepared);
  else IMB_AES128_GCM_PRE(table, key, prepared);
}

// Content and the byte that says its type are encrypted to behind `header`, and the tag is added.
static inline void muster_gcm_seal(IMB_MGR *table, int is_long, const void *place,
                                   const uint8_t *nonce, uint8_t *header, const uint8_t *content,
                                   size_t count, uint8_t type) {
  const struct gcm_key_data *key = (const struct gcm_key_data *)place;
  struct gcm_context_data state;
  uint8_t *body = header + 5;
  if (is_long) {
    IMB_AES256_GCM_INIT(table, key, &state, nonce, header, 5);
    if (count) IMB_AES256_GCM_ENC_UPDATE(table, key, &state, body, content, count);
    IMB_AES256_GCM_ENC_UPDATE(table, key, &state, body + count, &type, 1);
    IMB_AES256_GCM_ENC_FINALIZE(table, key, &state, body + count + 1, 16);
  } else {
    IMB_AES128_GCM_INIT(table, key, &state, nonce, header, 5);
    if (count) IMB_AES128_GCM_ENC_UPDATE(table, key, &state, body, content, count);
    IMB_AES128_GCM_ENC_UPDATE(table, key, &state, body + count, &type, 1);
    IMB_AES128_GCM_ENC_FINALIZE(table, key, &state, body + count + 1, 16);
  }
}

// Decrypts `count` bytes behind `header` to `target` and computes the tag that should follow them.
static inline void muster_gcm_open_record(IMB_MGR *table, int is_long, const void *place,
                                          const uint8_t *nonce, const uint8_t *header, size_t count,
                                          uint8_t *target, uint8_t *tag) {
  const struct gcm_key_data *key = (const struct gcm_key_data *)place;
  struct gcm_context_data state;
  if (is_long) {
    IMB_AES256_GCM_DEC(table, key, &state, target, header + 5, count, nonce, header, 5, tag, 16);
  } else {
    IMB_AES128_GCM_DEC(table, key, &state, target, header + 5, count, nonce, header, 5, tag, 16);
  }
}
#endif
