/* The pointer; main() sets it. See current.h. */
#include "current.h"

const struct runner *current;
