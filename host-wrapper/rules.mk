# The launcher (host-wrapper), and for each architecture a runner of the process host.

HW := host-wrapper
# Files of another room are included by their path from here.
HW_CFLAGS := $(HOST_CFLAGS) -I $(HW) -I . -I guest-macros -I $(HW)/include \
	-DJUMPSLOT_VERSION='"$(strip $(file <VERSION))"'
HW_OBJECTS := $(patsubst $(HW)/%.c,$(BUILD)/$(HW)/%.o,\
	$(wildcard $(HW)/launcher/*.c $(HW)/launcher/*/*.c $(HW)/common/*.c))

PROGRAMS += $(BUILD)/bin/host-wrapper

$(BUILD)/$(HW)/%.o: $(HW)/%.c
	@mkdir -p $(@D)
	$(CC) $(HW_CFLAGS) -c -o $@ $<

$(BUILD)/bin/host-wrapper: $(HW_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(HOST_LDFLAGS) -o $@ $^ -lelf

RUNNER_SOURCES := $(wildcard $(foreach room,common runner vcpu process,\
	$(foreach depth,* */* */*/*,$(HW)/$(room)/$(depth).[cS])))
# A file that is for one architecture says so in its name, or in its folder's.
RUNNER_FOREIGN_x86_64 := %_i386.c %_i386.S $(wildcard $(HW)/process/arch/i386/*)
RUNNER_FOREIGN_i386 := %_x86_64.c %_x86_64.S $(wildcard $(HW)/process/arch/x86_64/*)
# Vector registers hold a call's arguments or results, or the interrupted guest's values,
# while code of the runner runs.
RUNNER_CFLAGS := $(HW_CFLAGS) -mgeneral-regs-only

# Providers take from it what jumpslot/provider.h declares.
define runner
RUNNER_OBJECTS_$(1) := $$(patsubst $$(HW)/%,$$(BUILD)/$$(HW)/$(1)/%.o,\
	$$(basename $$(filter-out $$(RUNNER_FOREIGN_$(1)),$$(RUNNER_SOURCES))))

PROGRAMS += $$(BUILD)/bin/jumpslot-runner-$(1)

$$(BUILD)/$$(HW)/$(1)/%.o: $$(HW)/%.c
	@mkdir -p $$(@D)
	$$(CC) $$(HOST_M_$(1)) $$(RUNNER_CFLAGS) -c -o $$@ $$<

$$(BUILD)/$$(HW)/$(1)/%.o: $$(HW)/%.S
	@mkdir -p $$(@D)
	$$(CC) $$(HOST_M_$(1)) $$(RUNNER_CFLAGS) -c -o $$@ $$<

$$(BUILD)/bin/jumpslot-runner-$(1): $$(RUNNER_OBJECTS_$(1)) \
		$$(BUILD)/resolver/resolver-$(1).o $$(HW)/runner/provider_api.list
	@mkdir -p $$(@D)
	$$(CC) $$(HOST_M_$(1)) $$(HOST_LDFLAGS) -pie -Wl,-z,text,-z,relro,-z,now \
		-Wl,--dynamic-list=$$(HW)/runner/provider_api.list -o $$@ \
		$$(filter %.o,$$^)
endef
$(foreach a,x86_64 i386,$(eval $(call runner,$(a))))
