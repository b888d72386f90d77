/* Semaphores for tcc, which locks itself: a guest has one thread, so it never waits. */
#ifndef TCC_SEMAPHORE_H
#define TCC_SEMAPHORE_H

typedef int sem_t;

static inline int sem_init(sem_t *semaphore, int shared, unsigned value)
{
	(void)shared;
	*semaphore = (int)value;
	return 0;
}

static inline int sem_wait(sem_t *semaphore)
{
	--*semaphore;
	return 0;
}

static inline int sem_post(sem_t *semaphore)
{
	++*semaphore;
	return 0;
}

#endif
