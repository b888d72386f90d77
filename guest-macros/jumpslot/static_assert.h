/*
 * JUMPSLOT_STATIC_ASSERT(condition, text): a compile-time check, spelled the same in C11
 * and in C++17. Depends on nothing.
 */
#ifndef JUMPSLOT_STATIC_ASSERT_H
#define JUMPSLOT_STATIC_ASSERT_H

#ifdef __cplusplus
#define JUMPSLOT_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define JUMPSLOT_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

#endif
