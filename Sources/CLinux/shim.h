#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/signalfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <fcntl.h>
#include <unistd.h>

// What the C library declares for GNU programs only, what is a macro there, and what takes a
// variable number of arguments. _GNU_SOURCE itself would make this module's view of the shared
// headers differ from that of Swift's Glibc module, which the compiler refuses.

static inline void clinux_prefetch(const void *place, int lines) {
  for (int line = 0; line < lines; line++) __builtin_prefetch((const char *)place + 64 * line);
}

static inline int clinux_accept(int listener, struct sockaddr_storage *peer) {
  extern int accept4(int, struct sockaddr *, socklen_t *, int);
  socklen_t length = sizeof *peer;
  return accept4(listener, (struct sockaddr *)peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static inline int clinux_stream_socket(int family) {
  return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static inline int clinux_socket_pair(int *ends) {
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends);
}

static inline int clinux_pipe(int *ends) {
  extern int pipe2(int *, int);
  return pipe2(ends, O_NONBLOCK | O_CLOEXEC);
}

static inline int clinux_copy_descriptor(int descriptor) {
  return fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
}

static inline int clinux_never_block(int descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

static inline int clinux_open_nothing(void) { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

static inline void clinux_name_this_thread(const char *name) {
  prctl(PR_SET_NAME, (unsigned long)name, 0, 0, 0);
}

// The kernel reads the mask as an array of longs, one bit per core.
static inline int clinux_pin_this_thread(int core) {
  enum { bits = 8 * sizeof(unsigned long) };
  unsigned long mask[1024 / bits] = {0};
  if (core < 0 || core >= 1024) return -1;
  mask[core / bits] = 1UL << core % bits;
  return (int)syscall(SYS_sched_setaffinity, 0, sizeof mask, mask);
}
#endif
