# jumpslot: `make help` says what there is. Each room adds its own part in a
# rules.mk: programs and guests to build, tests to run.

BUILD := build
CC := gcc
CXX := g++
# Debian's own interpreter: another one first in the path lacks its modules.
PYTHON := /usr/bin/python3

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Werror
HOST_CFLAGS := -std=gnu11 -O2 -g $(WARNINGS) -MMD -MP
HOST_LDFLAGS :=
# SANITIZE=address,undefined builds the host's programs with those sanitizers.
ifdef SANITIZE
HOST_CFLAGS += -O1 -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
HOST_LDFLAGS += -fsanitize=$(SANITIZE)
endif

# A guest: static, without a libc, everything unused dropped, slots in pages of
# their own.
GUEST_CFLAGS := -std=c11 -O2 -g -ffreestanding -fno-stack-protector -fno-pie \
	-fcf-protection -ffunction-sections -fdata-sections -I guest-macros $(WARNINGS) -MMD -MP
GUEST_LDFLAGS := -nostdlib -static -Wl,--gc-sections -Wl,--build-id \
	-T linkscripts/externals.ld
M_x86_64 := -m64
M_i386 := -m32

# What belongs to the host: files and times are as wide on i386, and <asm/>, which it
# lacks where only gcc-12-multilib is installed, is the other architecture's.
HOST_M_x86_64 := -m64
HOST_M_i386 := -m32 -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 \
	-idirafter /usr/include/x86_64-linux-gnu

# A provider: a shared library of functions that guests call.
PROVIDER_CFLAGS := -std=gnu11 -O2 -g -fPIC -I guest-macros -I host-wrapper/include \
	$(WARNINGS) -MMD -MP
PROVIDER_LDFLAGS := -shared

# What rules.mk files add to. No guest in GUESTS has an instruction that is the host's;
# those in NATIVE_GUESTS boot by themselves.
PROGRAMS :=
GUESTS :=
NATIVE_GUESTS :=
PROVIDERS :=
CHECKS :=

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
include $(sort $(wildcard */rules.mk guests/*/rules.mk))

.PHONY: all help demo check check-code clean deps
all: $(PROGRAMS) $(PROVIDERS) $(GUESTS) $(GUESTS:%=%.searched) $(NATIVE_GUESTS)

help:
	@echo 'make deps        install what packages.txt lists and this machine lacks'
	@echo 'make             build everything below $(BUILD)/'
	@echo 'make demo        scan, report and run guests, Lua among them'
	@echo 'make check       all tests'
	@echo 'make bench       measure, beside peers in the same run'
	@echo 'make clean       remove $(BUILD)/'

deps:
	./install-packages
# In `make deps check`, nothing may start before the packages are there.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

demo: all
	guests/demo $(BUILD)

# Every $(CHECKS) entry is a phony target that fails when a promise is broken.
CHECKS += check-code check-sanitized
check: all $(CHECKS)

# The code itself: clang as second compiler, and analyzers over what is shipped.
TIDIED := $(wildcard resolver/*.c host-wrapper/*/*.c host-wrapper/*/*/*.c \
	host-wrapper/*/*/*/*.c)
TIDIED_i386 := $(foreach file,$(TIDIED),$(if $(findstring i386,$(file)),$(file)))
check-code: all
	$(MAKE) BUILD=$(BUILD)/clang CC=clang programs providers rtos
	$(MAKE) BUILD=$(BUILD)/analyzed HOST_CFLAGS='$(HOST_CFLAGS) -fanalyzer' \
		GUEST_CFLAGS='$(GUEST_CFLAGS) -fanalyzer' programs rtos
	clang-tidy --quiet $(filter-out $(TIDIED_i386),$(TIDIED)) -- $(HW_CFLAGS) 2>/dev/null
	clang-tidy --quiet $(TIDIED_i386) -- $(HOST_M_i386) $(HW_CFLAGS) 2>/dev/null
	clang-tidy --quiet $(RTOS_TIDIED_virtual) -- $(GUEST_CFLAGS) $(RTOS_CFLAGS) \
		-I $(RTOS)/cpu/virtual 2>/dev/null
	clang-tidy --quiet $(RTOS_TIDIED_native) -- $(M_i386) $(GUEST_CFLAGS) $(RTOS_CFLAGS) \
		-I $(RTOS)/cpu/native 2>/dev/null
	shellcheck install-packages .ci/run guests/demo

.PHONY: programs providers check-sanitized
programs: $(PROGRAMS)
providers: $(PROVIDERS)

# The tests of commands again, with sanitizers in launcher and runner.
# A test that limits the address space leaves no room for AddressSanitizer's.
NOT_SANITIZED := no_memory_for_the_stack
SANITIZED := calls/test_calls calls/test_callbacks calls/test_gate \
	$(addprefix interrupts/test_,lines services) faults/test_faulthandler \
	$(addprefix launcher/test_,terminal link_report loading ending providers command_line \
	bad_images) abi/test_entry
check-sanitized: all
	$(MAKE) BUILD=$(BUILD)/sanitized SANITIZE=address,undefined programs \
		$(BUILD)/sanitized/guests/hello-x86_64.elf $(BUILD)/sanitized/guests/hello-i386.elf
	BUILD=$(BUILD)/sanitized ASAN_OPTIONS=detect_leaks=0 $(PYTHON) -m pytest -q \
		-p no:cacheprovider $(SANITIZED:%=tests/%.py) -k 'not $(NOT_SANITIZED)'

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
