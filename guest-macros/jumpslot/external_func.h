/*
 * EXTERNAL_FUNC: name a function that whatever runs this guest provides.
 *
 * Depends on external_abi.h and external_type.h alone: no libc, no host header.
 * The forms, all at file scope, in C11 and C++17:
 *
 *   EXTERNAL_FUNC(func)                     the prototype stands elsewhere, the
 *                                           type is unknown and not checked
 *   EXTERNAL_FUNC(ret, func, types...)      declares ret func(types...), and
 *                                           records its type
 *   EXTERNAL_FUNC_VARIADIC(ret, func, types...)  ret func(types..., ...)
 *   EXTERNAL_FUNC_OPTIONAL(...)             as EXTERNAL_FUNC, but the guest
 *                                           starts without it: ask
 *                                           external_available(func)
 *   EXTERNAL_FUNC_REGPARM3(ret, func, types...)  i386: the calling convention;
 *   EXTERNAL_FUNC_FASTCALL(ret, func, types...)  on x86-64 the same as
 *   EXTERNAL_FUNC_STDCALL(ret, func, types...)   EXTERNAL_FUNC
 *
 * A call is a plain C call of func(), from any thread and from interrupt
 * handlers: the first one binds, later ones cost one jump. At most 16 types.
 *
 * #define JUMPSLOT_INLINE_CALLS before the first inclusion makes typed functions
 * variables that hold the target: calls then do without the stub. A pointer
 * saved from such a variable keeps the target that it had.
 *
 * Everything of one function is one COMDAT group, so these lines may stand in a
 * header: duplicates merge, and --gc-sections drops what is never called. The
 * group's name is jumpslot.func and not func, so that an inline function of
 * that name cannot silently replace the stub. Not for use with -flto.
 *
 * A provider includes the same lines after <jumpslot/provider.h>: then they emit
 * the prototype and a record of the type, and no stub.
 */
#ifndef JUMPSLOT_EXTERNAL_FUNC_H
#define JUMPSLOT_EXTERNAL_FUNC_H

#include "external_abi.h"
#include "external_type.h"

#define JUMPSLOT_STRING(x)  JUMPSLOT_STRING_(x)
#define JUMPSLOT_STRING_(x) #x
#define JUMPSLOT_JOIN(a, b)  JUMPSLOT_JOIN_(a, b)
#define JUMPSLOT_JOIN_(a, b) a##b

/*
 * A type string from the numbers of JUMPSLOT_TYPE: the letter, then for a struct
 * ('S', 83) size.alignment and for a vector ('V', 86) its size. A `void` ('v',
 * 118) parameter list leaves nothing behind the result.
 */
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

#ifdef JUMPSLOT_PROVIDER

/*
 * struct jumpslot_provided: `type` and `function` are symbols, or `.` for 0. A numeric
 * label, because clang counts \@ anew inside of functions.
 */
__asm__(".macro __jumpslot_provided func, type, function, flags, carry=0, stack=0\n"
	"	.pushsection .jumpslot.strings,\"aR\",@progbits\n"
	"1:\n"
	"	.asciz	\"\\func\"\n"
	"	.popsection\n"
	"	.pushsection .jumpslot.provided,\"aR\",@progbits\n"
	"	.balign	4\n"
	"	.long	1b - .\n"
	"	.long	\\type - .\n"
	"	.long	\\function - .\n"
	"	.long	\\flags\n"
	"	.long	\\carry\n"
	"	.long	\\stack\n"
	"	.popsection\n"
	".endm\n");
#define JUMPSLOT_STRINGS(func) ".jumpslot.strings,\"aR\",@progbits"
#define JUMPSLOT_EMIT(func, flags, type, prototype)
#define JUMPSLOT_EMIT_TYPED(func, flags)                                       \
	"	__jumpslot_provided " #func ", .Ljumpslot.type." #func         \
	", ., " JUMPSLOT_STRING(flags) "\n"
