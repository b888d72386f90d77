/* Stand-in for task.h: the functions of the kernel that ports/freertos calls. */
#ifndef TASK_H
#define TASK_H

#include "FreeRTOS.h"

typedef enum { eAbortSleep, eStandardSleep } eSleepModeStatus;

BaseType_t xTaskIncrementTick(void);
void vTaskSwitchContext(void);
void vTaskStepTick(TickType_t ticks);
eSleepModeStatus eTaskConfirmSleepModeStatus(void);
void vTaskSuspendAll(void);
BaseType_t xTaskResumeAll(void);

#endif
