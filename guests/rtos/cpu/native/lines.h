/* Interrupt lines 0 to 15 of the two 8259 interrupt controllers. Depends on nothing. */
#ifndef RTOS_NATIVE_LINES_H
#define RTOS_NATIVE_LINES_H

#define LINE_TIMER  0
#define LINE_SERIAL 4

/* Maps line n to the processor's vector `first_vector` + n. Masks all lines. */
void lines_init(unsigned first_vector);

void lines_mask(unsigned line);
void lines_unmask(unsigned line);
void lines_end(unsigned line); /* end of interrupt */

#endif
