/* Numbers that people type. Depends on <stdint.h> alone. */
#ifndef RTOS_DECIMAL_H
#define RTOS_DECIMAL_H

#include <stdint.h>

/* The decimal number that the text starts with, at most a million; 0 without a digit. */
uint32_t decimal(const char *text);

#endif
