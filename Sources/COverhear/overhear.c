#include "overhear.h"

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <pthread.h>
#include <string.h>

static _Thread_local struct overheard *listener;
static EVP_KDF *original;

void overhear_into(struct overheard *place) { listener = place; }

static int is_label(const OSSL_PARAM *label, const char *text) {
  return label->data_size == strlen(text) && memcmp(label->data, text, label->data_size) == 0;
}

// RFC 8446, 7.1: "c ap traffic" and "s ap traffic" lead to the two application traffic secrets.
static void note(const unsigned char *key, size_t length, const OSSL_PARAM *params) {
  const OSSL_PARAM *label = OSSL_PARAM_locate_const(params, OSSL_KDF_PARAM_LABEL);
  if (!label || !label->data || length > overhear_longest) return;
  if (is_label(label, "c ap traffic")) {
    memcpy(listener->client, key, length);
    listener->client_length = (unsigned)length;
  } else if (is_label(label, "s ap traffic")) {
    memcpy(listener->server, key, length);
    listener->server_length = (unsigned)length;
  }
}

// A context of this algorithm is simply one of the original.
static void *new_context(void *provider) {
  (void)provider;
  return EVP_KDF_CTX_new(original);
}

static void free_context(void *context) { EVP_KDF_CTX_free(context); }

static void reset_context(void *context) { EVP_KDF_CTX_reset(context); }

static int derive(void *context, unsigned char *key, size_t length, const OSSL_PARAM params[]) {
  int done = EVP_KDF_derive(context, key, length, params);
  if (done == 1 && listener && params) note(key, length, params);
  return done;
}

static int set_parameters(void *context, const OSSL_PARAM params[]) {
  return EVP_KDF_CTX_set_params(context, params);
}

static int get_parameters(void *context, OSSL_PARAM params[]) {
  return EVP_KDF_CTX_get_params(context, params);
}

static const OSSL_DISPATCH functions[] = {
    {OSSL_FUNC_KDF_NEWCTX, (void (*)(void))new_context},
    {OSSL_FUNC_KDF_FREECTX, (void (*)(void))free_context},
    {OSSL_FUNC_KDF_RESET, (void (*)(void))reset_context},
    {OSSL_FUNC_KDF_DERIVE, (void (*)(void))derive},
    {OSSL_FUNC_KDF_SET_CTX_PARAMS, (void (*)(void))set_parameters},
    {OSSL_FUNC_KDF_GET_CTX_PARAMS, (void (*)(void))get_parameters},
    {0, NULL},
};

static const OSSL_ALGORITHM algorithms[] = {
    {OSSL_KDF_NAME_TLS1_3_KDF, "provider=muster-overhear", functions, NULL},
    {NULL, NULL, NULL, NULL},
};

static const OSSL_ALGORITHM *query(void *provider, int operation, int *may_not_cache) {
  (void)provider;
  *may_not_cache = 0;
  return operation == OSSL_OP_KDF ? algorithms : NULL;
}

static const OSSL_DISPATCH provider_functions[] = {
    {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query},
    {0, NULL},
};

static int begin(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *offered,
                 const OSSL_DISPATCH **functions_out, void **context) {
  (void)offered;
  *functions_out = provider_functions;
  *context = (void *)core;
  return 1;
}

static int is_installed;

// A provider that is loaded by name ends the automatic loading of the default one.
static int load(void) {
  if (!OSSL_PROVIDER_load(NULL, "default")) return 0;
  original = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_TLS1_3_KDF, "provider=default");
  if (!original || OSSL_PROVIDER_add_builtin(NULL, "muster-overhear", begin) != 1) return 0;
  if (!OSSL_PROVIDER_load(NULL, "muster-overhear")) return 0;
  // Only what was fetched once is among those that a preference chooses from.
  EVP_KDF *ours = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_TLS1_3_KDF, "provider=muster-overhear");
  EVP_KDF_free(ours);
  return ours != NULL;
}

static void install(void) {
  is_installed = load();
  ERR_clear_error();
}

int overhear_install(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install);
  return is_installed;
}
