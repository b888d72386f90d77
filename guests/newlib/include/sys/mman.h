/*
 * Mappings, for programs that try mmap() and use something else when it fails. Every
 * call fails with ENOSYS. Depends on <sys/types.h>.
 */
#ifndef JUMPSLOT_NEWLIB_MMAN_H
#define JUMPSLOT_NEWLIB_MMAN_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PROT_NONE     0
#define PROT_READ     1
#define PROT_WRITE    2
#define PROT_EXEC     4
#define MAP_SHARED    1
#define MAP_PRIVATE   2
#define MAP_FIXED     0x10
#define MAP_ANONYMOUS 0x20
#define MAP_ANON      MAP_ANONYMOUS
#define MAP_FAILED    ((void *)-1)

void *mmap(void *address, size_t size, int access, int flags, int file, off_t offset);
int munmap(void *address, size_t size);
int mprotect(void *address, size_t size, int access);

#ifdef __cplusplus
}
#endif
#endif
