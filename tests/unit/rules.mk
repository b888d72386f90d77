# Unit tests with Check, each program built twice: as it ships, and with sanitizers,
# which also get objects of the tested code of their own. UNIT_ROUNDS=n makes the random
# ones run n times as long. The resolver's tests also run for i386, for which Debian has
# no Check.

UNIT_PROGRAMS := $(basename $(notdir $(wildcard tests/unit/test_*.c)))
UNIT_COMMON := tests/unit/unit.c tests/unit/unit_run.c tests/unit/specimen.c \
	tests/unit/resolver_stubs_x86_64.S
# The tested code; main.c has the program's own main().
UNIT_TESTED := $(filter-out %/main.c,$(SOURCES_launcher)) $(HW)/runner/plan_read.c \
	$(HW)/runner/guest_memory.c $(HW)/vcpu/vcpu.c \
	$(HW)/runner/clock_periods.c $(wildcard $(HW)/monitor/kernel/boot_check*.c) \
	$(HW)/runner/trace/vdso.c $(HW)/kvm/gdb/watch.c
UNIT_TESTS := $(UNIT_PROGRAMS:%=tests/unit/%.c)
UNIT_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT_LIBS := -lcheck -lelf -lseccomp -lm -lrt -lsubunit -pthread

SETS += unit-plain unit-asan unit-i386
CFLAGS_unit-plain = $(HOST_CFLAGS) $(HW_CFLAGS) -pthread
CFLAGS_unit-asan = $(CFLAGS_unit-plain) $(UNIT_SANITIZE)
SOURCES_unit-plain := $(UNIT_TESTED) $(UNIT_COMMON)
SOURCES_unit-asan := $(SOURCES_unit-plain)
# The stubs have absolute addresses, as a guest's.
CFLAGS_unit-i386 = $(HOST_M_i386) $(HOST_CFLAGS) -fno-pie -pthread -I . \
	-I tests/unit/without_check
SOURCES_unit-i386 := tests/unit/unit.c tests/unit/without_check/unit_run.c \
	tests/unit/resolver_stubs_i386.S

# The resolver's entry once more, for a resolver that is to fail.
UNIT_NAIVE := $(ARCHES:%=$(BUILD)/unit/naive_entry-%.o)
$(BUILD)/unit/naive_entry-x86_64.o: $(BUILD)/obj/resolver-x86_64/resolver/entry_x86_64.o
$(BUILD)/unit/naive_entry-i386.o: $(BUILD)/obj/resolver-i386/resolver/entry_i386.o
$(UNIT_NAIVE):
	$(Q)mkdir -p $(@D)
	$(Q)objcopy --redefine-sym jumpslot_resolver_bind=naive_bind \
		--redefine-sym jumpslot_resolver_entry=naive_entry \
		--redefine-sym jumpslot_resolver_fault=naive_fault \
		--redefine-sym jumpslot_resolver_set=naive_set $< $@

UNIT_plain := $(UNIT_PROGRAMS:%=$(BUILD)/unit/plain/%)
# LeakSanitizer cannot fork after the end of the PID namespace that it forks into.
UNIT_asan := $(patsubst %,$(BUILD)/unit/asan/%,\
	$(filter-out test_guest_processes,$(UNIT_PROGRAMS)))
UNIT_i386 := $(patsubst %,$(BUILD)/unit/i386/%,$(filter test_resolver_%,$(UNIT_PROGRAMS)))
$(BUILD)/unit/plain/tested.a $(BUILD)/unit/asan/tested.a: \
	$(BUILD)/resolver/resolver-x86_64.o $(BUILD)/unit/naive_entry-x86_64.o $(BUILT_IN)
$(BUILD)/unit/i386/tested.a: $(BUILD)/resolver/resolver-i386.o \
	$(BUILD)/unit/naive_entry-i386.o
$(BUILD)/unit/plain/tested.a $(BUILD)/unit/asan/tested.a $(BUILD)/unit/i386/tested.a: \
		$(BUILD)/unit/%/tested.a: $$(call link_inputs,unit-$$*)
	$(call say,AR,$@)
	$(Q)mkdir -p $(@D)
	$(Q)rm -f $@ && ar rcs $@ $(filter %.o,$^)

$(UNIT_plain): UNIT_LINK = $(UNIT_LIBS)
$(UNIT_asan): UNIT_LINK = $(UNIT_SANITIZE) $(UNIT_LIBS)
$(UNIT_i386): UNIT_LINK = -m32 -no-pie -pthread
$(UNIT_plain) $(UNIT_asan) $(UNIT_i386): $(BUILD)/unit/%: \
		$$(BUILD)/obj/unit-$$(*D)/tests/unit/$$(*F).o $$(@D)/tested.a
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ $(UNIT_LINK)

