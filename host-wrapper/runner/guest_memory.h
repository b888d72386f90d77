/*
 * The memory that belongs to the guest: what a provider may let it name.
 * Filled in while the guest is loaded, and never changed after its start, so that every
 * function below is async-signal-safe and may be called by any thread.
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

/* Enters a region that overlaps no other. Returns 0, or -ENOSPC. */
int guest_memory_add(const struct guest_region *region);

/* Makes [start, end) of one region readable only. Returns 0, -EINVAL or -ENOSPC. */
int guest_memory_protect(uintptr_t start, uintptr_t end);

/* The region that has `address`, or NULL. */
const struct guest_region *guest_memory_find(uintptr_t address);

#endif
