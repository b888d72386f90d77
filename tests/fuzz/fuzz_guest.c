/*
 * The scan of a guest's image. An input is a file. The launcher refuses it in one
 * printable line, or the result has the properties that later code relies on.
 */
#include "fuzz.h"
#include "tests/unit/specimen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct specimen specimen = { .fd = fuzz_file(data, size) };
	struct message message;

	specimen_scan(&specimen, &message);
	return 0;
}
