/*
 * EXTERNAL_FUNC: declare a function that the guest's host provides.
 *
 * All forms stand at file scope, in C11 and C++17:
 *
 *   EXTERNAL_FUNC(func)                     the prototype is elsewhere; the type is not
 *                                           recorded and not checked
 *   EXTERNAL_FUNC(ret, func, types...)      declares ret func(types...) and records the
 *                                           type; without types: ret func(void)
 *   EXTERNAL_FUNC_VARIADIC(ret, func, types...)  ret func(types..., ...)
 *   EXTERNAL_FUNC_OPTIONAL(...)             as EXTERNAL_FUNC, but the guest starts
 *                                           without it; see external_available()
 *   EXTERNAL_FUNC_REGPARM3(ret, func, types...)  i386: a calling convention; the same as
 *   EXTERNAL_FUNC_FASTCALL(ret, func, types...)  EXTERNAL_FUNC on other processors
 *   EXTERNAL_FUNC_STDCALL(ret, func, types...)
 *
 * At most 16 types. A type that cannot be passed to a host is an error of the compiler at
 * the line. The guest calls func() as any C function, from any thread and from interrupt
 * handlers, unless the function itself forbids it. The first call binds; later calls cost
 * one jump. A call of a function that the host lacks is a fault, reported by name.
 *
 * Define JUMPSLOT_INLINE_CALLS before the first inclusion to make typed functions
 * variables that hold the target: calls then avoid the stub. A pointer that is copied
 * from such a variable keeps the target of that time.
 *
 * The lines belong into a header: everything of one function is one COMDAT group, so
 * duplicates merge, and --gc-sections drops functions that are never called. The group's
 * name is jumpslot.func and not func, so that an inline function named func cannot
 * silently replace the stub. Not for use with -flto.
 *
 * A provider includes <jumpslot/provider.h> before the same lines: they then emit the
 * prototype and a record of the type, and no stub.
 *
 * With -DJUMPSLOT_LINK_TIME, guest and provider are linked to one program
 * (docs/link-time.md). The same lines are then prototypes and nothing else.
 *
 * Depends on abi/, external_type.h and the stub header of the processor: no libc, no
 * header of a host. docs/abi.md describes the sections that are emitted.
 */
#ifndef JUMPSLOT_EXTERNAL_FUNC_H
#define JUMPSLOT_EXTERNAL_FUNC_H

#include "abi/import.h"
#include "external_type.h"

#define JUMPSLOT_STRING(x)   JUMPSLOT_STRING_(x)
#define JUMPSLOT_STRING_(x)  #x
#define JUMPSLOT_JOIN(a, b)  JUMPSLOT_JOIN_(a, b)
#define JUMPSLOT_JOIN_(a, b) a##b

#ifdef JUMPSLOT_LINK_TIME
#include "external_link_time.h"
#else

/*
 * Section types are quoted in this file ("progbits"): `@` begins a comment on some
 * processors.
 *
 * __jumpslot_type_string writes a type string from numbers of JUMPSLOT_TYPE: the letter,
 * then for a struct ('S', 83) size.alignment and for a vector ('V', 86) its size. The
 * letter of `void` ('v', 118) adds nothing after the result.
 */
/* clang-format off */
__asm__(".macro __jumpslot_decimal value\n"
	"	.if \\value > 9\n"
	"	__jumpslot_decimal (\\value)/10\n"
	"	.endif\n"
	"	.byte	48 + (\\value) % 10\n"
	".endm\n"
	".macro __jumpslot_type type\n"
	"	.byte	\\type & 127\n"
	"	.if (\\type & 127) == 83\n"
	"	__jumpslot_decimal (\\type>>12)\n"
	"	.byte	46\n"
	"	__jumpslot_decimal (1<<(\\type>>7&31))\n"
	"	.endif\n"
	"	.if (\\type & 127) == 86\n"
	"	__jumpslot_decimal (\\type>>12)\n"
	"	.endif\n"
	".endm\n"
	".macro __jumpslot_type_string result, parameters:vararg\n"
	"	__jumpslot_type \\result\n"
	"	.irp type, \\parameters\n"
	"	.if (\\type & 127) != 118\n"
	"	__jumpslot_type \\type\n"
	"	.endif\n"
	"	.endr\n"
	"	.byte	0\n"
	".endm\n");
