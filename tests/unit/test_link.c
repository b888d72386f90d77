/* Matching imports with providers: who serves what, and what is said where none does. */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <jumpslot/external_abi.h>
#include "launcher/link/link.h"
#include "unit.h"

/* A provider of these functions, without a file. */
static struct provider_file provider(struct provided *functions, size_t count)
{
	struct provider_file made = { .functions = functions, .count = count };

	ck_assert_int_eq(
		name_index_init(&made.names, count, &functions->name, sizeof(*functions)),
		0);
	for (size_t i = 0; i < count; i++)
		name_index_add(&made.names, functions[i].name,
			       name_hash(functions[i].name, strlen(functions[i].name)),
			       i);
	return made;
}

/* One import against these providers, which it frees. */
static struct link link_one(struct import import, struct provider_file *providers,
			    size_t count, struct link_result *result)
{
	const struct import_table table = { .imports = &import, .count = 1 };
	struct link link;

	import.hash = name_hash(import.name, strlen(import.name));
	ck_assert_int_eq(link_imports(result, &table, EM_X86_64, providers, count), 0);
	ck_assert_uint_eq(result->count, 1);
	link = result->links[0];
	link_free(result);
	for (size_t i = 0; i < count; i++)
		name_index_free(&providers[i].names);
	return link;
}

/* The link of an import of that type and those flags with one function `f`. */
static struct link link_types(const char *guest, uint32_t guest_flags, const char *host,
			      uint32_t host_flags, struct link_result *result)
{
	struct provided f = {
		.name = "f",
		.type = host,
		.function = 1,
		.flags = (uint16_t)host_flags,
	};
	struct provider_file providers[] = { provider(&f, 1) };
	struct import import = { .name = "f", .type = guest, .flags = guest_flags };

	return link_one(import, providers, 1, result);
}

START_TEST(the_first_provider_that_has_a_name_serves_it)
{
	struct provided other = { .name = "g", .function = 1 };
	struct provided first = { .name = "f", .type = "ii", .function = 2 };
	struct provided second = { .name = "f", .type = "ii", .function = 3 };
	struct provider_file providers[] = { provider(&other, 1), provider(&first, 1),
					     provider(&second, 1) };
	struct link_result result;
	struct link link = link_one((struct import){ .name = "f", .type = "ii" },
				    providers, 3, &result);

	ck_assert_int_eq(link.status, LINK_BOUND);
	ck_assert_uint_eq(link.provider, 1);
	ck_assert_ptr_eq(link.function, &first);
	ck_assert_uint_eq(result.missing + result.mismatched, 0);
}
END_TEST

START_TEST(a_mismatch_stays_with_the_first_that_has_the_name)
{
	struct provided wrong = { .name = "f", .type = "id", .function = 2 };
	struct provided right = { .name = "f", .type = "ii", .function = 3 };
	struct provider_file providers[] = { provider(&wrong, 1), provider(&right, 1) };
	struct link_result result;
	struct link link = link_one((struct import){ .name = "f", .type = "ii" },
				    providers, 2, &result);

	ck_assert_int_eq(link.status, LINK_MISMATCH);
	ck_assert_uint_eq(link.provider, 0);
	ck_assert_ptr_eq(link.function, &wrong);
	ck_assert_uint_eq(result.mismatched, 1);
	ck_assert_uint_eq(result.missing, 0);
}
END_TEST

START_TEST(a_type_without_a_function_provides_nothing)
{
	struct provided type = { .name = "f", .type = "ii" };
	struct provided function = { .name = "f", .type = "ii", .function = 3 };
	struct provider_file providers[] = { provider(&type, 1), provider(&function, 1) };
	struct link_result result;
	struct link link = link_one((struct import){ .name = "f", .type = "ii" },
				    providers, 2, &result);

	ck_assert_int_eq(link.status, LINK_BOUND);
	ck_assert_uint_eq(link.provider, 1);
}
END_TEST

START_TEST(an_unknown_type_matches_every_type)
{
	struct link_result result;

	ck_assert_int_eq(link_types(NULL, 0, "ii", 0, &result).status, LINK_BOUND);
	ck_assert_int_eq(link_types("ii", 0, NULL, 0, &result).status, LINK_BOUND);
	ck_assert_int_eq(link_types(NULL, 0, NULL, 0, &result).status, LINK_BOUND);
	ck_assert_int_eq(link_types(NULL, 0, "ii.", JUMPSLOT_VARIADIC, &result).status,
			 LINK_BOUND);
}
END_TEST

