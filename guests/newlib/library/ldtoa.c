/*
 * newlib's digits of a number for printf(), which is built for long double: newlib then
 * takes the way of long double for each double too, and that is 30 times as slow. The
 * digits of a number that a double holds are those of the double. newlib's build renames
 * its own function to jumpslot_ldtoa_r(). Depends on newlib's internals.
 */
#include <reent.h>

char *_dtoa_r(struct _reent *reent, double number, int mode, int digits, int *point,
	      int *sign, char **end);
char *jumpslot_ldtoa_r(struct _reent *reent, long double number, int mode, int digits,
		       int *point, int *sign, char **end);
char *_ldtoa_r(struct _reent *reent, long double number, int mode, int digits, int *point,
	       int *sign, char **end);

char *_ldtoa_r(struct _reent *reent, long double number, int mode, int digits, int *point,
	       int *sign, char **end)
{
	double narrow = (double)number;

	if (narrow == number)
		return _dtoa_r(reent, narrow, mode, digits, point, sign, end);
	return jumpslot_ldtoa_r(reent, number, mode, digits, point, sign, end);
}
