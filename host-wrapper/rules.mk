# The launcher (host-wrapper), and for each architecture a runner of the process host.

HW := host-wrapper
HW_CFLAGS := $(HOST_CFLAGS) -I guest-macros -I $(HW)/include \
	-DJUMPSLOT_VERSION='"$(strip $(file <VERSION))"'
HW_OBJECTS := $(patsubst $(HW)/%.c,$(BUILD)/$(HW)/%.o,\
	$(wildcard $(HW)/launcher/*.c $(HW)/common/*.c))
RUNNER_SOURCES := $(wildcard $(HW)/process/*.c $(HW)/process/*.S $(HW)/common/*.c)
# A file that is for one architecture says so in its name.
RUNNER_OBJECTS := $(patsubst $(HW)/%,$(BUILD)/$(HW)/%.o,\
	$(basename $(filter-out %_i386.c %_i386.S,$(RUNNER_SOURCES))))

PROGRAMS += $(BUILD)/bin/host-wrapper $(BUILD)/bin/jumpslot-runner-x86_64

$(BUILD)/$(HW)/%.o: $(HW)/%.c
	@mkdir -p $(@D)
	$(CC) $(HW_CFLAGS) -c -o $@ $<

$(BUILD)/$(HW)/%.o: $(HW)/%.S
	@mkdir -p $(@D)
	$(CC) $(HW_CFLAGS) -c -o $@ $<

$(BUILD)/bin/host-wrapper: $(HW_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(HOST_LDFLAGS) -o $@ $^ -lelf

# Providers take from it what jumpslot/provider.h declares.
$(BUILD)/bin/jumpslot-runner-x86_64: $(RUNNER_OBJECTS) $(BUILD)/resolver/resolver-x86_64.o $(HW)/process/provider_api.list
	@mkdir -p $(@D)
	$(CC) $(HOST_LDFLAGS) -pie -Wl,--dynamic-list=$(HW)/process/provider_api.list -o $@ \
		$(RUNNER_OBJECTS) $(RESOLVER)
