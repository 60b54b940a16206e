#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H
#include <stdbool.h>
#include <stdint.h>

// How many times the calling thread has asked the C allocator, which Swift's is, for memory.
uint64_t allocations_of_this_thread(void);

// How many bytes it has asked for, whether it has given them back or not.
uint64_t allocated_bytes_of_this_thread(void);

// False under a sanitizer, which has an allocator of its own: then nothing is counted.
bool allocations_are_counted(void);

#endif
