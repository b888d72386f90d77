/*
 * For providers: shared libraries of functions that guests call.
 *
 *   #include <jumpslot/provider.h>     first: it turns EXTERNAL_FUNC lines
 *   #include "calculator.h"            into prototypes and type records
 *   #include "func_list.h"             the table, written by gen-func-list
 *
 *   int add(int a, int b) { return a + b; }
 *
 * Each EF(name) of func_list.h enters a function into the table that host-wrapper reads
 * from the file. Its symbol becomes hidden: a name without a function fails the link of
 * the library, even if another library has a function of that name (system, write).
 *
 * Calls come through a gate, on a stack of the host (--host-stack), one at a time on the
 * guest's thread. So functions are ordinary C: they may use stdio and malloc, and may
 * wait. JUMPSLOT_DIRECT and JUMPSLOT_BLOCKING select another way. The functions declared
 * below are in the runner; a provider links to nothing for them.
 *
 * A guest runs in a sandbox. A function may make the system calls that JUMPSLOT_SYSCALLS
 * states for it, and no others.
 *
 * docs/providers.md is the guide. Depends on external_func.h, static_assert.h and
 * <stddef.h>.
 */
#ifndef JUMPSLOT_PROVIDER_H
#define JUMPSLOT_PROVIDER_H

#ifdef JUMPSLOT_EXTERNAL_FUNC_H
#error "include <jumpslot/provider.h> before headers with EXTERNAL_FUNC lines"
#define JUMPSLOT_NO_TABLE /* one error is enough */
#elif defined(JUMPSLOT_LINK_TIME)
#define JUMPSLOT_NO_TABLE /* nobody reads it: the linker binds the guest's calls */
#endif
#define JUMPSLOT_PROVIDER 1
#include <jumpslot/external_func.h>
#include <jumpslot/static_assert.h>
#include <stddef.h>

#ifdef JUMPSLOT_NO_TABLE
#define EF(func)
#define JUMPSLOT_DIRECT(func)
#define JUMPSLOT_BLOCKING(func)
#define JUMPSLOT_STACK_BYTES(func, bytes)
#define JUMPSLOT_SYSCALLS(func, ...)
#define JUMPSLOT_SYSCALLS_ALWAYS(...)
#else

/* The note, once per library: ABI version and sizeof(struct jumpslot_provided). */
/* clang-format off */
__asm__("	.pushsection .note.jumpslot.provider,\"aGR\",\"note\","
	"jumpslot.provider,comdat\n"
	"	.balign	4\n"
	"	.long	9, 8, " JUMPSLOT_STRING(JUMPSLOT_NOTE_PROVIDER) "\n"
	"	.asciz	\"" JUMPSLOT_NOTE_OWNER "\"\n"
	"	.balign	4\n"
	"	.long	" JUMPSLOT_STRING(JUMPSLOT_ABI_VERSION) "\n"
	"	.long	24\n"
	"	.popsection\n");
/* clang-format on */
JUMPSLOT_STATIC_ASSERT(sizeof(struct jumpslot_provided) == 24, "the note's record size");

