/*
 * EXTERNAL_FUNC with -DJUMPSLOT_LINK_TIME: guest and provider are linked to one program,
 * so a line is a prototype, and the linker finds the function. No slot, no record of the
 * type. Only external_func.h includes this file. docs/link-time.md says what differs.
 *
 * A missing function is an error of the linker, except an optional one: its symbol is
 * weak.
 */
#ifndef JUMPSLOT_EXTERNAL_LINK_TIME_H
#define JUMPSLOT_EXTERNAL_LINK_TIME_H

#define JUMPSLOT_UNTYPED(flags, func)
#define JUMPSLOT_TYPED(attribute, flags, ret, func, ...)                                 \
	JUMPSLOT_C __typeof__(ret) func(__VA_ARGS__) attribute;
#define JUMPSLOT_TYPED_VARIADIC(flags, ret, func, ...)                                   \
	JUMPSLOT_C __typeof__(ret) func(__VA_ARGS__, ...);

#ifdef JUMPSLOT_PROVIDER
#define JUMPSLOT_DECLARE_OPTIONAL(func)
#else
#define JUMPSLOT_DECLARE_OPTIONAL(func) _Pragma(JUMPSLOT_STRING(weak func))
#define external_available(func)	((func) != 0)
#endif

#endif
