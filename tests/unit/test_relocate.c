/* Relocations and start information, as functions of a plan, bytes and a base. */
#include <elf.h>
#include <errno.h>
#include <string.h>

#include <jumpslot/abi/start.h>
#include "common/relocate.h"
#include "common/start_info.h"
#include "unit.h"

#define BASE 0x7f0000400000u
/* Of the image: a table of relocations, then a segment of words that may be written. */
#define TABLE	 0x1000
#define WRITABLE 0x2000

/* The image from its address TABLE on; it does not lie where it will run. */
static struct {
	union {
		Elf64_Rela rela[4];
		uint64_t relr[12];
		uint8_t page[WRITABLE - TABLE];
	};
	uint64_t words[512];
} image;

static struct {
	struct plan plan;
	struct plan_segment segments[2];
	uint32_t arguments[2];
	char strings[16];
} plan;

static void make_plan(void)
{
	memset(&image, 0, sizeof(image));
	memset(&plan, 0, sizeof(plan));
	plan.plan.position_independent = 1;
	plan.plan.segments.offset = (uint64_t)((char *)plan.segments - (char *)&plan);
	plan.plan.segments.count = 2;
	plan.segments[0] = (struct plan_segment){ .address = TABLE,
						  .memory_size = WRITABLE - TABLE,
						  .flags = PF_R };
	plan.segments[1] = (struct plan_segment){
		.address = WRITABLE,
		.memory_size = sizeof(image.words),
		.flags = PF_R | PF_W,
	};
}

static int relocate_image(struct message *message)
{
	return relocate(&plan.plan, (uintptr_t)&image - TABLE, BASE, message);
}

static void use_rela(uint64_t offset, uint64_t type, int64_t addend)
{
	make_plan();
	plan.plan.rela = (struct plan_range){ TABLE, sizeof(Elf64_Rela) };
	image.rela[0] = (Elf64_Rela){ offset, ELF64_R_INFO(0, type), addend };
}

START_TEST(a_relative_relocation_stores_base_and_addend)
{
	struct message message;

	use_rela(WRITABLE + 8 * 511, R_X86_64_RELATIVE, 0x1234);
	ck_assert_int_eq(relocate_image(&message), 0);
	ck_assert(image.words[511] == BASE + 0x1234);
	ck_assert(image.words[510] == 0);
}
END_TEST

START_TEST(targets_outside_of_writable_segments_are_refused)
{
	static const uint64_t targets[] = {
		0,
		TABLE,
		WRITABLE - 1,
		WRITABLE + 8 * 511 + 1,
		WRITABLE + 8 * 512,
		UINT64_MAX,
	};
	struct message message;

	for (size_t i = 0; i < COUNT(targets); i++) {
		use_rela(targets[i], R_X86_64_RELATIVE, 0);
		ck_assert_int_eq(relocate_image(&message), -ENOEXEC);
		ck_assert_ptr_nonnull(strstr(message.text, "not in a writable segment"));
	}
}
END_TEST

START_TEST(other_types_are_refused)
{
	struct message message;

	use_rela(WRITABLE, R_X86_64_64, 0);
	ck_assert_int_eq(relocate_image(&message), -ENOEXEC);
	ck_assert_ptr_nonnull(strstr(message.text, "R_X86_64_RELATIVE alone"));
}
END_TEST

START_TEST(packed_relocations_add_the_base)
{
	struct message message;

	make_plan();
	plan.plan.relr = (struct plan_range){ TABLE, 3 * sizeof(uint64_t) };
	image.relr[0] = WRITABLE;
	image.relr[1] = 1 | 1ull << 1 | 1ull << 63; /* words 1 and 63 */
	image.relr[2] = 1 | 1ull << 2;		    /* word 65 */
	for (size_t i = 0; i < COUNT(image.words); i++)
		image.words[i] = i;
	ck_assert_int_eq(relocate_image(&message), 0);
	for (size_t i = 0; i < COUNT(image.words); i++) {
		const int is_relocated = i == 0 || i == 1 || i == 63 || i == 65;

		ck_assert(image.words[i] == i + (is_relocated ? BASE : 0));
	}
}
END_TEST

START_TEST(an_image_with_fixed_addresses_stays_as_it_is)
{
	struct message message;

	use_rela(WRITABLE, R_X86_64_RELATIVE, 1);
	plan.plan.position_independent = 0;
	ck_assert_int_eq(relocate_image(&message), 0);
	ck_assert(image.words[0] == 0);
}
END_TEST

START_TEST(start_information_has_the_guests_addresses)
{
	const struct start_values values = {
		.address = 0x10000,
		.base = BASE,
		.resolver = 0x20000,
		.work_area = 0x30000,
		.interrupt_frame = 4096,
	};
	struct {
		struct jumpslot_start_info info;
		char command_line[6];
	} block;

	make_plan();
	plan.plan.vcpu_state = 0x40;
	plan.plan.work_area_size = 8192;
	plan.plan.arguments.offset = (uint64_t)((char *)plan.arguments - (char *)&plan);
	plan.plan.arguments.count = 2;
	plan.plan.strings.offset = (uint64_t)(plan.strings - (char *)&plan);
	memcpy(plan.strings, "ab\0cd", 6);
	plan.arguments[1] = 3;
	ck_assert(start_info_size(&plan.plan) == sizeof(block.info) + 6);
	start_info_write(&block, &plan.plan, &values);
	ck_assert_str_eq(block.command_line, "ab cd");
	ck_assert(block.info.command_line == 0x10000 + sizeof(block.info));
	ck_assert(block.info.vcpu_state == BASE + 0x40);
	ck_assert(block.info.interrupt_frame == 4096);
	ck_assert(block.info.resolver == 0x20000);
	ck_assert(block.info.work_area_base == 0x30000);
	ck_assert(block.info.work_area_size == 8192);
}
END_TEST

START_TEST(a_guest_without_interrupts_gets_no_frame_size)
{
	const struct start_values values = { .base = BASE, .interrupt_frame = 4096 };
	struct {
		struct jumpslot_start_info info;
		char command_line[3];
	} block;

	make_plan();
	plan.plan.arguments.offset = (uint64_t)((char *)plan.arguments - (char *)&plan);
	plan.plan.arguments.count = 1;
	plan.plan.strings.offset = (uint64_t)(plan.strings - (char *)&plan);
	memcpy(plan.strings, "ab", 3);
	start_info_write(&block, &plan.plan, &values);
	ck_assert(block.info.vcpu_state == 0);
	ck_assert(block.info.interrupt_frame == 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_relative_relocation_stores_base_and_addend,
		targets_outside_of_writable_segments_are_refused,
		other_types_are_refused,
		packed_relocations_add_the_base,
		an_image_with_fixed_addresses_stays_as_it_is,
		start_information_has_the_guests_addresses,
		a_guest_without_interrupts_gets_no_frame_size,
	};

	return unit_run("relocations and start information", tests, COUNT(tests));
}
