// Counts allocations by standing in front of the allocator of the C library: what an executable
// defines comes before what its libraries define, for the libraries too.
#include "allocations.h"

#include <stddef.h>

static _Thread_local uint64_t calls;
static _Thread_local uint64_t bytes;

uint64_t allocations_of_this_thread(void) { return calls; }

uint64_t allocated_bytes_of_this_thread(void) { return bytes; }

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif

#if defined(UNDER_SANITIZER) || !defined(__GLIBC__)

bool allocations_are_counted(void) { return false; }

#else

bool allocations_are_counted(void) { return true; }

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static void note(size_t size) {
  calls += 1;
  bytes += size;
}

void *malloc(size_t size) {
  note(size);
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  note(count * size);
  return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
  note(size);
  return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note(size);
  return __libc_memalign(alignment, size);
}

#endif
