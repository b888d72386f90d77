/* A guest with its own provider: 64-bit, floating-point and pointer arguments. */
#include <jumpslot/entry.h>
#include <jumpslot/virt_bsp.h>
#include "calculator.h"

static void print(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	_BSP_Virtual_Console_write(text, length);
}

static void print_number(const char *what, int64_t value)
{
	char digits[21];
	char *at = digits + sizeof(digits) - 1;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	*at = 0;
	do
		*--at = (char)('0' + rest % 10);
	while (rest /= 10);
	print(what);
	print(value < 0 ? "-" : "");
	print(at);
	print("\n");
}

JUMPSLOT_ENTRY(info)
{
	static const double numbers[] = { 1.5, 2.25, 4.75, 3.5 };
	struct calculator_fraction fraction = { 462, -1071 };

	(void)info;
	print_number("9000000000 + 1 = ", calculator_add(9000000000, 1));
	print_number("1000 * root(2) = ", (int64_t)(1000 * calculator_root(2)));
	print_number("1000 * mean    = ", (int64_t)(1000 * calculator_mean(numbers, 4)));
	if (calculator_reduce(&fraction))
		return 1;
	print_number("462/-1071      = ", fraction.numerator);
	print_number("               / ", fraction.denominator);
	if (external_available(calculator_plot))
		calculator_plot(numbers, 4);
	else
		print("this host does not draw\n");
	return 0;
}
