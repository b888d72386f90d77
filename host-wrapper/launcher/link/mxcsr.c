/* Looks for everything that changes MXCSR. See mxcsr.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "launcher/scan/dynamic_names.h"
#include "mxcsr.h"

static bool is_among(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

#define IS_AMONG(name, names) is_among(name, names, sizeof(names) / sizeof(*(names)))

/*
 * glibc's functions that leave other control bits, or run code that nobody looked at.
 * Those of exception flags change no control bits, and longjmp() loads no MXCSR.
 */
static bool is_changing(const char *name)
{
	static const char *const names[] = {
		"fesetround",  "fesetenv",	 "feupdateenv",	    "feholdexcept",
		"fesetmode",   "feenableexcept", "fedisableexcept", "setcontext",
		"swapcontext", "dlopen",	 "dlmopen",	    "dlsym",
		"dlvsym",
	};

	return IS_AMONG(name, names);
}

/* All others than those of the compiler and of glibc, which change the bits only in the
 * functions above. */
static bool is_foreign(const char *name)
{
	static const char *const names[] = {
		"libc.so.6",	 "libm.so.6",	   "libpthread.so.0",
		"libdl.so.2",	 "librt.so.1",	   "libgcc_s.so.1",
		"ld-linux.so.2", "libstdc++.so.6", "ld-linux-x86-64.so.2",
	};

	return !IS_AMONG(name, names);
}

struct mxcsr mxcsr_of_guest(struct elf_file *file)
{
	struct mxcsr mxcsr = { .change = MXCSR_NEVER };
	enum mxcsr_code found;

	if (mxcsr_code_find(file, &found, &mxcsr.address))
		mxcsr.change = MXCSR_UNKNOWN;
	else if (found == MXCSR_CODE_LOADS)
		mxcsr.change = MXCSR_LOADS;
	else if (found == MXCSR_CODE_WRITABLE)
		mxcsr.change = MXCSR_MUTABLE;
	return mxcsr;
}

/* An executable stack is code that the file does not show. */
static bool has_executable_stack(struct elf_file *file)
{
	struct message ignored;
	GElf_Phdr segment;

	for (size_t i = 0; i < file->segment_count; i++)
		if (!elf_file_segment(file, i, &segment, &ignored) &&
		    segment.p_type == PT_GNU_STACK)
			return segment.p_flags & PF_X;
	return true;
}

static void look_at_names(struct elf_file *file, struct mxcsr *mxcsr)
{
	int error = dynamic_undefined(file, is_changing, &mxcsr->name);

	if (!error && mxcsr->name) {
		mxcsr->change = MXCSR_CALLS;
		return;
	}
	if (!error)
		error = dynamic_needed(file, is_foreign, &mxcsr->name);
	if (error)
		mxcsr->change = MXCSR_UNKNOWN;
	else if (mxcsr->name)
		mxcsr->change = MXCSR_NEEDS;
}

struct mxcsr mxcsr_of_provider(struct elf_file *file)
{
	struct mxcsr mxcsr = mxcsr_of_guest(file);

	if (mxcsr.change != MXCSR_NEVER)
		return mxcsr;
	if (has_executable_stack(file))
		mxcsr.change = MXCSR_UNKNOWN;
	else
		look_at_names(file, &mxcsr);
	return mxcsr;
}

void mxcsr_describe(const struct mxcsr *mxcsr, char *text, size_t size)
{
	switch (mxcsr->change) {
	case MXCSR_NEVER:
		snprintf(text, size, "nothing in it changes MXCSR");
		break;
	case MXCSR_LOADS:
		snprintf(text, size, "it has code that loads MXCSR, at 0x%" PRIx64,
			 mxcsr->address);
		break;
	case MXCSR_MUTABLE:
		snprintf(text, size, "its code at 0x%" PRIx64 " is writable",
			 mxcsr->address);
		break;
	case MXCSR_CALLS:
		snprintf(text, size, "it calls %.200s()", mxcsr->name);
		break;
	case MXCSR_NEEDS:
		snprintf(text, size, "it needs %.200s", mxcsr->name);
		break;
	case MXCSR_UNKNOWN:
		snprintf(text, size,
			 "it has an executable stack, relocations in code or "
			 "unreadable tables");
		break;
	}
}