START_TEST(known_types_and_conventions_must_be_the_same)
{
	struct link_result result;

	ck_assert_int_eq(link_types("ii", 0, "ii", 0, &result).status, LINK_BOUND);
	ck_assert_int_eq(link_types("ii", 0, "iu", 0, &result).status, LINK_MISMATCH);
	ck_assert_int_eq(link_types("ii", 0, "iii", 0, &result).status, LINK_MISMATCH);
	ck_assert_int_eq(link_types("ii.", JUMPSLOT_VARIADIC, "ii", 0, &result).status,
			 LINK_MISMATCH);
	ck_assert_int_eq(link_types("ii", JUMPSLOT_STDCALL, "ii", 0, &result).status,
			 LINK_MISMATCH);
	ck_assert_int_eq(link_types("ii", 0, "ii", JUMPSLOT_STDCALL, &result).status,
			 LINK_MISMATCH);
}
END_TEST

START_TEST(an_optional_import_links_alike_and_is_not_counted)
{
	struct link_result result;

	ck_assert_int_eq(link_types("ii", JUMPSLOT_OPTIONAL, "ii", 0, &result).status,
			 LINK_BOUND);
	ck_assert_int_eq(link_types("ii", JUMPSLOT_OPTIONAL, "iu", 0, &result).status,
			 LINK_MISMATCH);
	ck_assert_uint_eq(result.mismatched, 0);
	ck_assert_int_eq(
		link_one((struct import){ .name = "f", .flags = JUMPSLOT_OPTIONAL }, NULL,
			 0, &result)
			.status,
		LINK_MISSING);
	ck_assert_uint_eq(result.missing, 0);
}
END_TEST

/* The suggestion for `name` among these functions; "" for none. */
static const char *nearest(const char *name, const char *first, const char *second)
{
	struct provided a = { .name = first, .function = 1 };
	struct provided b = { .name = second, .function = 2 };
	struct provider_file providers[] = { provider(&a, 1), provider(&b, 1) };
	struct link_result result;
	struct link link =
		link_one((struct import){ .name = name }, providers, 2, &result);

	ck_assert_int_eq(link.status, LINK_MISSING);
	ck_assert_uint_eq(result.missing, 1);
	if (!link_nearest(&link))
		return "";
	ck_assert_ptr_eq(link_nearest(&link), link.provider ? &b : &a);
	return link_nearest(&link)->name;
}

START_TEST(a_missing_import_names_the_nearest_that_there_is)
{
	ck_assert_str_eq(nearest("sensor_read", "sensor_raed", "sensor_write"),
			 "sensor_raed");
	ck_assert_str_eq(nearest("sensor_read", "sensor_reads", "sensor_red_x"),
			 "sensor_reads");
	ck_assert_str_eq(nearest("sensor_read", "xyz", "Sensor_read"), "Sensor_read");
	ck_assert_str_eq(nearest("sensor_read", "abc", "console_write"), "");
	ck_assert_str_eq(nearest("ab", "cd", "ef"), "");
	ck_assert_str_eq(nearest("a", "", "b"), "");
}
END_TEST

START_TEST(a_suggestion_is_a_function)
{
	struct provided type = { .name = "sensor_reed", .type = "ii" };
	struct provider_file providers[] = { provider(&type, 1) };
	struct link_result result;
	const struct link link =
		link_one((struct import){ .name = "sensor_read" }, providers, 1, &result);

	ck_assert_ptr_null(link_nearest(&link));
}
END_TEST

START_TEST(names_of_any_length_may_be_missing)
{
	char name[JUMPSLOT_MAX_NAME + 1], other[JUMPSLOT_MAX_NAME + 1];

	for (size_t length = 1; length <= JUMPSLOT_MAX_NAME; length++) {
		memset(name, 'a', length);
		name[length] = 0;
		memcpy(other, name, sizeof(name));
		other[length / 2] = 'b';
		ck_assert_str_eq(nearest(name, "function", other),
				 length >= 3 && length <= 80 ? other : "");
	}
}
END_TEST

