/* The host functions of the calculator guest: one header for guest and provider. */
#ifndef CALCULATOR_H
#define CALCULATOR_H

#include <stddef.h>
#include <stdint.h>
#include <jumpslot/external_func.h>

struct calculator_fraction {
	int64_t numerator;
	int64_t denominator;
};

/* Adds; the result wraps around. */
EXTERNAL_FUNC(int64_t, calculator_add, int64_t, int64_t)

/* The square root of a number, NaN of a negative one. */
EXTERNAL_FUNC(double, calculator_root, double)

/* The mean of `count` numbers; 0 if there are none, NaN if they are not readable. */
EXTERNAL_FUNC(double, calculator_mean, const double *, size_t)

/* Reduces a fraction in place. Returns 0, -EFAULT, or -EDOM for a zero denominator. */
EXTERNAL_FUNC(int, calculator_reduce, struct calculator_fraction *)

/* Not every host draws: the guest asks external_available() first. */
EXTERNAL_FUNC_OPTIONAL(void, calculator_plot, const double *, size_t)

#endif