/* EF(func), at file scope: provides `func`, which this library defines. */
#define EF(func)                                                                         \
	__asm__("	.hidden " #func "\n"                                             \
		"	__jumpslot_provided " #func ", ., " #func ", 0\n");

/*
 * The next three macros state how calls of one function are carried. At file scope, in
 * any file of the provider, before or after the function's other lines; at most one of
 * JUMPSLOT_DIRECT and JUMPSLOT_BLOCKING per function. They have no effect on a function
 * that is not provided.
 */

/*
 * JUMPSLOT_DIRECT(func): the slot gets the function's own address. A call costs a jump
 * and runs on the guest's stack. For functions that need little stack, are reentrant and
 * async-signal-safe, and do not call back into the guest. A function that waits in a
 * system call lets the guest take interrupts meanwhile.
 */
#define JUMPSLOT_DIRECT(func)                                                            \
	__asm__("	__jumpslot_provided " #func                                      \
		", ., ., 0, " JUMPSLOT_STRING(JUMPSLOT_CARRY_DIRECT) "\n");

/*
 * JUMPSLOT_BLOCKING(func): calls go through the gate, and hold the interrupt signal back.
 * For functions that wait in system calls: no interrupt of the guest ends these with
 * EINTR. Interrupts are delivered when the function returns.
 */
#define JUMPSLOT_BLOCKING(func)                                                          \
	__asm__("	__jumpslot_provided " #func                                      \
		", ., ., 0, " JUMPSLOT_STRING(JUMPSLOT_CARRY_BLOCKING) "\n");

/*
 * JUMPSLOT_STACK_BYTES(func, bytes): the bytes of arguments on the stack that the gate
 * copies: the most that any call has, with alignment, and on i386 with the hidden pointer
 * to a struct result. Needed where the type string does not tell: without it, variadic
 * functions and functions that are untyped on both sides run on the guest's stack.
 * `bytes` is a constant expression, a multiple of the word size from 0 to 65536. Once per
 * file and function; not together with JUMPSLOT_DIRECT, and not for arguments that are
 * aligned to more than 64.
 */
#define JUMPSLOT_STACK_BYTES(func, bytes)                                                \
	JUMPSLOT_STATIC_ASSERT((unsigned long)(bytes) % sizeof(void *) == 0 &&           \
				       (unsigned long)(bytes) <=                         \
					       JUMPSLOT_MAX_STACK_BYTES,                 \
			       "JUMPSLOT_STACK_BYTES(" #func ", " #bytes                 \
			       "): not a multiple of the word size from 0 to 65536");    \
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
/*
 * JUMPSLOT_SYSCALLS(func, rule, ...): states the system calls that the function makes
 * while the guest runs, those of libc in it too. A guest that imports the function may
 * then make them, and so may its own code, so state no more than needed. At file scope,
 * once per file and function, in any file of the provider. A rule is one of
 *
 *   JUMPSLOT_ALLOW("fsync")              the call with any arguments
 *   JUMPSLOT_ALLOW_IF("write", check...) the call if 1 to 4 checks hold
 *   JUMPSLOT_NO_SYSCALLS                 none: the function only computes
 *   JUMPSLOT_NEEDS_...                   a set of rules, below
 *
 * and a check is one of
 *
 *   JUMPSLOT_ARG(n, value)               the low 32 bits of argument n, counted from 0
 *   JUMPSLOT_ARG_BITS(n, mask, value)    (argument n & mask) == value
 *   JUMPSLOT_ARG_PROCESS(n)              this process's number, as for tgkill
 *   JUMPSLOT_ARG_OPENED(n)               a descriptor opened after the guest's start
 *   JUMPSLOT_ARG_FILE(n)                 such a descriptor, or 0, 1 or 2
 *
 * A name after "x86_64:" or "i386:" is for guests of that machine alone. Any other call
 * ends the guest with a report. A function that has no statement gets no system call, and
 * a provider without any statement runs only with --sandbox=off.
 * jumpslot_provider_init() runs before the sandbox, and needs no statement.
 */
#define JUMPSLOT_SYSCALLS(func, ...) JUMPSLOT_STATE(func, #func, __VA_ARGS__)

/* JUMPSLOT_SYSCALLS_ALWAYS(rule, ...): the same for the whole provider, whatever the
 * guest imports: for threads, and for libraries that several functions use. Once per
 * file. */
#define JUMPSLOT_SYSCALLS_ALWAYS(...)                                                    \
	JUMPSLOT_STATE(, JUMPSLOT_STATED_ALWAYS, __VA_ARGS__)

#define JUMPSLOT_NO_SYSCALLS	      JUMPSLOT_RULE("", JUMPSLOT_NO_CHECK)
#define JUMPSLOT_ALLOW(call)	      JUMPSLOT_RULE(call, JUMPSLOT_NO_CHECK)
#define JUMPSLOT_ALLOW_IF(call, ...)  JUMPSLOT_RULE(call, __VA_ARGS__)
#define JUMPSLOT_ARG(argument, value) JUMPSLOT_ARG_BITS(argument, 0xffffffffu, value)
#define JUMPSLOT_ARG_BITS(argument, mask, value)                                         \
	{                                                                                \
		argument, JUMPSLOT_CHECK_BITS, mask, (uint64_t)(value) & (mask)          \
	}
#define JUMPSLOT_ARG_PROCESS(argument) JUMPSLOT_ARG_IS(argument, JUMPSLOT_CHECK_PROCESS)
#define JUMPSLOT_ARG_OPENED(argument)  JUMPSLOT_ARG_IS(argument, JUMPSLOT_CHECK_OPENED)
#define JUMPSLOT_ARG_FILE(argument)    JUMPSLOT_ARG_IS(argument, JUMPSLOT_CHECK_FILE)
#define JUMPSLOT_ARG_IS(argument, kind)                                                  \
	{                                                                                \
		argument, kind, 0, 0                                                     \
	}

/* Output on standard output or standard error, input from standard input; by stdio too,
 * whose buffers are there before the sandbox. */
#define JUMPSLOT_NEEDS_STDOUT JUMPSLOT_ALLOW_IF("write", JUMPSLOT_ARG(0, 1))
#define JUMPSLOT_NEEDS_STDERR JUMPSLOT_ALLOW_IF("write", JUMPSLOT_ARG(0, 2))
#define JUMPSLOT_NEEDS_STDIN  JUMPSLOT_ALLOW_IF("read", JUMPSLOT_ARG(0, 0))

/* malloc() and its relatives: memory that is never executable (4: PROT_EXEC). */
#define JUMPSLOT_NEEDS_MALLOC                                                            \
	JUMPSLOT_ALLOW("brk"),                                                           \
		JUMPSLOT_ALLOW_IF("x86_64:mmap", JUMPSLOT_ARG_BITS(2, 4u, 0u),           \
				  JUMPSLOT_ARG(4, -1)),                                  \
		JUMPSLOT_ALLOW_IF("i386:mmap2", JUMPSLOT_ARG_BITS(2, 4u, 0u),            \
				  JUMPSLOT_ARG(4, -1)),                                  \
		JUMPSLOT_ALLOW_IF("mprotect", JUMPSLOT_ARG_BITS(2, 4u, 0u)),             \
		JUMPSLOT_ALLOW("mremap"), JUMPSLOT_ALLOW("munmap"),                      \
		JUMPSLOT_ALLOW_IF("madvise", JUMPSLOT_ARG(2, 4)) /* MADV_DONTNEED */

/* The time of a clock, where the kernel must be asked. */
#define JUMPSLOT_NEEDS_CLOCK                                                             \
	JUMPSLOT_ALLOW("x86_64:clock_gettime"), JUMPSLOT_ALLOW("i386:clock_gettime64")

/* Mutexes and condition variables that threads wait for. */
#define JUMPSLOT_NEEDS_FUTEX                                                             \
	JUMPSLOT_ALLOW("x86_64:futex"), JUMPSLOT_ALLOW("i386:futex"),                    \
		JUMPSLOT_ALLOW("i386:futex_time64")

/* The record of a statement, and its rules, which one without a name ends. */
#define JUMPSLOT_NO_CHECK                                                                \
	{                                                                                \
		0, JUMPSLOT_CHECK_NONE, 0, 0                                             \
	}
#define JUMPSLOT_RULE(call, ...)                                                         \
	{                                                                                \
		call,                                                                    \
		{                                                                        \
			__VA_ARGS__                                                      \
		}                                                                        \
	}
#define JUMPSLOT_STATE(id, name, ...)                                                    \
	static const struct jumpslot_rule jumpslot_rules_of_##id[] __asm__(              \
		"jumpslot_rules_of_" #id)                                                \
		__attribute__((__used__, __retain__, __aligned__(8),                     \
			       __section__(JUMPSLOT_SECTION_RULES))) = {                 \
			__VA_ARGS__, JUMPSLOT_RULE("", JUMPSLOT_NO_CHECK)                \
		};                                                                       \
	__asm__(".pushsection " JUMPSLOT_SECTION_PROVIDER_STR ",\"aR\",\"progbits\"\n"   \
		"1: .asciz \"" name "\"\n"                                               \
		".popsection\n"                                                          \
		".pushsection " JUMPSLOT_SECTION_STATED ",\"aR\",\"progbits\"\n"         \
		".balign 4\n"                                                            \
		".long 1b - .\n"                                                         \
		".long jumpslot_rules_of_" #id " - .\n"                                  \
		".popsection\n");
#endif /* !JUMPSLOT_NO_TABLE */

#ifdef __cplusplus
extern "C" {
#endif

enum jumpslot_access { JUMPSLOT_READ = 1, JUMPSLOT_WRITE = 2, JUMPSLOT_EXECUTE = 4 };

/*
 * Checks that the guest may access all `len` bytes at `ptr`. Check each pointer from a
 * guest once, before following it, and copy data that is read twice: another thread may
 * change it in between. `access` is one or more of JUMPSLOT_READ, JUMPSLOT_WRITE and
 * JUMPSLOT_EXECUTE (for a function to be called back). A `len` of 0 always succeeds.
 * Returns 0, or -EFAULT. Async-signal-safe; any thread.
 */
int jumpslot_guest_range(const void *ptr, size_t len, int access);

/*
 * Checks that a NUL-terminated string of at most `max` bytes, NUL not counted, is in
 * memory that the guest may read. Returns its length; -EFAULT; or -ERANGE if the first
 * max + 1 bytes have no NUL. Async-signal-safe; any thread.
 */
long jumpslot_guest_string(const char *string, size_t max);

/*
 * Copy data from and to the guest, after checking all of it. `guest` need not be aligned.
 * Work on the copy: the guest cannot change it. Return 0; or -EFAULT, with nothing
 * copied. Async-signal-safe; any thread.
 */
int jumpslot_guest_copy_in(void *to, const void *guest, size_t len);
int jumpslot_guest_copy_out(void *guest, const void *from, size_t len);

/*
 * Copies a NUL-terminated string of the guest to `to`, which has room for `size` bytes,
 * NUL included. Returns its length; -EFAULT; or -ERANGE if it does not fit. Reads each
 * byte once, and `to` ends with a NUL unless `size` is 0. Async-signal-safe; any thread.
 */
long jumpslot_guest_copy_string(char *to, const char *guest, size_t size);

/*
 * Stores the address of the guest's work area (--work-area), which is page-aligned and
 * zero at the start, to `*base`. Returns its size in bytes. Async-signal-safe; any
 * thread.
 */
size_t jumpslot_guest_work_area(void **base);

/*
 * Lets the guest use the files below a directory, an open descriptor that stays open, as
 * far as system calls and the user's rights allow. Where the kernel has Landlock, no
 * other file can be opened once the guest runs, by a provider neither. Only in
 * jumpslot_provider_init(). Returns 0, -EBADF if the descriptor is not open, -ENOTDIR if
 * it is not a directory's, or -ENOSPC after 16 directories.
 */
int jumpslot_guest_directory(int descriptor);

/*
 * Ends the guest with the low 8 bits of `status`; does not return. Only in a function
 * that the guest called, on the guest's own thread.
 */
void jumpslot_guest_exit(int status) __attribute__((__noreturn__));

/*
 * Optional; defined by the provider, with default visibility. The runner calls it once,
 * before the guest starts, on the runner's own stack. `options` is the text after the
 * first comma of `--provider FILE.so,OPTIONS`, or "", and stays valid. Returns 0; or a
 * negative errno after writing a line for the user to `message` (`size` bytes with the
 * NUL), and the guest does not start. Options for a provider without this function are an
 * error.
 */
int jumpslot_provider_init(const char *options, char *message, size_t size)
	__attribute__((__visibility__("default")));

#ifndef __cplusplus
/* jumpslot_guest_call() calls jumpslot_guest_entry and passes it a struct jumpslot_callee
 * in the register of the static chain, which C functions do not use for arguments. */
struct jumpslot_callee {
	void (*function)(void);
	size_t stack_bytes;
	size_t result_bytes; /* of a structure that is returned in memory, or 0 */
};
extern const char jumpslot_guest_entry[]; /* code; no single type fits it */

/*
 * jumpslot_guest_call(function, arguments...)
 *
 * Calls a function of the guest, on the guest's stack and with its floating-point control
 * and signal mask, and yields its result. `function` is a pointer of the right type with
 * the default calling convention; check it by jumpslot_guest_range(function, 1,
 * JUMPSLOT_EXECUTE) first. It is evaluated once. At most 16 arguments, converted as in a
 * C call. Meanwhile the guest may call the host, and the host may call back, as deep as
 * the stacks allow. The host's errno is preserved. The call does not return if the guest
 * ends meanwhile.
 *
 * Only in a function that was called through the gate (not JUMPSLOT_DIRECT), on the
 * guest's own thread; anywhere else it is a fault that the host reports. No interrupt
 * reaches the guest meanwhile. Hold no lock: the guest's next call of the host may need
 * it. C only, not C++; not from a signal handler.
 */
#define jumpslot_guest_call(...)                                                         \
	JUMPSLOT_JOIN(JUMPSLOT_CALL_, JUMPSLOT_SELECT(__VA_ARGS__))(__VA_ARGS__)

/* Selected by the number of arguments, function included: ISO C allows no empty argument
 * list of a macro. */
#define JUMPSLOT_CALL_1(function)    JUMPSLOT_CALL(function, (), sizeof(void *))
#define JUMPSLOT_CALL_2(function, a) JUMPSLOT_CALL(function, (a), JUMPSLOT_ROOM_1(a))
#define JUMPSLOT_CALL_3(function, ...)                                                   \
	JUMPSLOT_CALL(                                                                   \
		function, (__VA_ARGS__),                                                 \
		JUMPSLOT_JOIN(JUMPSLOT_ROOM_, JUMPSLOT_COUNT(__VA_ARGS__))(__VA_ARGS__))
#ifdef JUMPSLOT_LINK_TIME
#define JUMPSLOT_CALL(function, arguments, stack_bytes) (function) arguments
#else
#define JUMPSLOT_CALL(function, arguments, stack_bytes)                                  \
	__builtin_call_with_static_chain(                                                \
		((__typeof__(*(function)) *)(uintptr_t)jumpslot_guest_entry)arguments,   \
		(void *)&(struct jumpslot_callee){                                       \
			(void (*)(void))(function), stack_bytes,                         \
			JUMPSLOT_RESULT_BYTES(__typeof__((function)arguments)) })
#endif

/* The psABI returns structures and unions in memory: all of them on i386, and larger ones
 * on x86-64. 12 and 13 are a structure and a union (gcc's typeclass.h). */
#ifdef __x86_64__
#define JUMPSLOT_RESULT_REGISTERS 16
#else
#define JUMPSLOT_RESULT_REGISTERS 0
#endif
#define JUMPSLOT_RESULT_BYTES(type)                                                      \
	(JUMPSLOT_CLASS_OF(type) / 2 == 6 && sizeof(type) > JUMPSLOT_RESULT_REGISTERS    \
		 ? sizeof(type)                                                          \
		 : 0)
/* Of an int for void, which has no values. */
#define JUMPSLOT_CLASS_OF(type)                                                          \
	__builtin_classify_type(*__builtin_choose_expr(                                  \
		__builtin_types_compatible_p(type, void), (int *)0, (type *)0))

/* Bytes that arguments take on the stack, at most: a parameter may be wider than the
 * argument passed for it, up to a long double or a 16-byte vector. */
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
