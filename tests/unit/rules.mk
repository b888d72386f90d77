# Unit tests with Check, each program built twice: as it ships, and with sanitizers,
# which also get objects of the tested code of their own. UNIT_ROUNDS=n makes the
# random ones run n times as long. Those of the resolver run for i386 too, without Check.

UNIT_PROGRAMS := $(basename $(notdir $(wildcard tests/unit/test_*.c)))
UNIT_COMMON := tests/unit/unit.c tests/unit/unit_run.c tests/unit/specimen.c \
	tests/unit/resolver_stubs_x86_64.S
# What is tested; main.c has the program's own main().
UNIT_TESTED := $(filter-out %/main.c,$(wildcard $(HW)/launcher/*.c $(HW)/launcher/*/*.c \
	$(HW)/common/*.c)) $(HW)/runner/plan_read.c $(HW)/runner/guest_memory.c \
	$(HW)/vcpu/rules.c
UNIT_CFLAGS := $(HW_CFLAGS) -pthread
UNIT_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT_LIBS := -lcheck -lelf -lm -lrt -lsubunit -pthread

UNIT_INPUTS := $(BUILD)/guests/hello-x86_64.elf $(BUILD)/guests/hello-i386.elf \
	$(BUILD)/guests/calculator-x86_64.elf $(BUILD)/unit/compressed.elf \
	$(BUILD)/unit/pie.elf $(BUILD)/unit/provider.so $(BUILD)/unit/provider-i386.so

# One build: its objects' directory, and its flags.
define unit_build
$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$$(CC) $$(UNIT_CFLAGS) $(2) -c -o $$@ $$<

$(1)/%.o: %.S
	@mkdir -p $$(@D)
	$$(CC) $$(UNIT_CFLAGS) $(2) -c -o $$@ $$<

$(1)/tested.a: $(patsubst %,$(1)/%.o,$(basename $(UNIT_TESTED) $(UNIT_COMMON))) \
		$(RESOLVER_x86_64) $(BUILD)/unit/naive_entry-x86_64.o
	rm -f $$@
	ar rcs $$@ $$^

$(UNIT_PROGRAMS:%=$(1)/%): $(1)/%: $(1)/tests/unit/%.o $(1)/tested.a
	$$(CC) $(2) -o $$@ $$^ $$(UNIT_LIBS)
endef
$(eval $(call unit_build,$(BUILD)/unit/plain,))
$(eval $(call unit_build,$(BUILD)/unit/asan,$(UNIT_SANITIZE)))

# The resolver's entry once more, for a resolver that is to fail.
$(BUILD)/unit/naive_entry-%.o: $(BUILD)/resolver/%/entry.o
	@mkdir -p $(@D)
	objcopy --redefine-sym jumpslot_resolver_bind=naive_bind \
		--redefine-sym jumpslot_resolver_entry=naive_entry \
		--redefine-sym jumpslot_resolver_fault=naive_fault \
		--redefine-sym jumpslot_resolver_set=naive_set $< $@

# Debian has no Check for i386. The stubs have absolute addresses, as a guest's.
UNIT_I386 := $(BUILD)/unit/i386
UNIT_I386_PROGRAMS := $(filter test_resolver_%,$(UNIT_PROGRAMS))
UNIT_I386_CFLAGS := $(HOST_M_i386) $(HOST_CFLAGS) -fno-pie -pthread -I . -I tests/unit/without_check

$(UNIT_I386)/tested.a: $(UNIT_I386)/unit.o $(UNIT_I386)/without_check/unit_run.o \
		$(UNIT_I386)/resolver_stubs_i386.o $(RESOLVER_i386) \
		$(BUILD)/unit/naive_entry-i386.o
	rm -f $@
	ar rcs $@ $^

$(UNIT_I386)/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(CC) $(UNIT_I386_CFLAGS) -c -o $@ $<

$(UNIT_I386)/%.o: tests/unit/%.S
	@mkdir -p $(@D)
	$(CC) $(UNIT_I386_CFLAGS) -c -o $@ $<

$(UNIT_I386_PROGRAMS:%=$(UNIT_I386)/%): %: %.o $(UNIT_I386)/tested.a
	$(CC) -m32 -no-pie -pthread -o $@ $^

$(BUILD)/unit/pie.elf: guests/hello/hello.c linkscripts/externals.ld
	@mkdir -p $(@D)
	$(CC) $(filter-out -fno-pie,$(GUEST_CFLAGS)) -fpie -MF $@.d \
		$(filter-out -static,$(GUEST_LDFLAGS)) -static-pie -o $@ $<

$(BUILD)/unit/compressed.elf: $(BUILD)/guests/calculator-x86_64.elf
	@mkdir -p $(@D)
	objcopy --compress-debug-sections=zlib $< $@

UNIT_PROVIDER = $(CC) $(PROVIDER_CFLAGS) $(PROVIDER_LDFLAGS) -MF $@.d -o $@ $<
$(BUILD)/unit/provider.so: tests/unit/inputs/provider.c
	@mkdir -p $(@D)
	$(UNIT_PROVIDER)

$(BUILD)/unit/provider-i386.so: tests/unit/inputs/provider.c
	@mkdir -p $(@D)
	$(UNIT_PROVIDER) -m32 -nostdlib

UNIT_ALL := $(foreach b,plain asan,$(UNIT_PROGRAMS:%=$(b)/%)) $(UNIT_I386_PROGRAMS:%=i386/%)
UNIT_RUNS := $(UNIT_ALL:%=run-unit/%)
CHECKS += check-units
.PHONY: check-units $(UNIT_RUNS)
check-units: $(UNIT_RUNS)
$(UNIT_RUNS): $(UNIT_INPUTS)
$(foreach p,$(UNIT_ALL),\
	$(eval run-unit/$(p): $(BUILD)/unit/$(p); BUILD=$(BUILD) $$<))
