# For makefiles of guests and providers:
#
#   include $(shell pkg-config --variable=makefile jumpslot-guest)
#
#   guest.elf: guest.o                     JUMPSLOT_ARCH=i386 builds for that processor
#   sensor.so: sensor.c func_list.h        a provider
#   func_list.h: guest.elf                 the functions that it must have
#
# CFLAGS and LDFLAGS are passed on. For C programs on newlib: JUMPSLOT_CC_FLAGS=--newlib

JUMPSLOT_HOME := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
JUMPSLOT_ARCH ?= x86_64
JUMPSLOT_CC ?= $(JUMPSLOT_HOME)/gen/jumpslot-cc
JUMPSLOT_RUNNER = $(JUMPSLOT_HOME)/bin/jumpslot-runner-$(JUMPSLOT_ARCH)
HOST_WRAPPER ?= $(JUMPSLOT_HOME)/bin/host-wrapper
GEN_FUNC_LIST ?= $(JUMPSLOT_HOME)/gen/gen-func-list
JUMPSLOT_M = $(if $(filter i386,$(JUMPSLOT_ARCH)),-m32,-m64)

%.o: %.c
	$(JUMPSLOT_CC) $(JUMPSLOT_CC_FLAGS) $(JUMPSLOT_M) $(CFLAGS) -MMD -MP -c -o $@ $<

%.elf: %.o
	$(JUMPSLOT_CC) $(JUMPSLOT_CC_FLAGS) $(JUMPSLOT_M) $(LDFLAGS) -o $@ \
		$(filter %.o,$^)

%_list.h:
	$(GEN_FUNC_LIST) --provided-by $(JUMPSLOT_RUNNER) -o $@ $(filter %.elf,$^)

%.so: %.c
	$(JUMPSLOT_CC) --provider $(JUMPSLOT_M) $(CFLAGS) -MMD -MP -MF $*.so.d -MT $@ \
		-o $@ $< $(LDLIBS)

-include $(wildcard *.d)