START_TEST(suggestions_are_sought_for_the_first_missing_imports_only)
{
	enum { IMPORTS = LINK_MAX_NEAREST + 5 };
	struct provided function = { .name = "function", .function = 1 };
	struct provider_file providers[] = { provider(&function, 1) };
	struct import imports[IMPORTS];
	const struct import_table table = { .imports = imports, .count = IMPORTS };
	struct link_result result;

	for (size_t i = 0; i < IMPORTS; i++)
		imports[i] = (struct import){ .name = "functiom",
					      .hash = name_hash("functiom", 8) };
	ck_assert_int_eq(link_imports(&result, &table, EM_X86_64, providers, 1), 0);
	for (size_t i = 0; i < IMPORTS; i++)
		ck_assert_int_eq(link_nearest(&result.links[i]) != NULL,
				 i < LINK_MAX_NEAREST);
	ck_assert_uint_eq(result.missing, IMPORTS);
	link_free(&result);
	name_index_free(&providers[0].names);
}
END_TEST

/* Ways of calling, of types that say no more. */
static const struct {
	uint32_t carry, stack_bytes, flags;
} kinds[] = {
	{ 0, 0, 0 },
	{ JUMPSLOT_CARRY_DIRECT, 0, 0 },
	{ JUMPSLOT_CARRY_BLOCKING, 0, 0 },
	{ JUMPSLOT_CARRY_STACK, 8, 0 },
	{ JUMPSLOT_CARRY_STACK, 16, 0 },
	{ 0, 0, JUMPSLOT_FASTCALL },
	{ 0, 0, JUMPSLOT_OPTIONAL },
};
static const char *const kind_types[] = { NULL, "ii", "v", "ii.", "vS24.8", "iiii" };

enum { TYPES = COUNT(kind_types), KINDS = COUNT(kinds), ALL = TYPES * TYPES * KINDS };

static uint32_t flags_of(size_t kind, const char *type)
{
	return kinds[kind].flags |
	       (type && strchr(type, '.') == type + 2 ? (uint32_t)JUMPSLOT_VARIADIC : 0);
}

static void link_as_alone(struct import *imports, const struct provider_file *provider,
			  unsigned machine)
{
	struct import_table table = { .imports = imports, .count = 2 * ALL };
	struct link_result all, alone;

	ck_assert_int_eq(link_imports(&all, &table, machine, provider, 1), 0);
	for (size_t i = 0; i < 2 * ALL; i++) {
		const struct link *one = &all.links[i], *other;

		table = (struct import_table){ .imports = &imports[i], .count = 1 };
		ck_assert_int_eq(link_imports(&alone, &table, machine, provider, 1), 0);
		other = &alone.links[0];
		ck_assert_int_eq(one->status, other->status);
		ck_assert_ptr_eq(one->function, other->function);
		ck_assert_uint_eq(one->call.mode, other->call.mode);
		ck_assert_uint_eq(one->call.stack_bytes, other->call.stack_bytes);
		link_free(&alone);
	}
	link_free(&all);
}

/* Kinds of one type follow each other, forwards and backwards. */
START_TEST(imports_of_a_table_link_as_each_does_alone)
{
	static struct provided functions[ALL];
	static struct import imports[2 * ALL];
	static char names[ALL][16];
	struct provider_file all;

	for (size_t i = 0; i < ALL; i++) {
		const char *host = kind_types[i / KINDS % TYPES];
		const char *guest = kind_types[i / KINDS / TYPES];
		const size_t kind = i % KINDS;

		snprintf(names[i], sizeof(names[i]), "f%zu", i);
		functions[i] = (struct provided){
			.name = names[i],
			.type = host,
			.function = i + 1,
			.flags = (uint16_t)(flags_of(kind, host) &
					    ~(uint32_t)JUMPSLOT_OPTIONAL),
			.carry = (uint16_t)kinds[kind].carry,
			.stack_bytes = kinds[kind].stack_bytes,
		};
		imports[i] = (struct import){
			.name = names[i],
			.type = guest,
			.flags = flags_of(kind, guest),
			.hash = name_hash(names[i], strlen(names[i])),
		};
		imports[2 * ALL - 1 - i] = imports[i];
	}
	all = provider(functions, ALL);
	link_as_alone(imports, &all, EM_X86_64);
	link_as_alone(imports, &all, EM_386);
	name_index_free(&all.names);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		the_first_provider_that_has_a_name_serves_it,
		a_mismatch_stays_with_the_first_that_has_the_name,
		a_type_without_a_function_provides_nothing,
		an_unknown_type_matches_every_type,
		known_types_and_conventions_must_be_the_same,
		an_optional_import_links_alike_and_is_not_counted,
		a_missing_import_names_the_nearest_that_there_is,
		a_suggestion_is_a_function,
		names_of_any_length_may_be_missing,
		suggestions_are_sought_for_the_first_missing_imports_only,
		imports_of_a_table_link_as_each_does_alone,
	};

	return unit_run("link", tests, COUNT(tests));
}