#define JUMPSLOT_DECLARE(attribute, ret, func, ...)                            \
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
 * The note, which no linker may drop, and the resolver pointer: once an image, in a
 * group that no function can be called after. The empty .data is what
 * linkscripts/externals.ld inserts behind: lld has none otherwise.
 */
__asm__("	__jumpslot_resolver\n"
	"	.pushsection .data,\"awGR\",@progbits,jumpslot..abi,comdat\n"
	"	.popsection\n"
	"	.pushsection .note.jumpslot,\"aGR\",@note,jumpslot..abi,comdat\n"
	"	.balign	4\n"
	"	.long	9, 8, " JUMPSLOT_STRING(JUMPSLOT_NOTE_GUEST) "\n"
	"	.asciz	\"" JUMPSLOT_NOTE_OWNER "\"\n"
	"	.balign	4\n"
	"	.long	" JUMPSLOT_STRING(JUMPSLOT_ABI_VERSION) "\n"
	"	.long	__external_resolver - .\n"
	"	.popsection\n");

/* struct jumpslot_import: `type` is a symbol, or `.` for 0. */
__asm__(".macro __jumpslot_import func, flags, type\n"
	"	__jumpslot_stub \\func\n"
	"	.pushsection .externals.str,\"aG\",@progbits,jumpslot.\\func,comdat\n"
	".Ljumpslot.name.\\func:\n"
	"	.asciz	\"\\func\"\n"
	"	.popsection\n"
	"	.pushsection .externals.symtab,\"aG\",@progbits,jumpslot.\\func,comdat\n"
	"	.balign	4\n"
	".Ljumpslot.import.\\func:\n"
	"	.long	.Ljumpslot.name.\\func - .\n"
	"	.long	\\type - .\n"
	"	.long	jumpslot.slot.\\func - .\n"
	"	.long	\\flags\n"
	"	.popsection\n"
	".endm\n");

#define JUMPSLOT_STRINGS(func)                                                 \
	".externals.str,\"aG\",@progbits,jumpslot." #func ",comdat"

/* For messages: name, place, prototype, each NUL-terminated. Not loaded. */
#define JUMPSLOT_EMIT(func, flags, type, prototype)                            \
	__asm__("	__jumpslot_import " #func ", " JUMPSLOT_STRING(flags)  \
		", " type "\n"                                                 \
		"	.pushsection .debug_externals,\"G\",@progbits,"        \
		"jumpslot." #func ",comdat\n"                                  \
		"	.asciz \"" #func "\"\n"                                \
		"	.asciz \"" __FILE__ ":" JUMPSLOT_STRING(__LINE__) "\"\n" \
		"	.asciz \"" prototype "\"\n"                            \
		"	.popsection\n");
#define JUMPSLOT_EMIT_TYPED(func, flags)

