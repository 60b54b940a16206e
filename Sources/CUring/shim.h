#ifndef CURING_SHIM_H
#define CURING_SHIM_H
// First: liburing asks for another edition of the system's headers, and this module's view of them
// must not differ from that of Swift's Glibc module.
#include <sys/types.h>
#include <sys/socket.h>
#include <liburing.h>

// One thread uses the ring, and only its own calls need to find results there: kernels since 6.1
// do less when they are told so.
static inline int curing_open(struct io_uring *ring, unsigned places) {
#if defined(IORING_SETUP_SINGLE_ISSUER) && defined(IORING_SETUP_DEFER_TASKRUN)
  if (io_uring_queue_init(places, ring, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN) == 0)
    return 0;
#endif
  return io_uring_queue_init(places, ring, 0);
}

// MSG_DONTWAIT: the kernel does the whole send while it takes the order, or says EAGAIN at once.
static inline int curing_order_send(struct io_uring *ring, int socket, const void *bytes,
                                    size_t count, unsigned long long tag) {
  struct io_uring_sqe *order = io_uring_get_sqe(ring);
  if (!order) return -1;
  io_uring_prep_send(order, socket, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
  order->user_data = tag;
  return 0;
}

static inline int curing_take_result(struct io_uring *ring, unsigned long long *tag, int *result) {
  struct io_uring_cqe *entry = 0;
  if (io_uring_peek_cqe(ring, &entry) != 0 || !entry) return 0;
  *tag = entry->user_data;
  *result = entry->res;
  io_uring_cqe_seen(ring, entry);
  return 1;
}
#endif
