# Unit tests with Check, each program built twice: as it ships, and with sanitizers,
# which also get objects of the tested code of their own. UNIT_ROUNDS=n makes the
# random ones run n times as long.

UNIT_PROGRAMS := $(basename $(notdir $(wildcard tests/unit/test_*.c)))
UNIT_COMMON := tests/unit/unit.c tests/unit/specimen.c tests/unit/resolver_stubs.S
# What is tested; main.c has the program's own main().
UNIT_TESTED := $(filter-out %/main.c,$(wildcard $(HW)/launcher/*.c $(HW)/common/*.c)) \
	$(HW)/process/plan_read.c $(HW)/process/guest_memory.c
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
		$(RESOLVER) $(BUILD)/unit/naive_entry.o
	rm -f $$@
	ar rcs $$@ $$^

$(UNIT_PROGRAMS:%=$(1)/%): $(1)/%: $(1)/tests/unit/%.o $(1)/tested.a
	$$(CC) $(2) -o $$@ $$^ $$(UNIT_LIBS)
endef
$(eval $(call unit_build,$(BUILD)/unit/plain,))
$(eval $(call unit_build,$(BUILD)/unit/asan,$(UNIT_SANITIZE)))

# The resolver's entry once more, for a resolver that is to fail.
$(BUILD)/unit/naive_entry.o: $(BUILD)/resolver/entry_x86_64.o
	@mkdir -p $(@D)
	objcopy --redefine-sym jumpslot_resolver_bind=naive_bind \
		--redefine-sym jumpslot_resolver_entry=naive_entry \
		--redefine-sym jumpslot_resolver_fault=naive_fault $< $@

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

UNIT_RUNS := $(foreach b,plain asan,$(UNIT_PROGRAMS:%=run-unit-$(b)-%))
CHECKS += check-units
.PHONY: check-units $(UNIT_RUNS)
check-units: $(UNIT_RUNS)
$(UNIT_RUNS): run-unit-%: $(UNIT_INPUTS)
$(foreach b,plain asan,$(foreach p,$(UNIT_PROGRAMS),\
	$(eval run-unit-$(b)-$(p): $(BUILD)/unit/$(b)/$(p); BUILD=$(BUILD) $$<)))