#ifdef JUMPSLOT_INLINE_CALLS
#define JUMPSLOT_DECLARE(attribute, ret, func, ...)                            \
	JUMPSLOT_C_VARIABLE __typeof__(ret) (attribute * func)(__VA_ARGS__)    \
		__asm__("jumpslot.slot." #func)                                \
			__attribute__((__visibility__("hidden")));
#else
#define JUMPSLOT_DECLARE(attribute, ret, func, ...)                            \
	JUMPSLOT_C __typeof__(ret) func(__VA_ARGS__) attribute;
#endif

#define JUMPSLOT_DECLARE_OPTIONAL(func)                                        \
	JUMPSLOT_C_VARIABLE void *jumpslot_slot_##func                         \
		__asm__("jumpslot.slot." #func)                                \
			__attribute__((__visibility__("hidden")));             \
	JUMPSLOT_C_VARIABLE char jumpslot_bind_##func[]                        \
		__asm__("jumpslot.bind." #func)                                \
			__attribute__((__visibility__("hidden")));

/*
 * external_available(func): non-zero if the host provides the function that was
 * declared by EXTERNAL_FUNC_OPTIONAL(). The host binds those before the guest
 * starts, so a slot that still leads to its own resolver call has no function.
 * Calling it all the same is a fault that the host reports by name. May be
 * used anywhere; a load and a compare.
 */
#define external_available(func)                                               \
	(__atomic_load_n(&jumpslot_slot_##func, __ATOMIC_RELAXED) !=           \
	 (void *)jumpslot_bind_##func)

#endif /* a guest */

#ifdef __cplusplus
#define JUMPSLOT_C	    extern "C"
#define JUMPSLOT_C_VARIABLE extern "C"
#else
#define JUMPSLOT_C	    extern
#define JUMPSLOT_C_VARIABLE extern
#endif

/* JUMPSLOT_COUNT(types...): how many there are, 1 to 17, or MANY. */
#define JUMPSLOT_COUNT(...)                                                    \
	JUMPSLOT_COUNT_(__VA_ARGS__, MANY, MANY, MANY, MANY, MANY, MANY, MANY, \
			17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3,   \
			2, 1, 0)
#define JUMPSLOT_COUNT_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r,  \
			s, t, u, v, w, x, count, ...)                          \
	count

/* The asm operands of a list of types, and the text that names them. */
#define JUMPSLOT_OPERAND(t) "i"(JUMPSLOT_TYPE(t))
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
#define JUMPSLOT_OPERANDS_11(t, ...) JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_10(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_12(t, ...) JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_11(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_13(t, ...) JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_12(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_14(t, ...) JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_13(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_15(t, ...) JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_14(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_16(t, ...) JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_15(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_17(t, ...) JUMPSLOT_OPERAND(t), JUMPSLOT_OPERANDS_16(__VA_ARGS__)
#define JUMPSLOT_OPERANDS_MANY(...)  "i"(0)
#define JUMPSLOT_OPERANDS(...)                                                 \
	JUMPSLOT_JOIN(JUMPSLOT_OPERANDS_, JUMPSLOT_COUNT(__VA_ARGS__))         \
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
#define JUMPSLOT_NAMES_MANY                                                    \
	_Pragma("GCC error \"EXTERNAL_FUNC: more than 16 parameters\"") ""
#define JUMPSLOT_NAMES(...)                                                    \
	JUMPSLOT_JOIN(JUMPSLOT_NAMES_, JUMPSLOT_COUNT(__VA_ARGS__))

/*
 * Assembler outside functions takes no operands, so the type string is written
 * from inside one. Nothing calls it; --gc-sections or one of the scripts in
 * linkscripts/ takes its few bytes out of the image.
 */
#define JUMPSLOT_TYPE_STRING(flags, func, end, ...)                            \
	static __attribute__((__used__, __cold__, __noinline__,                \
			      __no_instrument_function__,                      \
			      __section__(".externals.types"))) void           \
	jumpslot_type_of_##func(void)                                          \
	{                                                                      \
		__asm__ volatile(                                              \
			"	.pushsection " JUMPSLOT_STRINGS(func) "\n"     \
			".Ljumpslot.type." #func ":\n"                         \
			"	__jumpslot_type_string " JUMPSLOT_NAMES(       \
				__VA_ARGS__) end "\n"                          \
			"	.popsection\n"                                 \
			JUMPSLOT_EMIT_TYPED(func, flags)                       \
			:                                                      \
			: JUMPSLOT_OPERANDS(__VA_ARGS__));                     \
	}

#define JUMPSLOT_UNTYPED(flags, func)                                          \
	JUMPSLOT_EMIT(func, flags, ".", "")

#define JUMPSLOT_TYPED(attribute, flags, ret, func, ...)                       \
	JUMPSLOT_DECLARE(attribute, ret, func, __VA_ARGS__)                    \
	JUMPSLOT_TYPE_STRING(flags, func, "", ret, __VA_ARGS__)                \
	JUMPSLOT_EMIT(func, flags, ".Ljumpslot.type." #func,                   \
		      #ret " " #func "(" #__VA_ARGS__ ")")

/* 46 is '.', which ends the type string of a variadic function. */
#define JUMPSLOT_TYPED_VARIADIC(flags, ret, func, ...)                         \
	JUMPSLOT_DECLARE(, ret, func, __VA_ARGS__, ...)                        \
	JUMPSLOT_TYPE_STRING(flags, func, ", 46", ret, __VA_ARGS__)            \
	JUMPSLOT_EMIT(func, flags, ".Ljumpslot.type." #func,                   \
		      #ret " " #func "(" #__VA_ARGS__ ", ...)")

/* One argument: untyped; two: no parameters; more: the parameters' types. */
#define JUMPSLOT_FORM_1(attribute, flags, func) JUMPSLOT_UNTYPED(flags, func)
#define JUMPSLOT_FORM_2(attribute, flags, ret, func)                           \
	JUMPSLOT_TYPED(attribute, flags, ret, func, void)
#define JUMPSLOT_FORM_3(attribute, flags, ret, func, ...)                      \
	JUMPSLOT_TYPED(attribute, flags, ret, func, __VA_ARGS__)
#define JUMPSLOT_FORM(attribute, flags, ...)                                   \
	JUMPSLOT_JOIN(JUMPSLOT_FORM_, JUMPSLOT_SELECT(__VA_ARGS__))            \
	(attribute, flags, __VA_ARGS__)
#define JUMPSLOT_SELECT(...)                                                   \
	JUMPSLOT_COUNT_(__VA_ARGS__, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, \
			3, 3, 3, 3, 3, 3, 3, 3, 2, 1, 0)

#define JUMPSLOT_FUNC_1(func)	       func
#define JUMPSLOT_FUNC_2(ret, func)      func
#define JUMPSLOT_FUNC_3(ret, func, ...) func
#define JUMPSLOT_FUNC(...)                                                     \
	JUMPSLOT_JOIN(JUMPSLOT_FUNC_, JUMPSLOT_SELECT(__VA_ARGS__))(__VA_ARGS__)

#if defined(__i386__)
#define JUMPSLOT_CONVENTION(attribute, flags, ...)                             \
	JUMPSLOT_FORM(__attribute__((attribute)), flags, __VA_ARGS__)
#else
#define JUMPSLOT_CONVENTION(attribute, flags, ...)                             \
	JUMPSLOT_FORM(, 0, __VA_ARGS__)
#endif

#define EXTERNAL_FUNC(...) JUMPSLOT_FORM(, 0, __VA_ARGS__)
#define EXTERNAL_FUNC_VARIADIC(ret, func, ...)                                 \
	JUMPSLOT_TYPED_VARIADIC(JUMPSLOT_VARIADIC, ret, func, __VA_ARGS__)
#define EXTERNAL_FUNC_OPTIONAL(...)                                            \
	JUMPSLOT_FORM(, JUMPSLOT_OPTIONAL, __VA_ARGS__)                        \
	JUMPSLOT_DECLARE_OPTIONAL_(JUMPSLOT_FUNC(__VA_ARGS__))
#define JUMPSLOT_DECLARE_OPTIONAL_(func) JUMPSLOT_DECLARE_OPTIONAL(func)
#define EXTERNAL_FUNC_REGPARM3(...)                                            \
	JUMPSLOT_CONVENTION(__regparm__(3), JUMPSLOT_REGPARM3, __VA_ARGS__)
#define EXTERNAL_FUNC_FASTCALL(...)                                            \
	JUMPSLOT_CONVENTION(__fastcall__, JUMPSLOT_FASTCALL, __VA_ARGS__)
#define EXTERNAL_FUNC_STDCALL(...)                                             \
	JUMPSLOT_CONVENTION(__stdcall__, JUMPSLOT_STDCALL, __VA_ARGS__)

#endif
