# The launcher (host-wrapper), and for each architecture a runner of the process host.

HW := host-wrapper
HW_CFLAGS := $(HOST_CFLAGS) -I guest-macros -I $(HW)/include \
	-DJUMPSLOT_VERSION='"$(strip $(file <VERSION))"'
HW_OBJECTS := $(patsubst $(HW)/%.c,$(BUILD)/$(HW)/%.o,\
	$(wildcard $(HW)/launcher/*.c $(HW)/common/*.c))

PROGRAMS += $(BUILD)/bin/host-wrapper

$(BUILD)/$(HW)/%.o: $(HW)/%.c
	@mkdir -p $(@D)
	$(CC) $(HW_CFLAGS) -c -o $@ $<

$(BUILD)/bin/host-wrapper: $(HW_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(HOST_LDFLAGS) -o $@ $^ -lelf

RUNNER_SOURCES := $(wildcard $(HW)/process/*.c $(HW)/process/*.S $(HW)/common/*.c)
# A file that is for one architecture says so in its name.
RUNNER_FOREIGN_x86_64 := %_i386.c %_i386.S
RUNNER_FOREIGN_i386 := %_x86_64.c %_x86_64.S
RUNNER_NO_VECTORS := gate_sides callback guest_memory interrupt interrupt_frame

# Providers take from it what jumpslot/provider.h declares.
define runner
RUNNER_OBJECTS_$(1) := $$(patsubst $$(HW)/%,$$(BUILD)/$$(HW)/$(1)/%.o,\
	$$(basename $$(filter-out $$(RUNNER_FOREIGN_$(1)),$$(RUNNER_SOURCES))))

PROGRAMS += $$(BUILD)/bin/jumpslot-runner-$(1)

$$(BUILD)/$$(HW)/$(1)/%.o: $$(HW)/%.c
	@mkdir -p $$(@D)
	$$(CC) $$(HOST_M_$(1)) $$(HW_CFLAGS) -c -o $$@ $$<

$$(BUILD)/$$(HW)/$(1)/%.o: $$(HW)/%.S
	@mkdir -p $$(@D)
	$$(CC) $$(HOST_M_$(1)) $$(HW_CFLAGS) -c -o $$@ $$<

# Vector registers hold a call's arguments or results where the gate calls these; and what an
# interrupt leaves in its initial state need not be restored behind it.
$$(RUNNER_NO_VECTORS:%=$$(BUILD)/$$(HW)/$(1)/process/%.o): HW_CFLAGS += -mgeneral-regs-only

$$(BUILD)/bin/jumpslot-runner-$(1): $$(RUNNER_OBJECTS_$(1)) \
		$$(BUILD)/resolver/resolver-$(1).o $$(HW)/process/provider_api.list
	@mkdir -p $$(@D)
	$$(CC) $$(HOST_M_$(1)) $$(HOST_LDFLAGS) -pie -Wl,-z,text,-z,relro,-z,now \
		-Wl,--dynamic-list=$$(HW)/process/provider_api.list -o $$@ \
		$$(filter %.o,$$^)
endef
$(foreach a,x86_64 i386,$(eval $(call runner,$(a))))
