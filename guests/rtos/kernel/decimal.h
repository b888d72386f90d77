/* Decimal numbers that people type. Depends only on <stdint.h>. */
#ifndef RTOS_DECIMAL_H
#define RTOS_DECIMAL_H

#include <stdint.h>

/* The number at the start of the text, at most a million; 0 if there is no digit. */
uint32_t decimal(const char *text);

#endif
