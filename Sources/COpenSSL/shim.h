#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

// What OpenSSL offers as macros only.
static inline void muster_ctx_set_mode(SSL_CTX *c, long mode) { SSL_CTX_set_mode(c, mode); }
static inline int muster_ctx_set_versions(SSL_CTX *c, int low, int high) {
  return SSL_CTX_set_min_proto_version(c, low) && SSL_CTX_set_max_proto_version(c, high);
}
static inline void muster_ctx_set_read_ahead(SSL_CTX *c, int on) { SSL_CTX_set_read_ahead(c, on); }
static inline void muster_ctx_disable_session_cache(SSL_CTX *c) {
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
}
// Suites in the server's order; neither renegotiation nor compression.
static inline void muster_ctx_harden(SSL_CTX *c) {
  SSL_CTX_set_options(
      c, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
}
static inline int muster_ctx_set_groups(SSL_CTX *c, const char *list) {
  return (int)SSL_CTX_set1_groups_list(c, list);
}
static inline int muster_set_host_name(SSL *s, const char *name) {
  return (int)SSL_set_tlsext_host_name(s, name);
}
static inline void muster_bio_retry_read(BIO *b) { BIO_set_retry_read(b); }
static inline void muster_bio_clear_retry(BIO *b) { BIO_clear_retry_flags(b); }
#endif
