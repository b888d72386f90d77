/* Loads a shared library with everything bound, calls its function all(), and ends: the
 * peer of a guest with as many imports. Argument: the library. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
	int (*all)(void);

	if (!library) {
		fprintf(stderr, "%s\n", argc == 2 ? dlerror() : "argument: LIBRARY.so");
		return 1;
	}
	*(void **)&all = dlsym(library, "all");
	return all();
}
