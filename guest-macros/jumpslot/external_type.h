/*
 * JUMPSLOT_TYPE(T): the compiler's knowledge of a type, packed into one number. The
 * assembler writes the type string from it (docs/abi.md, "Type strings").
 *
 *   bits 0 to 6: the letter; bits 7 to 11: log2 of the alignment; bits 12 to 30: the size
 *
 * C selects the letter by _Generic and C++ by templates. Both must give the same letters:
 * tests/abi/test_type_strings.py compares them. Letter 0 marks a type that cannot be
 * passed to an external function; JUMPSLOT_TYPE() refuses it at compile time.
 * Depends on nothing.
 */
#ifndef JUMPSLOT_EXTERNAL_TYPE_H
#define JUMPSLOT_EXTERNAL_TYPE_H

/* `align` comes from __alignof__: gcc's _Alignof is limited to the alignment of the
 * vectors that -march has, but structs may be passed with a larger one. */
#define JUMPSLOT_TYPE_PACK(code, size, align)                                            \
	((code) | JUMPSLOT_TYPE_LOG2(align) << 7 | (int)(size) << 12)

#define JUMPSLOT_TYPE_LOG2(align) (31 - __builtin_clz((unsigned)(align)))

/* The largest size that fits the number, in bytes. */
#define JUMPSLOT_TYPE_MAX_SIZE 0x7ffff

/* The letters of signed and unsigned integers of `size` bytes. */
#define JUMPSLOT_TYPE_SIGNED(size)                                                       \
	((size) == 1 ? 'b' : (size) == 2 ? 'h' : (size) == 4 ? 'i' : 'l')
#define JUMPSLOT_TYPE_UNSIGNED(size)                                                     \
	((size) == 1 ? 'c' : (size) == 2 ? 't' : (size) == 4 ? 'u' : 'm')
#define JUMPSLOT_TYPE_CHAR ((char)-1 < 0 ? 'b' : 'c')

/*
 * For types without a name below. gcc and clang agree on the __builtin_classify_type of
 * those that it distinguishes here: integer (1), real (8) and complex (9) numbers without
 * a name have no letter.
 */
#define JUMPSLOT_TYPE_IS_NUMBER(kind) ((kind) == 1 || (kind) == 8 || (kind) == 9)

#ifdef __cplusplus

namespace jumpslot
{
/* __int128 is not ISO C++: __extension__ keeps -Wpedantic quiet. */
#ifdef __SIZEOF_INT128__
__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;
#endif

/*
 * Classes, unions and vectors; an enumeration has the letter of its integer type. A class
 * that is not trivially copyable is passed by a hidden reference to a copy that C cannot
 * make, so it has no letter.
 */
template <typename T, bool = __is_enum(T)> struct type_letter {
	static constexpr int kind = __builtin_classify_type(*(T *)0);
	static constexpr int value = __is_class(T) || __is_union(T)
					     ? __is_trivially_copyable(T) ? 'S' : 0
				     : JUMPSLOT_TYPE_IS_NUMBER(kind) ? 0
								     : 'V';
};
template <typename T> struct type_letter<T, true> {
	static constexpr int value = type_letter<__underlying_type(T), false>::value;
};
#define JUMPSLOT_TYPE_LETTER(T, letter)                                                  \
	template <> struct type_letter<T, false> {                                       \
		static constexpr int value = letter;                                     \
	};
JUMPSLOT_TYPE_LETTER(void, 'v')
JUMPSLOT_TYPE_LETTER(bool, 'B')
JUMPSLOT_TYPE_LETTER(char, JUMPSLOT_TYPE_CHAR)
JUMPSLOT_TYPE_LETTER(signed char, 'b')
JUMPSLOT_TYPE_LETTER(unsigned char, 'c')
JUMPSLOT_TYPE_LETTER(short, 'h')
JUMPSLOT_TYPE_LETTER(unsigned short, 't')
JUMPSLOT_TYPE_LETTER(int, 'i')
JUMPSLOT_TYPE_LETTER(unsigned, 'u')
JUMPSLOT_TYPE_LETTER(long, JUMPSLOT_TYPE_SIGNED(sizeof(long)))
JUMPSLOT_TYPE_LETTER(unsigned long, JUMPSLOT_TYPE_UNSIGNED(sizeof(long)))
JUMPSLOT_TYPE_LETTER(long long, 'l')
JUMPSLOT_TYPE_LETTER(unsigned long long, 'm')
JUMPSLOT_TYPE_LETTER(wchar_t, (wchar_t)-1 < 0 ? 'i' : 'u')
JUMPSLOT_TYPE_LETTER(char16_t, 't')
JUMPSLOT_TYPE_LETTER(char32_t, 'u')
JUMPSLOT_TYPE_LETTER(float, 'f')
JUMPSLOT_TYPE_LETTER(double, 'd')
JUMPSLOT_TYPE_LETTER(long double, 'D')
JUMPSLOT_TYPE_LETTER(decltype(nullptr), 'p')
#ifdef __SIZEOF_INT128__
JUMPSLOT_TYPE_LETTER(int128, 'q')
JUMPSLOT_TYPE_LETTER(uint128, 'Q')
#endif
#undef JUMPSLOT_TYPE_LETTER
template <typename T> struct type_letter<T *, false> {
	static constexpr int value = 'p';
};
template <typename T, typename C> struct type_letter<T C::*, false> {
	static constexpr int value = 0;
};

/* The type of a parameter declared as T: arrays and references become pointers,
 * qualifiers are dropped. */
template <typename F> struct parameter;
template <typename T> struct parameter<void(T)> {
	using type = T;
};
template <typename T> struct parameter<void(T &)> {
	using type = T *;
};
template <typename T> struct parameter<void(T &&)> {
	using type = T *;
};
template <typename T> struct passed : parameter<void(T)> {
};
template <> struct passed<void> {
	using type = void;
};

template <typename T> struct layout {
	static constexpr unsigned long size = sizeof(T), align = __alignof__(T);
};
template <> struct layout<void> {
	static constexpr unsigned long size = 1, align = 1;
};

template <typename T> constexpr int type_of()
{
	using object = typename passed<T>::type;
	constexpr int letter = type_letter<object>::value;
	static_assert(letter != 0,
		      "EXTERNAL_FUNC: a type that cannot be passed to a host");
	static_assert(layout<object>::size <= JUMPSLOT_TYPE_MAX_SIZE,
		      "EXTERNAL_FUNC: a struct too large to pass by value");
	return JUMPSLOT_TYPE_PACK(letter, layout<object>::size, layout<object>::align);
}
} // namespace jumpslot