/* clang-format on */

#ifdef JUMPSLOT_PROVIDER
#include "abi/provider.h"

/*
 * struct jumpslot_provided: `type` and `function` are symbols, or `.` for 0. The label is
 * numeric because clang counts \@ from 0 again inside functions.
 */
/* clang-format off */
__asm__(".macro __jumpslot_provided func, type, function, flags, carry=0, stack=0\n"
	"	.pushsection .jumpslot.strings,\"aR\",\"progbits\"\n"
	"1:\n"
	"	.asciz	\"\\func\"\n"
	"	.popsection\n"
	"	.pushsection .jumpslot.provided,\"aR\",\"progbits\"\n"
	"	.balign	4\n"
	"	.long	1b - .\n"
	"	.long	\\type - .\n"
	"	.long	\\function - .\n"
	"	.long	\\flags\n"
	"	.long	\\carry\n"
	"	.long	\\stack\n"
	"	.popsection\n"
	".endm\n");
/* clang-format on */

#define JUMPSLOT_STRINGS(func) ".jumpslot.strings,\"aR\",\"progbits\""
#define JUMPSLOT_EMIT(func, flags, type, prototype)
#define JUMPSLOT_EMIT_TYPED(func, flags)                                                 \
	"	__jumpslot_provided " #func ", .Ljumpslot.type." #func                   \
	", ., " JUMPSLOT_STRING(flags) "\n"
#define JUMPSLOT_DECLARE(attribute, ret, func, ...)                                      \
	JUMPSLOT_C ret func(__VA_ARGS__) attribute;
#define JUMPSLOT_DECLARE_OPTIONAL(func)

#else /* a guest */

#if defined(__x86_64__) && !defined(__ILP32__)
#include "external_stub_x86_64.h"
#elif defined(__i386__)
#include "external_stub_i386.h"
#else
#error "jumpslot: guests are i386 or x86-64"
#endif

/*
 * The note, which no linker may drop, and the resolver pointer: once per image, in a
 * group whose name cannot be that of a function. The empty .data is for lld, which
 * otherwise has none for linkscripts/externals.ld to insert the slots after.
 */
/* clang-format off */
__asm__("	__jumpslot_resolver\n"
	"	.pushsection .data,\"awGR\",\"progbits\",jumpslot..abi,comdat\n"
	"	.popsection\n"
	"	.pushsection .note.jumpslot,\"aGR\",\"note\",jumpslot..abi,comdat\n"
	"	.balign	4\n"
	"	.long	9, 8, " JUMPSLOT_STRING(JUMPSLOT_NOTE_GUEST) "\n"
	"	.asciz	\"" JUMPSLOT_NOTE_OWNER "\"\n"
	"	.balign	4\n"
	"	.long	" JUMPSLOT_STRING(JUMPSLOT_ABI_VERSION) "\n"
	"	.long	__external_resolver - .\n"
	"	.popsection\n");
/* clang-format on */

/* The stub, and struct jumpslot_import: `type` is a symbol, or `.` for 0. */
/* clang-format off */
__asm__(".macro __jumpslot_import func, flags, type\n"
	"	__jumpslot_stub \\func\n"
	"	.pushsection .externals.str,\"aG\",\"progbits\",jumpslot.\\func,comdat\n"
	".Ljumpslot.name.\\func:\n"
	"	.asciz	\"\\func\"\n"
	"	.popsection\n"
	"	.pushsection .externals.symtab,\"aG\",\"progbits\","
	"jumpslot.\\func,comdat\n"
	"	.balign	4\n"
	".Ljumpslot.import.\\func:\n"
	"	.long	.Ljumpslot.name.\\func - .\n"
	"	.long	\\type - .\n"
	"	.long	jumpslot.slot.\\func - .\n"
	"	.long	\\flags\n"
	"	.popsection\n"
	".endm\n");
