/*
 * What a provider includes: a shared library of functions that guests call.
 *
 *   #include <jumpslot/provider.h>     first: it turns EXTERNAL_FUNC lines
 *   #include "calculator.h"            into prototypes and type records
 *   #include "func_list.h"             from gen-func-list: the table
 *
 *   int add(int a, int b) { return a + b; }
 *
 * Each EF(name) of func_list.h enters a function into the table that
 * host-wrapper reads from the file. Its symbol becomes hidden, so that a name
 * without a function fails the library's own link, even where some other
 * library has one of that name (system, write).
 *
 * Provider functions are called on the guest's stack today, like any function; they must
 * be reentrant and async-signal-safe. Functions below are in the runner; a provider
 * does not link to anything for them.
 * Depends on external_func.h and <stddef.h>.
 */
#ifndef JUMPSLOT_PROVIDER_H
#define JUMPSLOT_PROVIDER_H

#ifdef JUMPSLOT_EXTERNAL_FUNC_H
#error "include <jumpslot/provider.h> before headers with EXTERNAL_FUNC lines"
#endif
#define JUMPSLOT_PROVIDER 1
#include <jumpslot/external_func.h>
#include <stddef.h>

/* The note, once a library: that it is a provider, and of which version. */
__asm__("	.pushsection .note.jumpslot.provider,\"aGR\",@note,jumpslot.provider,comdat\n"
	"	.balign	4\n"
	"	.long	9, 8, " JUMPSLOT_STRING(JUMPSLOT_NOTE_PROVIDER) "\n"
	"	.asciz	\"" JUMPSLOT_NOTE_OWNER "\"\n"
	"	.balign	4\n"
	"	.long	" JUMPSLOT_STRING(JUMPSLOT_ABI_VERSION) "\n"
	"	.long	16\n" /* sizeof(struct jumpslot_provided) */
	"	.popsection\n");

#define EF(func)                                                               \
	__asm__("	.hidden " #func "\n"                                   \
		"	__jumpslot_provided " #func ", ., " #func ", 0\n");

#ifdef __cplusplus
extern "C" {
#endif

enum jumpslot_access { JUMPSLOT_READ = 1, JUMPSLOT_WRITE = 2 };

/*
 * Checks that the guest may access all `len` bytes at `ptr`. To be used on each pointer
 * from a guest, once, before it is followed; what is looked at twice is copied first,
 * as another thread may change it in between. `access` is JUMPSLOT_READ,
 * JUMPSLOT_WRITE or both. A `len` of 0 is always right.
 * Returns 0, or -EFAULT. Async-signal-safe; any thread.
 */
int jumpslot_guest_range(const void *ptr, size_t len, int access);

/*
 * Checks that a NUL-terminated string of at most `max` bytes, NUL not counted, lies in memory
 * that the guest may read. Returns its length, or -EFAULT, or -ERANGE if there is no
 * NUL within the first max + 1 bytes. Async-signal-safe; any thread.
 */
long jumpslot_guest_string(const char *string, size_t max);

/*
 * The memory set aside for the guest (--work-area): page-aligned, zeroed.
 * Returns its size in bytes. Async-signal-safe; any thread.
 */
size_t jumpslot_guest_work_area(void **base);

/*
 * Ends the guest with the low 8 bits of `status`; does not return. Only from a
 * function that the guest called, on the guest's own thread.
 */
void jumpslot_guest_exit(int status) __attribute__((__noreturn__));

/*
 * Optional, defined by the provider with default visibility: called once, before
 * the guest starts, on the runner's own stack. `options` is what stands behind the
 * first comma in `--provider FILE.so,OPTIONS`, or "". Returns 0, or a negative errno after it
 * wrote a line for the user into `message` (`size` bytes, NUL included): the
 * guest is then not started. Options given to a provider without this function
 * are an error.
 */
int jumpslot_provider_init(const char *options, char *message, size_t size)
	__attribute__((__visibility__("default")));

#ifdef __cplusplus
}
#endif
#endif
