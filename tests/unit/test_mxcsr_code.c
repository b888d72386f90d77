/* The search for instructions that load MXCSR. */
#include <string.h>

#include "launcher/scan/mxcsr_code.h"
#include "specimen.h"

#define HELLO  "guests/hello-x86_64.elf"
#define WINDOW 0x10000u

/* An instruction, and where its byte AE is; `size` if it does not load MXCSR. */
struct form {
	const char *what;
	uint8_t bytes[8];
	size_t size, found;
};

static const struct form forms[] = {
	{ "ldmxcsr (%rax)", { 0x0f, 0xae, 0x10 }, 3, 1 },
	{ "ldmxcsr 8(%rsp)", { 0x0f, 0xae, 0x54, 0x24, 0x08 }, 5, 1 },
	{ "ldmxcsr x(%rip)", { 0x0f, 0xae, 0x15, 0, 0, 0, 0 }, 7, 1 },
	{ "ldmxcsr (%r8)", { 0x41, 0x0f, 0xae, 0x10 }, 4, 2 },
	{ "vldmxcsr (%rax)", { 0xc5, 0xf8, 0xae, 0x10 }, 4, 2 },
	{ "vldmxcsr (%r8)", { 0xc4, 0xc1, 0x78, 0xae, 0x10 }, 5, 3 },
	{ "rex2 ldmxcsr (%r16)", { 0xd5, 0x90, 0xae, 0x10 }, 4, 2 },
	{ "rex2 fxrstor64 (%r16)", { 0xd5, 0x98, 0xae, 0x08 }, 4, 2 },
	{ "rex2 xrstor (%rax)", { 0xd5, 0x80, 0xae, 0x28 }, 4, 2 },
	{ "rex2, cut", { 0xd5, 0x90, 0xae }, 3, 2 },
	{ "rex2 stmxcsr (%r16)", { 0xd5, 0x90, 0xae, 0x18 }, 4, 4 },
	{ "rex2 scasb", { 0xd5, 0x10, 0xae, 0x10 }, 4, 4 },
	{ "fxrstor (%rax)", { 0x0f, 0xae, 0x08 }, 3, 1 },
	{ "fxrstor64 (%rax)", { 0x48, 0x0f, 0xae, 0x08 }, 4, 2 },
	{ "xrstor (%rax)", { 0x0f, 0xae, 0x28 }, 3, 1 },
	{ "a jump into mov $0x10ae0f", { 0xb8, 0x0f, 0xae, 0x10, 0 }, 5, 2 },
	{ "cut after ae", { 0x90, 0x0f, 0xae }, 3, 2 },
	{ "cut, vex", { 0xc5, 0xf8, 0xae }, 3, 2 },
	{ "lfence", { 0x0f, 0xae, 0xe8 }, 3, 3 },
	{ "mfence", { 0x0f, 0xae, 0xf0 }, 3, 3 },
	{ "wrfsbase %eax", { 0xf3, 0x0f, 0xae, 0xd0 }, 4, 4 },
	{ "rdgsbase %eax", { 0xf3, 0x0f, 0xae, 0xc8 }, 4, 4 },
	{ "stmxcsr (%rax)", { 0x0f, 0xae, 0x18 }, 3, 3 },
	{ "fxsave (%rax)", { 0x0f, 0xae, 0x00 }, 3, 3 },
	{ "xsave (%rax)", { 0x0f, 0xae, 0x20 }, 3, 3 },
	{ "clflush (%rax)", { 0x0f, 0xae, 0x38 }, 3, 3 },
	{ "vstmxcsr (%rax)", { 0xc5, 0xf8, 0xae, 0x18 }, 4, 4 },
	{ "scasb", { 0xae, 0x10, 0xae, 0x10 }, 4, 4 },
	{ "nothing", { 0 }, 0, 0 },
};

START_TEST(each_form_is_found_and_no_other_instruction)
{
	for (size_t i = 0; i < COUNT(forms); i++)
		ck_assert_msg(mxcsr_code_in(forms[i].bytes, forms[i].size) ==
				      forms[i].found,
			      "%s", forms[i].what);
}
END_TEST

