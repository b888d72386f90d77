/*
 * Guests and a provider with random damage: each is refused in a line, or holds. The same
 * damage in every run; UNIT_ROUNDS=n does n times as much.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "launcher/scan/provider_file.h"
#include "specimen.h"

#define ROUNDS	   10000
#define MAX_DAMAGE 8 /* bytes, words or pieces at once */

/* xorshift64*: the same numbers everywhere. */
static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (random_state * 0x2545f4914f6cdd1du >> 11) % limit;
}

/* Headers and small sections decide more than code does, so half of it goes there. */
static size_t random_place(const struct specimen *specimen)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)specimen->bytes;
	const Elf32_Ehdr *narrow = (const Elf32_Ehdr *)specimen->bytes;
	bool wide = specimen->bytes[EI_CLASS] == ELFCLASS64;
	size_t sections = wide ? header->e_shoff : narrow->e_shoff;

	switch (random_below(4)) {
	case 0:
		return random_below(0x400);
	case 1:
		if (sections < specimen->size)
			return sections + random_below(specimen->size - sections);
		/* fallthrough */
	default:
		return random_below(specimen->size);
	}
}

static void splice(struct specimen *specimen)
{
	size_t length = 1 + random_below(128);
	size_t from = random_below(specimen->size - length);
	size_t to = random_below(specimen->size - length);

	memmove(specimen->bytes + to, specimen->bytes + from, length);
}

static void damage(struct specimen *specimen)
{
	static const uint8_t extremes[] = { 0, 1, 0x7f, 0x80, 0xff };
	size_t place = random_place(specimen);

	switch (random_below(4)) {
	case 0:
		specimen->bytes[place] ^= (uint8_t)(1 << random_below(8));
		break;
	case 1:
		specimen->bytes[place] = extremes[random_below(COUNT(extremes))];
		break;
	case 2:
		specimen->bytes[place] = (uint8_t)random_below(256);
		break;
	default:
		splice(specimen);
	}
}

/* Runs `check` on copies of the file that are damaged, each in another way. */
static void fuzz(const char *name, int (*check)(struct specimen *))
{
	struct specimen intact = specimen_open(name);
	struct specimen specimen = specimen_open(name);
	unsigned long accepted = 0, rounds = unit_rounds(ROUNDS);

	random_state = 0x9e3779b97f4a7c15u;
	for (unsigned long i = 0; i < rounds; i++) {
		memcpy(specimen.bytes, intact.bytes, intact.size);
		for (uint64_t n = 1 + random_below(MAX_DAMAGE); n; n--)
			damage(&specimen);
		accepted += !check(&specimen);
	}
	ck_assert_uint_gt(accepted, 0);
	ck_assert_uint_lt(accepted, rounds);
	specimen_close(&specimen);
	specimen_close(&intact);
}

static int scan(struct specimen *specimen)
{
	struct message message;

	return specimen_scan(specimen, &message);
}

static int read_provider(struct specimen *specimen, unsigned machine)
{
	struct provider_file provider = { 0 };
	struct message message = blank_message();
	char path[64];
	int error;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", specimen->fd);
	error = provider_file_read(&provider, path, machine, &message);
	check_verdict(error, &message);
	if (!error)
		provider_file_free(&provider);
	return error;
}

static int read_provider_x86_64(struct specimen *specimen)
{
	return read_provider(specimen, EM_X86_64);
}

static int read_provider_i386(struct specimen *specimen)
{
	return read_provider(specimen, EM_386);
}

START_TEST(a_damaged_guest_is_refused_or_holds)
{
	fuzz("guests/hello-x86_64.elf", scan);
	fuzz("guests/hello-i386.elf", scan);
	fuzz("unit/compressed.elf", scan);
}
END_TEST

START_TEST(a_damaged_static_pie_is_refused_or_holds)
{
	fuzz("unit/pie.elf", scan);
}
END_TEST

START_TEST(a_damaged_provider_is_refused_or_holds)
{
	fuzz("unit/provider.so", read_provider_x86_64);
	fuzz("unit/provider-i386.so", read_provider_i386);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_damaged_guest_is_refused_or_holds,
		a_damaged_static_pie_is_refused_or_holds,
		a_damaged_provider_is_refused_or_holds,
	};

	return unit_run("fuzz", tests, COUNT(tests));
}
