/*
 * The scenes in their order; the director runs them one after the other.
 * Depends on nothing.
 */
#ifndef RTOS_SCENARIO_SCENES_H
#define RTOS_SCENARIO_SCENES_H

void round_robin(void);
void preemption(void);
void inversion(void);
void chain(void);
void two_wait(void);
void changed_places(void);
void changed_inheritance(void);
void messages_in_order(void);
void places(void);
void interrupts(void);
void vectors(void);
void floating_point(void);
void yielding(void);
void faults(void);
void kills(void);
void sleepers(void);

#endif
