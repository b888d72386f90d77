/* Functions of the kernel's shared code are those that the dynamic linker finds. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/auxv.h>

#include "runner/trace/vdso.h"
#include "unit.h"

START_TEST(functions_are_found_as_by_the_dynamic_linker)
{
	static const char *const names[] = { "__vdso_clock_gettime", "__vdso_getcpu",
					     "__vdso_time", "clock_gettime" };
	void *library = dlopen("linux-vdso.so.1", RTLD_NOW | RTLD_NOLOAD);

	/* valgrind hides it. */
	ck_assert_int_eq(library != NULL, getauxval(AT_SYSINFO_EHDR) != 0);
	for (size_t i = 0; i < COUNT(names); i++) {
		void *expected = library ? dlsym(library, names[i]) : NULL;

		ck_assert_int_eq(library != NULL, expected != NULL);
		ck_assert_ptr_eq(vdso_function(names[i]), expected);
	}
}
END_TEST

START_TEST(other_names_are_not_found)
{
	ck_assert_ptr_null(vdso_function(""));
	ck_assert_ptr_null(vdso_function("__vdso_clock_gettim"));
	ck_assert_ptr_null(vdso_function("__vdso_clock_gettime64x"));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		functions_are_found_as_by_the_dynamic_linker,
		other_names_are_not_found,
	};

	return unit_run("vdso", tests, COUNT(tests));
}
