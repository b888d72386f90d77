/* The tables of the built-in services that the launcher has from the build are those that
 * the runners' files have, and serve no other file. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/built_in/built_in.h"
#include "specimen.h"

static const struct {
	const char *name;
	unsigned machine;
} runners[] = {
	{ "bin/jumpslot-runner-x86_64", EM_X86_64 },
	{ "bin/jumpslot-runner-x86_64-static", EM_X86_64 },
	{ "bin/jumpslot-runner-x86_64-kvm", EM_X86_64 },
	{ "bin/jumpslot-runner-i386", EM_386 },
	{ "bin/jumpslot-runner-i386-static", EM_386 },
	{ "bin/jumpslot-runner-i386-kvm", EM_386 },
};

static void check_functions(const struct provider_file *built_in,
			    const struct provider_file *read)
{
	ck_assert_uint_gt(read->count, 0);
	ck_assert_uint_eq(built_in->count, read->count);
	for (size_t i = 0; i < read->count; i++) {
		const struct provided *one = &built_in->functions[i];
		const struct provided *other = &read->functions[i];
		const uint32_t hash = name_hash(other->name, strlen(other->name));

		ck_assert_str_eq(one->name, other->name);
		ck_assert_int_eq(!one->type, !other->type);
		if (one->type)
			ck_assert_str_eq(one->type, other->type);
		ck_assert_uint_eq(one->function, other->function);
		ck_assert_uint_eq(one->flags, other->flags);
		ck_assert_uint_eq(one->carry, other->carry);
		ck_assert_uint_eq(one->stack_bytes, other->stack_bytes);
		ck_assert_uint_eq(provider_file_find(built_in, other->name, hash), i);
		ck_assert_uint_eq(provider_file_find(read, other->name, hash), i);
	}
}

static void check_statements(const struct statements *built_in,
			     const struct statements *read)
{
	ck_assert(built_in->any && read->any);
	ck_assert_uint_eq(built_in->count, read->count);
	ck_assert_uint_eq(built_in->rule_count, read->rule_count);
	ck_assert_mem_eq(built_in->rules, read->rules,
			 read->rule_count * sizeof(*read->rules));
	for (size_t i = 0; i < read->count; i++) {
		ck_assert_str_eq(built_in->statements[i].name, read->statements[i].name);
		ck_assert_uint_eq(built_in->statements[i].first,
				  read->statements[i].first);
		ck_assert_uint_eq(built_in->statements[i].count,
				  read->statements[i].count);
	}
}

START_TEST(the_tables_are_those_of_the_runners)
{
	for (size_t i = 0; i < COUNT(runners); i++) {
		struct provider_file built_in = { 0 }, read = { 0 };
		const char *path = unit_path(runners[i].name);
		struct message message;

		ck_assert_int_eq(built_in_read(&built_in, path, &message), 0);
		ck_assert_int_eq(provider_file_read(&read, path, runners[i].machine,
						    ET_DYN, &message),
				 0);
		check_functions(&built_in, &read);
		check_statements(&built_in.stated, &read.stated);
		ck_assert_uint_eq(built_in.status.st_ino, read.status.st_ino);
		provider_file_free(&built_in);
		provider_file_free(&read);
	}
}
END_TEST

/* Every name that is not a function's, before, between and after all that are. */
START_TEST(no_other_name_is_found)
{
	static const char *const names[] = { "", "$", "A", "_", "jumpslot", "zzz" };
	struct provider_file built_in = { 0 };
	struct message message;

	ck_assert_int_eq(built_in_read(&built_in, unit_path(runners[0].name), &message),
			 0);
	for (size_t i = 0; i < COUNT(names); i++)
		ck_assert_uint_eq(provider_file_find(&built_in, names[i], 0),
				  NAME_INDEX_NONE);
	provider_file_free(&built_in);
}
END_TEST

static void write_file(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
	close(fd);
}

/* The build ID's place, from the file itself. */
static uint8_t *find_id(const struct specimen *specimen)
{
	static const uint8_t note[] = { 4, 0, 0, 0, BUILT_IN_ID, 0,   0,   0,
					3, 0, 0, 0, 'G',	 'N', 'U', 0 };
	uint8_t *found = memmem(specimen->bytes, specimen->size, note, sizeof(note));

	ck_assert_ptr_nonnull(found);
	return found + sizeof(note);
}

START_TEST(a_file_with_another_build_id_is_read_itself)
{
	struct specimen specimen = specimen_open("bin/jumpslot-runner-x86_64-static");
	char folder[] = "/tmp/built-in-XXXXXX", path[64];
	struct provider_file built_in = { 0 };
	struct message message;
	uint8_t *id = find_id(&specimen);

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/jumpslot-runner-x86_64-static", folder);
	ck_assert_int_eq(built_in_read(&built_in, path, &message), -ENOENT);
	write_file(path, specimen.bytes, specimen.size);
	ck_assert_int_eq(built_in_read(&built_in, path, &message), 0);
	provider_file_free(&built_in);
	for (size_t i = 0; i < BUILT_IN_ID; i += BUILT_IN_ID - 1) {
		built_in = (struct provider_file){ 0 };
		id[i] ^= 1;
		write_file(path, specimen.bytes, specimen.size);
		ck_assert_int_eq(built_in_read(&built_in, path, &message), -ENOENT);
		ck_assert_ptr_null(built_in.functions);
		id[i] ^= 1;
	}
	write_file(path, specimen.bytes, 100);
	ck_assert_int_eq(built_in_read(&built_in, path, &message), -ENOENT);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(folder), 0);
	specimen_close(&specimen);
}
END_TEST

START_TEST(a_runner_of_another_name_is_read_itself)
{
	struct provider_file built_in = { 0 };
	struct message message;

	ck_assert_int_eq(
		built_in_read(&built_in, unit_path("unit/provider.so"), &message),
		-ENOENT);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		the_tables_are_those_of_the_runners,
		no_other_name_is_found,
		a_file_with_another_build_id_is_read_itself,
		a_runner_of_another_name_is_read_itself,
	};

	return unit_run("built-in tables", tests, COUNT(tests));
}
