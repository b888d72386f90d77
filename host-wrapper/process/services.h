/*
 * What the runner itself needs of its built-in services.
 */
#ifndef JUMPSLOT_SERVICES_H
#define JUMPSLOT_SERVICES_H

/* From now on the guest's clock runs. */
void services_start_clock(void);

#endif