/* clang-format on */

#define JUMPSLOT_STRINGS(func)                                                           \
	".externals.str,\"aG\",\"progbits\",jumpslot." #func ",comdat"

/* .debug_externals is for messages and not loaded: name, place and prototype of each
 * function, NUL-terminated. */
/* clang-format off */
#define JUMPSLOT_EMIT(func, flags, type, prototype)                                      \
	__asm__("	__jumpslot_import " #func ", " JUMPSLOT_STRING(flags)            \
		", " type "\n"                                                           \
		"	.pushsection .debug_externals,\"G\",\"progbits\","               \
		"jumpslot." #func ",comdat\n"                                            \
		"	.asciz \"" #func "\"\n"                                          \
		"	.asciz \"" __FILE__ ":" JUMPSLOT_STRING(__LINE__) "\"\n"         \
		"	.asciz \"" prototype "\"\n"                                      \
		"	.popsection\n");
/* clang-format on */
#define JUMPSLOT_EMIT_TYPED(func, flags)

#ifdef JUMPSLOT_INLINE_CALLS
#define JUMPSLOT_DECLARE(attribute, ret, func, ...)                                      \
	JUMPSLOT_C_VARIABLE __typeof__(ret)(attribute * func)(__VA_ARGS__) __asm__(      \
		"jumpslot.slot." #func) __attribute__((__visibility__("hidden")));
#else
#define JUMPSLOT_DECLARE(attribute, ret, func, ...)                                      \
	JUMPSLOT_C __typeof__(ret) func(__VA_ARGS__) attribute;
#endif

#define JUMPSLOT_DECLARE_OPTIONAL(func)                                                  \
	JUMPSLOT_C_VARIABLE void *jumpslot_slot_##func __asm__("jumpslot.slot." #func)   \
		__attribute__((__visibility__("hidden")));                               \
	JUMPSLOT_C_VARIABLE char jumpslot_bind_##func[] __asm__("jumpslot.bind." #func)  \
		__attribute__((__visibility__("hidden")));

/*
 * external_available(func): non-zero if the host provides `func`, which
 * EXTERNAL_FUNC_OPTIONAL() declared. The host binds optional functions before the guest
 * starts, so a slot that still holds its initial value has no function. Calling it
 * nevertheless is a fault that the host reports by name.
 * From any thread and from interrupt handlers; costs a load and a compare.
 */
#define external_available(func)                                                         \
	(__atomic_load_n(&jumpslot_slot_##func, __ATOMIC_RELAXED) !=                     \
	 (void *)jumpslot_bind_##func)

#endif /* a guest */

#endif /* !JUMPSLOT_LINK_TIME */

#ifdef __cplusplus
#define JUMPSLOT_C	    extern "C"
#define JUMPSLOT_C_VARIABLE extern "C"
#else
#define JUMPSLOT_C	    extern
#define JUMPSLOT_C_VARIABLE extern
#endif

/* JUMPSLOT_COUNT(types...): their number, 1 to 17, or MANY. */
#define JUMPSLOT_COUNT(...)                                                              \
	JUMPSLOT_COUNT_(__VA_ARGS__, MANY, MANY, MANY, MANY, MANY, MANY, MANY, 17, 16,   \
			15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define JUMPSLOT_COUNT_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u,   \
			v, w, x, count, ...)                                             \
	count

#ifndef JUMPSLOT_LINK_TIME

/* The operands of a list of types in an asm statement, and the text that names them. */
#define JUMPSLOT_OPERAND(t)	     "i"(JUMPSLOT_TYPE(t))
#define JUMPSLOT_OPERANDS_1(t)	     JUMPSLOT_OPERAND(t)
#define JUMPSLOT_OPERANDS_2(t, ...)  JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_1(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_3(t, ...)  JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_2(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_4(t, ...)  JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_3(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_5(t, ...)  JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_4(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_6(t, ...)  JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_5(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_7(t, ...)  JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_6(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_8(t, ...)  JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_7(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_9(t, ...)  JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_8(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_10(t, ...) JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_9(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_11(t, ...)                                                     \
	JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_10(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_12(t, ...)                                                     \
	JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_11(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_13(t, ...)                                                     \
	JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_12(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_14(t, ...)                                                     \
	JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_13(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_15(t, ...)                                                     \
	JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_14(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_16(t, ...)                                                     \
	JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_15(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_17(t, ...)                                                     \
	JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_16(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_MANY(...) "i"(0)
#define JUMPSLOT_OPERANDS(...)                                                           \
	JUMPSLOT_JOIN(JUMPSLOT_OPERANDS_, JUMPSLOT_COUNT(__VA_ARGS__))                   \
	(__VA_ARGS__)
#define JUMPSLOT_NAMES_1  "%c0"
#define JUMPSLOT_NAMES_2  JUMPSLOT_NAMES_1 ", %c1"
#define JUMPSLOT_NAMES_3  JUMPSLOT_NAMES_2 ", %c2"
#define JUMPSLOT_NAMES_4  JUMPSLOT_NAMES_3 ", %c3"
#define JUMPSLOT_NAMES_5  JUMPSLOT_NAMES_4 ", %c4"
#define JUMPSLOT_NAMES_6  JUMPSLOT_NAMES_5 ", %c5"
#define JUMPSLOT_NAMES_7  JUMPSLOT_NAMES_6 ", %c6"
#define JUMPSLOT_NAMES_8  JUMPSLOT_NAMES_7 ", %c7"
#define JUMPSLOT_NAMES_9  JUMPSLOT_NAMES_8 ", %c8"
#define JUMPSLOT_NAMES_10 JUMPSLOT_NAMES_9 ", %c9"
#define JUMPSLOT_NAMES_11 JUMPSLOT_NAMES_10 ", %c10"
#define JUMPSLOT_NAMES_12 JUMPSLOT_NAMES_11 ", %c11"
#define JUMPSLOT_NAMES_13 JUMPSLOT_NAMES_12 ", %c12"
#define JUMPSLOT_NAMES_14 JUMPSLOT_NAMES_13 ", %c13"
#define JUMPSLOT_NAMES_15 JUMPSLOT_NAMES_14 ", %c14"
#define JUMPSLOT_NAMES_16 JUMPSLOT_NAMES_15 ", %c15"
#define JUMPSLOT_NAMES_17 JUMPSLOT_NAMES_16 ", %c16"
#define JUMPSLOT_NAMES_MANY                                                              \
	_Pragma("GCC error \"EXTERNAL_FUNC: more than 16 parameters\"") ""
#define JUMPSLOT_NAMES(...) JUMPSLOT_JOIN(JUMPSLOT_NAMES_, JUMPSLOT_COUNT(__VA_ARGS__))

/*
 * Assembly at file scope takes no operands, so a function writes the type string. Nothing
 * calls the function; --gc-sections or a script of linkscripts/ drops its few bytes.
 */
/* clang-format off */
#define JUMPSLOT_TYPE_STRING(flags, func, end, ...)                                      \
	static __attribute__((__used__, __cold__, __noinline__,                          \
			      __no_instrument_function__,                                \
			      __section__(".externals.types"))) void                     \
	jumpslot_type_of_##func(void)                                                    \
	{                                                                                \
		__asm__ volatile(                                                        \
			"	.pushsection " JUMPSLOT_STRINGS(func) "\n"               \
			".Ljumpslot.type." #func ":\n"                                   \
			"	__jumpslot_type_string "                                 \
				JUMPSLOT_NAMES(__VA_ARGS__) end "\n"                     \
			"	.popsection\n"                                           \
			JUMPSLOT_EMIT_TYPED(func, flags)                                 \
			:                                                                \
			: JUMPSLOT_OPERANDS(__VA_ARGS__));                               \
	}
/* clang-format on */

#define JUMPSLOT_UNTYPED(flags, func) JUMPSLOT_EMIT(func, flags, ".", "")

#define JUMPSLOT_TYPED(attribute, flags, ret, func, ...)                                 \
	JUMPSLOT_DECLARE(attribute, ret, func, __VA_ARGS__)                              \
	JUMPSLOT_TYPE_STRING(flags, func, "", ret, __VA_ARGS__)                          \
	JUMPSLOT_EMIT(func, flags, ".Ljumpslot.type." #func,                             \
		      #ret " " #func "(" #__VA_ARGS__ ")")

/* 46 is '.', the end of the type string of a variadic function. */
#define JUMPSLOT_TYPED_VARIADIC(flags, ret, func, ...)                                   \
	JUMPSLOT_DECLARE(, ret, func, __VA_ARGS__, ...)                                  \
	JUMPSLOT_TYPE_STRING(flags, func, ", 46", ret, __VA_ARGS__)                      \
	JUMPSLOT_EMIT(func, flags, ".Ljumpslot.type." #func,                             \
		      #ret " " #func "(" #__VA_ARGS__ ", ...)")

#endif /* !JUMPSLOT_LINK_TIME */

/* One argument: untyped. Two: no parameters. More: the types of the parameters. */
#define JUMPSLOT_FORM_1(attribute, flags, func) JUMPSLOT_UNTYPED(flags, func)
#define JUMPSLOT_FORM_2(attribute, flags, ret, func)                                     \
	JUMPSLOT_TYPED(attribute, flags, ret, func, void)
#define JUMPSLOT_FORM_3(attribute, flags, ret, func, ...)                                \
	JUMPSLOT_TYPED(attribute, flags, ret, func, __VA_ARGS__)
#define JUMPSLOT_FORM(attribute, flags, ...)                                             \
	JUMPSLOT_JOIN(JUMPSLOT_FORM_, JUMPSLOT_SELECT(__VA_ARGS__))                      \
	(attribute, flags, __VA_ARGS__)
#define JUMPSLOT_SELECT(...)                                                             \
	JUMPSLOT_COUNT_(__VA_ARGS__, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,  \
			3, 3, 3, 3, 3, 2, 1, 0)

#define JUMPSLOT_FUNC_1(func)		func
#define JUMPSLOT_FUNC_2(ret, func)	func
#define JUMPSLOT_FUNC_3(ret, func, ...) func
#define JUMPSLOT_FUNC(...)                                                               \
	JUMPSLOT_JOIN(JUMPSLOT_FUNC_, JUMPSLOT_SELECT(__VA_ARGS__))(__VA_ARGS__)

#if defined(__i386__)
#define JUMPSLOT_CONVENTION(attribute, flags, ...)                                       \
	JUMPSLOT_FORM(__attribute__((attribute)), flags, __VA_ARGS__)
#else
#define JUMPSLOT_CONVENTION(attribute, flags, ...) JUMPSLOT_FORM(, 0, __VA_ARGS__)
#endif

#define EXTERNAL_FUNC(...) JUMPSLOT_FORM(, 0, __VA_ARGS__)
#define EXTERNAL_FUNC_VARIADIC(ret, func, ...)                                           \
	JUMPSLOT_TYPED_VARIADIC(JUMPSLOT_VARIADIC, ret, func, __VA_ARGS__)
#define EXTERNAL_FUNC_OPTIONAL(...)                                                      \
	JUMPSLOT_FORM(, JUMPSLOT_OPTIONAL, __VA_ARGS__)                                  \
	JUMPSLOT_DECLARE_OPTIONAL_(JUMPSLOT_FUNC(__VA_ARGS__))
#define JUMPSLOT_DECLARE_OPTIONAL_(func) JUMPSLOT_DECLARE_OPTIONAL(func)
#define EXTERNAL_FUNC_REGPARM3(...)                                                      \
	JUMPSLOT_CONVENTION(__regparm__(3), JUMPSLOT_REGPARM3, __VA_ARGS__)
#define EXTERNAL_FUNC_FASTCALL(...)                                                      \
	JUMPSLOT_CONVENTION(__fastcall__, JUMPSLOT_FASTCALL, __VA_ARGS__)
#define EXTERNAL_FUNC_STDCALL(...)                                                       \
	JUMPSLOT_CONVENTION(__stdcall__, JUMPSLOT_STDCALL, __VA_ARGS__)

#endif