# Guests and providers that the tests read.
$(BUILD)/unit/pie.elf: guests/hello/hello.c linkscripts/externals.ld
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -fno-pie,$(GUEST_CFLAGS)) -fpie -MMD -MP -MF $@.d \
		$(filter-out -static,$(GUEST_LDFLAGS)) -static-pie -o $@ $<

$(BUILD)/unit/compressed.elf: $(BUILD)/guests/calculator-x86_64.elf
	$(Q)mkdir -p $(@D)
	$(Q)objcopy --compress-debug-sections=zlib $< $@

$(BUILD)/unit/provider-i386.so: UNIT_PROVIDER_FLAGS = -m32 -nostdlib
$(BUILD)/unit/provider.so $(BUILD)/unit/provider-i386.so: tests/unit/inputs/provider.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PROVIDER_CFLAGS) $(PROVIDER_LDFLAGS) -MMD -MP -MF $@.d -o $@ $< \
		$(UNIT_PROVIDER_FLAGS)

UNIT_BOOT_IMAGES := $(ARCHES:%=$(BUILD)/unit/hello-%.boot)
$(UNIT_BOOT_IMAGES): $(BUILD)/unit/%.boot: $(BUILD)/guests/%.elf \
		$(BUILD)/bin/host-wrapper $(MONITOR_RUNTIMES)
	$(call say,IMAGE,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(BUILD)/bin/host-wrapper --host monitor --image $@ $<

UNIT_MODEL := $(BUILD)/unit/partitions.model
$(UNIT_MODEL): tests/unit/inputs/partitions.toml $(wildcard gen/jumpslot_model/*.py)
	$(Q)mkdir -p $(@D)
	$(Q)$(PYTHON) gen/monitor-model -o $@ $<

$(BUILD)/unit/channels.boot: tests/unit/inputs/channels.toml \
		$(BUILD)/bin/host-wrapper $(MONITOR_RUNTIMES) \
		$(ARCHES:%=$(BUILD)/guests/hello-%.elf)
	$(call say,IMAGE,$@)
	$(Q)mkdir -p $(@D)
	$(Q)cp $< $(@:.boot=.toml)
	$(Q)$(BUILD)/bin/host-wrapper --host monitor --image $@ \
		--model $(@:.boot=.toml)

UNIT_INPUTS := $(UNIT_BOOT_IMAGES) $(UNIT_MODEL) $(BUILD)/unit/channels.boot \
	$(BUILD)/guests/hello-x86_64.elf $(BUILD)/guests/hello-i386.elf \
	$(BUILD)/guests/calculator-x86_64.elf $(BUILD)/unit/compressed.elf \
	$(BUILD)/unit/pie.elf $(BUILD)/unit/provider.so $(BUILD)/unit/provider-i386.so \
	$(RUNNERS) $(STATIC_RUNNERS) $(KVM_RUNNERS) $(NEWLIB_PROVIDERS)

UNIT_RUNS := $(patsubst $(BUILD)/unit/%,run-unit/%,\
	$(UNIT_plain) $(UNIT_asan) $(UNIT_i386))
.PHONY: $(UNIT_RUNS)
# The same under valgrind, which also sees libelf's use of what it is given. Left out are
# tests that count instructions or race, those that damage a file at every byte or walk
# all system calls, and one of clone() with flags that valgrind does not know.
UNIT_VALGRIND := $(filter-out test_resolver_% test_scan_sweep test_provider_file \
	test_privileged test_name_index test_filter test_guest_processes,$(UNIT_PROGRAMS))
UNIT_VALGRIND_RUNS := $(UNIT_VALGRIND:%=run-valgrind/%)
.PHONY: $(UNIT_VALGRIND_RUNS)
$(UNIT_VALGRIND_RUNS): run-valgrind/%: $(BUILD)/unit/plain/% $(UNIT_INPUTS) | test-tools
	$(call say,VALGRIND,unit/$*)
	$(Q)$(call logged,valgrind-$*,BUILD=$(BUILD) valgrind -q --error-exitcode=9 \
		--leak-check=full --errors-for-leak-kinds=definite $<)

$(UNIT_RUNS): run-unit/%: $(BUILD)/unit/% $(UNIT_INPUTS) | test-tools
	$(call say,TEST,unit/$*)
	$(Q)$(call logged,unit-$(subst /,-,$*),BUILD=$(BUILD) $<)
