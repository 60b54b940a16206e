#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

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
typedef int (*MusterTicketKeyCallback)(
    SSL *, unsigned char *, unsigned char *, EVP_CIPHER_CTX *, EVP_MAC_CTX *, int);
static inline void muster_ctx_set_ticket_keys(SSL_CTX *c, MusterTicketKeyCallback callback) {
  SSL_CTX_set_tlsext_ticket_key_evp_cb(c, callback);
}
static inline int muster_mac_set_key(EVP_MAC_CTX *mac, const unsigned char *key, size_t length) {
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)key, length),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
      OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, parameters);
}
// A chain of certificates; it owns what is added. A null chain is an empty one.
static inline STACK_OF(X509) *muster_chain_adding(STACK_OF(X509) *chain, X509 *certificate) {
  if (!chain) chain = sk_X509_new_null();
  if (chain) sk_X509_push(chain, certificate);
  return chain;
}
static inline void muster_chain_free(STACK_OF(X509) *chain) { sk_X509_pop_free(chain, X509_free); }
static inline EVP_PKEY *muster_make_p256_key(void) { return EVP_EC_gen("P-256"); }
static inline EVP_PKEY *muster_make_rsa_key(void) { return EVP_RSA_gen(2048); }
static inline int muster_set_host_name(SSL *s, const char *name) {
  return (int)SSL_set_tlsext_host_name(s, name);
}
static inline void muster_bio_retry_read(BIO *b) { BIO_set_retry_read(b); }
static inline void muster_bio_clear_retry(BIO *b) { BIO_clear_retry_flags(b); }
#endif
