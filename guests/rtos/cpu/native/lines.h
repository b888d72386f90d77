/* Interrupt lines 0 to 15, of the two 8259 interrupt controllers. */
#ifndef RTOS_NATIVE_LINES_H
#define RTOS_NATIVE_LINES_H

#define LINE_TIMER  0
#define LINE_SERIAL 4

/* Line n becomes the processor's vector `first_vector` + n. All are masked. */
void lines_init(unsigned first_vector);

void lines_mask(unsigned line);
void lines_unmask(unsigned line);
void lines_end(unsigned line); /* of its service */

#endif
