# jumpslot: `make help` says what there is. Each room adds its own part in a
# rules.mk: programs and guests to build, tests to run.

BUILD := build
CC := gcc
CXX := g++
# Debian's own interpreter: another one first in the path lacks its modules.
PYTHON := /usr/bin/python3

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Werror
HOST_CFLAGS := -std=gnu11 -O2 -g $(WARNINGS) -MMD -MP

# A guest: static, without a libc, everything unused dropped, slots in pages of
# their own. -m32 lacks <asm/> where only gcc-12-multilib is installed.
GUEST_CFLAGS := -std=c11 -O2 -g -ffreestanding -fno-stack-protector -fno-pie \
	-fcf-protection -ffunction-sections -fdata-sections -I guest-macros $(WARNINGS) -MMD -MP
GUEST_LDFLAGS := -nostdlib -static -no-pie -Wl,--gc-sections -Wl,--build-id \
	-T linkscripts/externals.ld
M_x86_64 := -m64
M_i386 := -m32

# A provider: a shared library of functions that guests call.
PROVIDER_CFLAGS := -std=gnu11 -O2 -g -fPIC -I guest-macros -I host-wrapper/include \
	$(WARNINGS) -MMD -MP
PROVIDER_LDFLAGS := -shared

# What rules.mk files add to.
PROGRAMS :=
GUESTS :=
PROVIDERS :=
CHECKS :=

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
include $(sort $(wildcard */rules.mk guests/*/rules.mk))

.PHONY: all guests help check clean deps
all: $(PROGRAMS) $(PROVIDERS) $(GUESTS)
guests: $(GUESTS)

# Every $(CHECKS) entry is a phony target that fails when a promise is broken.
check: all $(CHECKS)

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
