/*
 * The memory that belongs to the guest, to which its pointers may lead. It is filled in
 * while the guest is loaded and never changes after the start, so the functions that read
 * it are async-signal-safe, on any thread.
 */
#ifndef JUMPSLOT_GUEST_MEMORY_H
#define JUMPSLOT_GUEST_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A range of pages with one protection. */
struct guest_region {
	uintptr_t start;
	uintptr_t end;
	int access;	/* JUMPSLOT_READ, JUMPSLOT_WRITE, JUMPSLOT_EXECUTE */
	bool from_file; /* backed by the guest's file */
};

/* 64 segments, each cut in three at most; stacks, work area, start information. */
#define GUEST_MEMORY_REGIONS 256

struct guest_memory {
	struct guest_region regions[GUEST_MEMORY_REGIONS];
	size_t count;
};

/* Adds a region that overlaps no other. Returns 0, or -ENOSPC. */
int guest_memory_add(struct guest_memory *memory, const struct guest_region *region);

/* Makes [start, end) of one region readable only. Returns 0, -EINVAL or -ENOSPC. */
int guest_memory_protect(struct guest_memory *memory, uintptr_t start, uintptr_t end);

/* Returns the region that contains `address`, or NULL. */
const struct guest_region *guest_memory_find(const struct guest_memory *memory,
					     uintptr_t address);

/* The functions of jumpslot/provider.h with a similar name. */
int guest_memory_range(const struct guest_memory *memory, const void *pointer,
		       size_t length, int access);
long guest_memory_string(const struct guest_memory *memory, const char *string,
			 size_t max);
int guest_memory_copy_in(const struct guest_memory *memory, void *to, const void *guest,
			 size_t length);
int guest_memory_copy_out(const struct guest_memory *memory, void *guest,
			  const void *from, size_t length);
long guest_memory_copy_string(const struct guest_memory *memory, char *to,
			      const char *guest, size_t size);

#endif
