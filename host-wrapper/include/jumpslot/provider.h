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
 * Calls come through a gate, on a stack of the host's (--host-stack), one at a time on
 * the guest's thread: functions are ordinary C, and may use stdio and malloc and may
 * wait. JUMPSLOT_DIRECT and JUMPSLOT_BLOCKING below are for those that are to be carried
 * otherwise. Functions below are in the runner; a provider does not link to anything
 * for them.
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
__asm__("	.pushsection "
	".note.jumpslot.provider,\"aGR\",@note,jumpslot.provider,comdat\n"
	"	.balign	4\n"
	"	.long	9, 8, " JUMPSLOT_STRING(
		JUMPSLOT_NOTE_PROVIDER) "\n"
					"	.asciz	\"" JUMPSLOT_NOTE_OWNER "\"\n"
					"	.balign	4\n"
					"	.long	" JUMPSLOT_STRING(
						JUMPSLOT_ABI_VERSION) "\n"
								      "	.long	24\n" /* sizeof(struct
											 jumpslot_provided) */
								      "	.popsection\n");

#define EF(func)                                                                         \
	__asm__("	.hidden " #func "\n"                                             \
		"	__jumpslot_provided " #func ", ., " #func ", 0\n");

/*
 * How calls of one function are carried. At file scope, in any file of the provider,
 * before or after the function's other lines; at most one of JUMPSLOT_DIRECT and
 * JUMPSLOT_BLOCKING for a function. They have no effect on what is not provided.
 */

/*
 * The slot gets the function's own address: a call costs a jump, and runs on the guest's
 * stack. For functions that need little stack, are reentrant and
 * async-signal-safe, do not wait and do not call back into the guest.
 */
#define JUMPSLOT_DIRECT(func)                                                            \
	__asm__("	__jumpslot_provided " #func                                      \
		", ., ., 0, " JUMPSLOT_STRING(JUMPSLOT_CARRY_DIRECT) "\n");

/*
 * Through the gate, with the signal masked by which interrupts reach the guest. For
 * functions that wait in system calls: none of them then ends with EINTR because of an
 * interrupt, which arrives when the function returns.
 */
#define JUMPSLOT_BLOCKING(func)                                                          \
	__asm__("	__jumpslot_provided " #func                                      \
		", ., ., 0, " JUMPSLOT_STRING(JUMPSLOT_CARRY_BLOCKING) "\n");

#ifdef __cplusplus
#define JUMPSLOT_ASSERT static_assert
#else
#define JUMPSLOT_ASSERT _Static_assert
#endif

/*
 * At most `bytes` bytes of a call's arguments lie on the stack, alignment included, and
 * on i386 the hidden pointer to a struct result: so many the gate copies. Needed where
 * the type string does not tell: variadic functions, and those that are untyped on both
 * sides, run on the guest's stack without it. `bytes` is a constant
 * expression, a multiple of the word size from 0 to 65536. Once a file for a function;
 * not together with JUMPSLOT_DIRECT, nor for arguments that are aligned to more than 64.
 */
#define JUMPSLOT_STACK_BYTES(func, bytes)                                                \
	JUMPSLOT_ASSERT((unsigned long)(bytes) % sizeof(void *) == 0 &&                  \
				(unsigned long)(bytes) <= JUMPSLOT_MAX_STACK_BYTES,      \
			"JUMPSLOT_STACK_BYTES(" #func ", " #bytes                        \
			"): not a multiple of the word size from 0 to 65536");           \
	static __attribute__((                                                           \
		__used__, __cold__, __noinline__, __no_instrument_function__,            \
		__section__(                                                             \
			".externals.types"))) void jumpslot_stack_bytes_of_##func(void)  \
	{                                                                                \
		__asm__ volatile("	__jumpslot_provided " #func ", ., ., "           \
				 "0, " JUMPSLOT_STRING(JUMPSLOT_CARRY_STACK) ", %c0\n"   \
				 :                                                       \
				 : "i"(bytes));                                          \
	}

#ifdef __cplusplus
extern "C" {
#endif

enum jumpslot_access { JUMPSLOT_READ = 1, JUMPSLOT_WRITE = 2, JUMPSLOT_EXECUTE = 4 };

/*
 * Checks that the guest may access all `len` bytes at `ptr`. To be used on each pointer
 * from a guest, once, before it is followed; what is looked at twice is copied first,
 * as another thread may change it in between. `access` is one or more of
 * JUMPSLOT_READ, JUMPSLOT_WRITE and JUMPSLOT_EXECUTE, which is for a function that is
 * to be called back. A `len` of 0 is always right.
 * Returns 0, or -EFAULT. Async-signal-safe; any thread.
 */
int jumpslot_guest_range(const void *ptr, size_t len, int access);

/*
 * Checks that a NUL-terminated string of at most `max` bytes, NUL not counted, lies in
 * memory that the guest may read. Returns its length, or -EFAULT, or -ERANGE if there is
 * no NUL within the first max + 1 bytes. Async-signal-safe; any thread.
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
 * first comma in `--provider FILE.so,OPTIONS`, or "", and stays valid. Returns 0, or a
 * negative errno after it wrote a line for the user into `message` (`size` bytes, NUL
 * included): the guest is then not started. Options given to a provider without this
 * function are an error.
 */
int jumpslot_provider_init(const char *options, char *message, size_t size)
	__attribute__((__visibility__("default")));

#ifndef __cplusplus
/* What jumpslot_guest_call() calls, and what it hands it in the register of the static
 * chain, which C functions leave alone. */
struct jumpslot_callee {
	void (*function)(void);
	size_t stack_bytes;
};
extern const char jumpslot_guest_entry[]; /* code; not one type fits */

/*
 * jumpslot_guest_call(function, arguments...)
 *
 * Calls a function of the guest, on the guest's stack and with its floating-point control
 * and signal mask, and yields its result. `function`: a pointer of the right type,
 * with the default calling convention, that jumpslot_guest_range(function, 1,
 * JUMPSLOT_EXECUTE) has found to be the guest's; evaluated once. At most 16 arguments;
 * they are converted as by a call in C. The guest may call the host again meanwhile, and
 * be called back by that, to any depth that the stacks allow. The host's errno is
 * afterwards what it was. The guest may also never return, by jumpslot_guest_exit().
 *
 * Only within a function that is called through the gate (not JUMPSLOT_DIRECT), on the
 * guest's own thread; from elsewhere it is a fault, which the host reports. No interrupt
 * reaches the guest meanwhile. A lock that is held may be wanted by the next call of the
 * host: hold none. C only, neither C++ nor asynchronous.
 */
#define jumpslot_guest_call(...)                                                         \
	JUMPSLOT_JOIN(JUMPSLOT_CALL_, JUMPSLOT_SELECT(__VA_ARGS__))(__VA_ARGS__)

/* Told apart by the number of arguments, the function counted: ISO C has no empty ones.
 */
#define JUMPSLOT_CALL_1(function)    JUMPSLOT_CALL(function, (), sizeof(void *))
#define JUMPSLOT_CALL_2(function, a) JUMPSLOT_CALL(function, (a), JUMPSLOT_ROOM_1(a))
#define JUMPSLOT_CALL_3(function, ...)                                                   \
	JUMPSLOT_CALL(                                                                   \
		function, (__VA_ARGS__),                                                 \
		JUMPSLOT_JOIN(JUMPSLOT_ROOM_, JUMPSLOT_COUNT(__VA_ARGS__))(__VA_ARGS__))
#define JUMPSLOT_CALL(function, arguments, stack_bytes)                                  \
	__builtin_call_with_static_chain(                                                \
		((__typeof__(*(function)) *)(uintptr_t)jumpslot_guest_entry)arguments,   \
		(void *)&(struct jumpslot_callee){ (void (*)(void))(function),           \
						   stack_bytes })

/* Bytes that arguments take on the stack, at most: a parameter may be wider than what is
 * passed for it, up to a long double or a 16-byte vector. */
#define JUMPSLOT_ROOM(argument)                                                          \
	((sizeof(argument) + __alignof__(argument) + 31) & ~(size_t)15)
#define JUMPSLOT_ROOM_1(a)	 JUMPSLOT_ROOM(a)
#define JUMPSLOT_ROOM_2(a, ...)	 JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_1(__VA_ARGS__)
#define JUMPSLOT_ROOM_3(a, ...)	 JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_2(__VA_ARGS__)
#define JUMPSLOT_ROOM_4(a, ...)	 JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_3(__VA_ARGS__)
#define JUMPSLOT_ROOM_5(a, ...)	 JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_4(__VA_ARGS__)
#define JUMPSLOT_ROOM_6(a, ...)	 JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_5(__VA_ARGS__)
#define JUMPSLOT_ROOM_7(a, ...)	 JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_6(__VA_ARGS__)
#define JUMPSLOT_ROOM_8(a, ...)	 JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_7(__VA_ARGS__)
#define JUMPSLOT_ROOM_9(a, ...)	 JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_8(__VA_ARGS__)
#define JUMPSLOT_ROOM_10(a, ...) JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_9(__VA_ARGS__)
#define JUMPSLOT_ROOM_11(a, ...) JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_10(__VA_ARGS__)
#define JUMPSLOT_ROOM_12(a, ...) JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_11(__VA_ARGS__)
#define JUMPSLOT_ROOM_13(a, ...) JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_12(__VA_ARGS__)
#define JUMPSLOT_ROOM_14(a, ...) JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_13(__VA_ARGS__)
#define JUMPSLOT_ROOM_15(a, ...) JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_14(__VA_ARGS__)
#define JUMPSLOT_ROOM_16(a, ...) JUMPSLOT_ROOM(a) + JUMPSLOT_ROOM_15(__VA_ARGS__)
#endif

#ifdef __cplusplus
}
#endif
#endif
