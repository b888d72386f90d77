/* The provider of the calculator's functions. */
#include <jumpslot/provider.h>
#include <errno.h>
#include <math.h>
#include <unistd.h>
#include "calculator.h"
#include "func_list.h"

int64_t calculator_add(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

double calculator_root(double value)
{
	return sqrt(value);
}

double calculator_mean(const double *numbers, size_t count)
{
	double sum = 0;

	if (count > SIZE_MAX / sizeof(*numbers) ||
	    jumpslot_guest_range(numbers, count * sizeof(*numbers), JUMPSLOT_READ))
		return NAN;
	for (size_t i = 0; i < count; i++)
		sum += numbers[i];
	return count ? sum / (double)count : 0;
}

static uint64_t magnitude(int64_t value)
{
	return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

int calculator_reduce(struct calculator_fraction *guests)
{
	struct calculator_fraction fraction;
	uint64_t divisor;

	if (jumpslot_guest_copy_in(&fraction, guests, sizeof(fraction)))
		return -EFAULT;
	if (!fraction.denominator)
		return -EDOM;
	divisor = common_divisor(magnitude(fraction.numerator),
				 magnitude(fraction.denominator));
	/* The only divisor that exceeds int64_t; the quotients are -1, 0 or 1. */
	if (divisor > INT64_MAX)
		fraction = (struct calculator_fraction){ fraction.numerator ? 1 : 0, 1 };
	else
		fraction = (struct calculator_fraction){
			fraction.numerator / (int64_t)divisor,
			fraction.denominator / (int64_t)divisor,
		};
	return jumpslot_guest_copy_out(guests, &fraction, sizeof(fraction));
}

JUMPSLOT_SYSCALLS(calculator_plot, JUMPSLOT_NEEDS_STDOUT)

/* Draws a bar for each number, eight characters per unit. */
void calculator_plot(const double *numbers, size_t count)
{
	static const char bar[] = "################################################";

	if (count > SIZE_MAX / sizeof(*numbers) ||
	    jumpslot_guest_range(numbers, count * sizeof(*numbers), JUMPSLOT_READ))
		return;
	for (size_t i = 0; i < count; i++) {
		double length = 8 * numbers[i];
		size_t characters = sizeof(bar) - 1;

		if (!(length > 0))
			characters = 0;
		else if (length < (double)characters)
			characters = (size_t)length;
		if (write(STDOUT_FILENO, bar, characters) < 0 ||
		    write(STDOUT_FILENO, "\n", 1) < 0)
			return;
	}
}