#define JUMPSLOT_TYPE(T) (jumpslot::type_of<T>())

#else /* C */

/*
 * The type of a parameter declared as T: the comma turns arrays into pointers. char
 * stands for void, which has no size.
 */
#define JUMPSLOT_TYPE_OBJECT(T)                                                          \
	__typeof__(((void)0, *_Generic((const volatile __typeof__(T) *)0,      \
				     const volatile void *: (char *)0,         \
				     default: (__typeof__(T) *)0)))

/* Types without a name: pointers (class 5), structs and unions, and vectors otherwise. */
#define JUMPSLOT_TYPE_CLASS(T) __builtin_classify_type(*(JUMPSLOT_TYPE_OBJECT(T) *)0)
#define JUMPSLOT_TYPE_IS_RECORD(T)                                                       \
	(JUMPSLOT_TYPE_CLASS(T) == 12 || JUMPSLOT_TYPE_CLASS(T) == 13)
#define JUMPSLOT_TYPE_UNNAMED(T)                                                         \
	(JUMPSLOT_TYPE_CLASS(T) == 5			   ? 'p'                         \
	 : JUMPSLOT_TYPE_IS_RECORD(T)			   ? 'S'                         \
	 : JUMPSLOT_TYPE_IS_NUMBER(JUMPSLOT_TYPE_CLASS(T)) ? 0                           \
							   : 'V')

#ifdef __SIZEOF_INT128__
__extension__ typedef __int128 jumpslot_int128;
__extension__ typedef unsigned __int128 jumpslot_uint128;
#define JUMPSLOT_TYPE_INT128                                                             \
	jumpslot_int128:                                                                 \
	'q', jumpslot_uint128 : 'Q',
#else
#define JUMPSLOT_TYPE_INT128
#endif

/* The inner _Generic reads an object: that drops qualifiers and makes an enumeration
 * match its integer type. A pointer to the object would not do so with both compilers. */
#define JUMPSLOT_TYPE_LETTER(T)                                                          \
	_Generic((const volatile __typeof__(T) *)0,                            \
		const volatile void *: 'v',                                    \
		default: _Generic(*(JUMPSLOT_TYPE_OBJECT(T) *)0,               \
			_Bool: 'B',                                            \
			char: JUMPSLOT_TYPE_CHAR,                              \
			signed char: 'b',                                      \
			unsigned char: 'c',                                    \
			short: 'h',                                            \
			unsigned short: 't',                                   \
			int: 'i',                                              \
			unsigned: 'u',                                         \
			long: JUMPSLOT_TYPE_SIGNED(sizeof(long)),              \
			unsigned long: JUMPSLOT_TYPE_UNSIGNED(sizeof(long)),   \
			long long: 'l',                                        \
			unsigned long long: 'm',                               \
			JUMPSLOT_TYPE_INT128                                   \
			float: 'f',                                            \
			double: 'd',                                           \
			long double: 'D',                                      \
			default: JUMPSLOT_TYPE_UNNAMED(T)))

/* 0, or an error of the compiler at the EXTERNAL_FUNC line. */
#define JUMPSLOT_TYPE_CHECK(T)                                                           \
	(0 * sizeof(struct {                                                             \
		 _Static_assert(JUMPSLOT_TYPE_LETTER(T) != 0,                            \
				"EXTERNAL_FUNC: a type that cannot be "                  \
				"passed to a host");                                     \
		 _Static_assert(sizeof(JUMPSLOT_TYPE_OBJECT(T)) <=                       \
					JUMPSLOT_TYPE_MAX_SIZE,                          \
				"EXTERNAL_FUNC: a struct too large to pass "             \
				"by value");                                             \
		 int checked;                                                            \
	 }))

#define JUMPSLOT_TYPE(T)                                                                 \
	((int)JUMPSLOT_TYPE_CHECK(T) +                                                   \
	 JUMPSLOT_TYPE_PACK(JUMPSLOT_TYPE_LETTER(T), sizeof(JUMPSLOT_TYPE_OBJECT(T)),    \
			    __alignof__(JUMPSLOT_TYPE_OBJECT(T))))

#endif
#endif
