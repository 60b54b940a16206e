#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo take a variable number of arguments, which Swift cannot
// pass; each kind of argument gets a function here.

static inline CURLcode muster_curl_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode muster_curl_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode muster_curl_list(
    CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode muster_curl_body(CURL *handle, const void *bytes, curl_off_t count) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, count);
  return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, bytes) : code;
}

static inline CURLcode muster_curl_blob(
    CURL *handle, CURLoption option, const void *bytes, size_t count) {
  struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
  return curl_easy_setopt(handle, option, &blob);
}

// What goes wrong is said there, in up to CURL_ERROR_SIZE characters.
static inline void muster_curl_words(CURL *handle, char *words) {
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, words);
}

// The file of authorities that libcurl was built to trust; NULL if it was built without.
static inline const char *muster_curl_authorities(void) {
  return curl_version_info(CURLVERSION_NOW)->cainfo;
}

typedef size_t (*muster_curl_mover)(char *bytes, size_t size, size_t count, void *context);

static inline void muster_curl_writer(CURL *handle, muster_curl_mover take, void *context) {
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
}

static inline void muster_curl_reader(
    CURL *handle, muster_curl_mover give, void *context, curl_off_t count) {
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, give);
  curl_easy_setopt(handle, CURLOPT_READDATA, context);
  curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, count);
}

typedef int (*muster_curl_watcher)(
    void *context, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

static inline void muster_curl_watch(CURL *handle, muster_curl_watcher watch, void *context) {
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watch);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
}

static inline long muster_curl_status(CURL *handle) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return status;
}
#endif