/* Adds code to the guest's file: `size` bytes that are executable, on whole pages. */
static uint8_t *add_code(struct specimen *guest, size_t size, Elf64_Phdr **segment)
{
	size_t offset =
		specimen_append(guest, 2 * WINDOW + size) / WINDOW * WINDOW + WINDOW;

	for (size_t i = 0;; i++) {
		*segment = specimen_segment(guest, i);
		if ((*segment)->p_type == PT_LOAD && (*segment)->p_flags & PF_X)
			break;
	}
	(*segment)->p_offset = offset;
	(*segment)->p_vaddr = 0x40000000;
	(*segment)->p_filesz = (*segment)->p_memsz = size;
	return guest->bytes + offset;
}

static enum mxcsr_code search(const struct specimen *guest, uint64_t *address)
{
	struct message message = blank_message();
	enum mxcsr_code found;
	struct elf_file file;

	ck_assert_int_eq(elf_file_open(&file, guest->fd, &message), 0);
	ck_assert_int_eq(mxcsr_code_find(&file, &found, address), 0);
	elf_file_close(&file);
	return found;
}

START_TEST(an_instruction_is_found_wherever_a_window_of_the_file_ends)
{
	struct specimen guest = specimen_open(HELLO);
	static const uint8_t code[] = { 0xc4, 0xc1, 0x78, 0xae, 0x10 };
	Elf64_Phdr *segment;
	uint8_t *bytes = add_code(&guest, 2 * WINDOW, &segment);
	uint64_t address;

	ck_assert_int_eq(search(&guest, &address), MXCSR_CODE_NONE);
	for (size_t at = WINDOW - 16; at < WINDOW + 16; at++) {
		memcpy(bytes + at, code, sizeof(code));
		ck_assert_int_eq(search(&guest, &address), MXCSR_CODE_LOADS);
		ck_assert_uint_eq(address, 0x40000000 + at + 3);
		memset(bytes + at, 0, sizeof(code));
	}
	specimen_close(&guest);
}
END_TEST

START_TEST(bytes_that_share_a_page_with_a_segment_are_searched)
{
	static const uint8_t code[] = { 0x0f, 0xae, 0x10 };
	struct specimen guest = specimen_open(HELLO);
	Elf64_Phdr *segment;
	uint8_t *bytes = add_code(&guest, 3, &segment);
	uint64_t address;

	segment->p_offset += 0x800;
	segment->p_vaddr += 0x800;
	memcpy(bytes + 0x10, code, sizeof(code));
	ck_assert_int_eq(search(&guest, &address), MXCSR_CODE_LOADS);
	ck_assert_uint_eq(address, 0x40000011);
	memset(bytes + 0x10, 0, sizeof(code));
	memcpy(bytes + 0xffd, code, sizeof(code));
	ck_assert_int_eq(search(&guest, &address), MXCSR_CODE_LOADS);
	ck_assert_uint_eq(address, 0x40000ffe);
	memset(bytes + 0xffd, 0, sizeof(code));
	memcpy(bytes + 0x1000, code, sizeof(code));
	ck_assert_int_eq(search(&guest, &address), MXCSR_CODE_NONE);
	specimen_close(&guest);
}
END_TEST

START_TEST(writable_code_and_code_in_two_adjoining_segments_count_as_found)
{
	struct specimen guest = specimen_open(HELLO);
	Elf64_Phdr *segment, *other = NULL;
	uint64_t address;

	add_code(&guest, 0x1000, &segment);
	segment->p_flags |= PF_W;
	ck_assert_int_eq(search(&guest, &address), MXCSR_CODE_WRITABLE);
	ck_assert_uint_eq(address, 0x40000000);
	segment->p_flags ^= PF_W;
	for (size_t i = 0; !other; i++)
		if (specimen_segment(&guest, i)->p_type == PT_LOAD &&
		    specimen_segment(&guest, i) != segment)
			other = specimen_segment(&guest, i);
	*other = *segment;
	other->p_vaddr += 0x1000;
	ck_assert_int_eq(search(&guest, &address), MXCSR_CODE_LOADS);
	ck_assert_uint_eq(address, 0x40001000);
	other->p_vaddr += 0x1000;
	ck_assert_int_eq(search(&guest, &address), MXCSR_CODE_NONE);
	specimen_close(&guest);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		each_form_is_found_and_no_other_instruction,
		an_instruction_is_found_wherever_a_window_of_the_file_ends,
		bytes_that_share_a_page_with_a_segment_are_searched,
		writable_code_and_code_in_two_adjoining_segments_count_as_found,
	};

	return unit_run("MXCSR in code", tests, COUNT(tests));
}
