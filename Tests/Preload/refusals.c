// Stands in front of libraries of a program that is started with LD_PRELOAD, and refuses what some
// machines refuse; each time it says so. REFUSE names what: `ring`, or `lost`, for a ring that is
// taken away after its first use, or `provider`. Built by the trial that shows that the server
// serves without.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int refuses(const char *what) {
  const char *wanted = getenv("REFUSE");
  if (!wanted || strcmp(wanted, what) != 0) return 0;
  fprintf(stderr, "refused: %s\n", what);
  return 1;
}

int io_uring_queue_init(unsigned places, void *ring, unsigned flags) {
  if (refuses("ring")) return -EPERM;
  int (*original)(unsigned, void *, unsigned) = dlsym(RTLD_NEXT, __func__);
  return original(places, ring, flags);
}

int io_uring_submit_and_wait(void *ring, unsigned results) {
  static int uses;
  if (uses++ > 0 && refuses("lost")) return -EBADF;
  int (*original)(void *, unsigned) = dlsym(RTLD_NEXT, __func__);
  return original(ring, results);
}

int OSSL_PROVIDER_add_builtin(void *library, const char *name, void *begin) {
  if (refuses("provider")) return 0;
  int (*original)(void *, const char *, void *) = dlsym(RTLD_NEXT, __func__);
  return original(library, name, begin);
}
