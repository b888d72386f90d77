/* Names first, middle and last page of each mapping of its process, and addresses that a
 * virtual machine may have: physical ones, the host's tables, what is not canonical. */
#include <inttypes.h>
#include <jumpslot/provider.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "reach.h"

EF(reach_next)
EF(reach_found)

#define PAGE UINT64_C(4096)
#define MOST 4096

struct place {
	uint64_t address;
	uint64_t start, end; /* the mapping; 0: none */
	char access[8];
	const char *owner;
};

static struct place places[MOST];
static size_t count, next;

/* The code inside, and the page of doorbells after it: a guest that reads that one ends,
 * as the hostile guests show. Data and thunks follow. */
static uint64_t doorbells;

static const char *owner_of(uint64_t address, const struct place *place)
{
	if (!jumpslot_guest_range((void *)(uintptr_t)address, 1, JUMPSLOT_READ))
		return "guest";
	if (doorbells && (place->end == doorbells ||
			  (address > doorbells && address < doorbells + 3 * PAGE)))
		return "inside";
	return "runner";
}

static void add(uint64_t address, const struct place *like)
{
	if (count == MOST)
		abort();
	places[count] = *like;
	places[count].address = address;
	if (!like->owner)
		places[count].owner = owner_of(address, like);
	count++;
}

static void add_mapping(const char *line, uint64_t resolver)
{
	struct place place = { 0 };

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &place.start, &place.end,
		   place.access) != 3)
		abort();
	if (resolver >= place.start && resolver < place.end)
		doorbells = place.end;
	if (place.start == doorbells)
		return;
	add(place.start, &place);
	add(place.start + (place.end - place.start) / 2, &place);
	add(place.end - 1, &place);
}

static bool is_mapped(uint64_t address)
{
	for (size_t i = 0; i < count; i++)
		if (address >= places[i].start && address < places[i].end)
			return true;
	return address - doorbells < PAGE;
}

/* Those that the guest can form, and that are in no mapping. */
static void add_other(uint64_t first, uint64_t step, unsigned times)
{
	static const struct place other = { .access = "----", .owner = "other" };

	for (uint64_t at = first; times--; at += step)
		if (at <= UINTPTR_MAX && !is_mapped(at))
			add(at, &other);
}

static void list(uint64_t resolver)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];

	if (!maps)
		abort();
	while (fgets(line, sizeof(line), maps))
		add_mapping(line, resolver);
	fclose(maps);
	add_other(0, PAGE, 16);				   /* null, system pages */
	add_other(UINT64_C(0xd0000000), PAGE, 2);	   /* physical: doorbells */
	add_other(UINT64_C(0xfee00000), PAGE, 1);	   /* a local APIC */
	add_other(UINT64_C(0xfffbd000), PAGE, 3);	   /* physical: Intel's pages */
	add_other(PAGE << 11, PAGE << 12, 256);		   /* all of 32 bits */
	add_other(UINT64_C(0x100000000), PAGE << 9, 64);   /* physical: the memory */
	add_other(UINT64_C(0xffffffff80000000), PAGE, 64); /* system pages, tables */
	add_other(UINT64_C(0xffff888000000000), PAGE << 9, 8);
	add_other(UINT64_C(0x0000800000000000), PAGE, 2); /* not canonical */
	add_other(UINT64_C(0xfffffffffffff000), PAGE, 1);
}

uint64_t reach_next(uint64_t resolver)
{
	if (!count)
		list(resolver);
	return next < count ? places[next].address : 1;
}

void reach_found(uint32_t found)
{
	const struct place *place = &places[next++];

	printf("%" PRIx64 " %" PRIx64 "-%" PRIx64 " %s %s %u\n", place->address,
	       place->start, place->end, place->access, place->owner, found);
	fflush(stdout);
}
