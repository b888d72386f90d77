# For makefiles of guests and providers:
#
#   include $(shell pkg-config --variable=makefile jumpslot-guest)
#
#   guest.elf: guest.o                     JUMPSLOT_ARCH=i386 builds for that processor
#   sensor.so: sensor.c func_list.h        a provider
#   sensor.lib: sensor.c func_list.h       the same for a partition of the monitor
#   func_list.h: guest.elf                 the functions that it must have
#
# CFLAGS and LDFLAGS are passed on. For C programs on newlib: JUMPSLOT_CC_FLAGS=--newlib
# A change of processor, compiler or flags builds everything again.

JUMPSLOT_HOME := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
JUMPSLOT_ARCH ?= x86_64
JUMPSLOT_CC ?= $(JUMPSLOT_HOME)/gen/jumpslot-cc
JUMPSLOT_RUNNER = $(JUMPSLOT_HOME)/bin/jumpslot-runner-$(JUMPSLOT_ARCH)
HOST_WRAPPER ?= $(JUMPSLOT_HOME)/bin/host-wrapper
GEN_FUNC_LIST ?= $(JUMPSLOT_HOME)/gen/gen-func-list
JUMPSLOT_M = $(if $(filter i386,$(JUMPSLOT_ARCH)),-m32,-m64)

# Holds what the files were built with; its time is that of the last change. The values
# are read when the recipe runs, as a makefile may set them after its include.
.jumpslot-flags: export JUMPSLOT_FLAGS = $(JUMPSLOT_CC) $(JUMPSLOT_CC_FLAGS) \
	$(JUMPSLOT_M) $(CFLAGS) : $(LDFLAGS) : $(LDLIBS)
.jumpslot-flags: .jumpslot-always
	@printf '%s\n' "$$JUMPSLOT_FLAGS" | cmp -s - $@ || \
		printf '%s\n' "$$JUMPSLOT_FLAGS" > $@
.PHONY: .jumpslot-always

%.o: %.c .jumpslot-flags
	$(JUMPSLOT_CC) $(JUMPSLOT_CC_FLAGS) $(JUMPSLOT_M) $(CFLAGS) -MMD -MP -c -o $@ $<

%.elf: %.o .jumpslot-flags
	$(JUMPSLOT_CC) $(JUMPSLOT_CC_FLAGS) $(JUMPSLOT_M) $(LDFLAGS) -o $@ \
		$(filter %.o,$^)

%_list.h:
	$(GEN_FUNC_LIST) --provided-by $(JUMPSLOT_RUNNER) -o $@ $(filter %.elf,$^)

%.so: %.c .jumpslot-flags
	$(JUMPSLOT_CC) --provider $(JUMPSLOT_M) $(CFLAGS) -MMD -MP -MF $*.so.d -MT $@ \
		-o $@ $< $(LDLIBS)

%.lib: %.c .jumpslot-flags
	$(JUMPSLOT_CC) --partition-library $(JUMPSLOT_M) $(CFLAGS) -MMD -MP \
		-MF $*.lib.d -MT $@ -o $@ $< $(LDLIBS)

# The first target of these files must not become the default goal.
JUMPSLOT_GOAL := $(.DEFAULT_GOAL)
-include $(wildcard *.d)
.DEFAULT_GOAL := $(JUMPSLOT_GOAL)
