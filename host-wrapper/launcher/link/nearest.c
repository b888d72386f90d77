/* Levenshtein distance, in which wildcards cost nothing. See nearest.h. */
#include "nearest.h"

#include <string.h>

/* Longer names and patterns are similar to none. */
#define MAX_SIMILAR 80

/* Returns what follows a letter or wildcard of a pattern. */
static const char *skip(const char *at)
{
	const char *end;

	if (*at != '[')
		return at + 1;
	end = at + 1 + (at[1] == '!' || at[1] == '^');
	end = *end ? strchr(end + 1, ']') : NULL;
	return end ? end + 1 : at + 1;
}

/* Goes on by one letter or wildcard. `row` has the distance to each beginning of the
 * name. */
static void add_letter(size_t *row, const char *at, const char *name, size_t length)
{
	const bool is_free = *at == '?' || skip(at) > at + 1;
	size_t diagonal = row[0]++;

	for (size_t j = 1; j <= length; j++) {
		size_t replace = diagonal + (!is_free && *at != name[j - 1]);

		diagonal = row[j];
		row[j] = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
		if (replace < row[j])
			row[j] = replace;
	}
}

static void add_star(size_t *row, size_t length)
{
	for (size_t j = 1; j <= length; j++)
		if (row[j - 1] < row[j])
			row[j] = row[j - 1];
}

static size_t distance(const char *wanted, const char *name, size_t length)
{
	size_t row[MAX_SIMILAR + 1];

	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (const char *at = wanted; *at; at = skip(at)) {
		if (*at == '*')
			add_star(row, length);
		else
			add_letter(row, at, name, length);
	}
	return row[length];
}

/* One or two letters are a likely typing error; more in a long name, fewer in a short. */
static size_t likely_errors(size_t length)
{
	const size_t few = 3 + length / 16, third = length / 3 + 1;

	return few < third ? few : third;
}

struct nearest nearest_begin(const char *wanted)
{
	struct nearest nearest = { .wanted = wanted };

	for (const char *at = wanted; *at; at = skip(at)) {
		nearest.has_star |= *at == '*';
		nearest.shortest += *at != '*';
	}
	if (strlen(wanted) <= MAX_SIMILAR)
		nearest.best = likely_errors(nearest.shortest);
	return nearest;
}

bool nearest_consider(struct nearest *nearest, const char *name)
{
	const size_t length = strlen(name), shortest = nearest->shortest;
	size_t found = shortest > length ? shortest - length : 0;

	if (!nearest->has_star && length > shortest)
		found = length - shortest;
	if (length > MAX_SIMILAR || found >= nearest->best)
		return false;
	found = distance(nearest->wanted, name, length);
	if (found >= nearest->best)
		return false;
	nearest->best = found;
	return true;
}
