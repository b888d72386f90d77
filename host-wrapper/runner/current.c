/* One pointer, set by main(). See current.h. */
#include "current.h"

const struct runner *current;
