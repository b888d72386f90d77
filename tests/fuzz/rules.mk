# Fuzz targets: one program for each fuzz_NAME.c, built by clang with libFuzzer and
# sanitizers. `make fuzz` runs them for as long as one likes, and keeps new inputs in
# $(BUILD)/fuzz/corpus; tests/fuzz/test_fuzz.py runs them for a moment.

FUZZ_NAMES := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_PROGRAMS := $(FUZZ_NAMES:%=$(BUILD)/fuzz/%)
FUZZ_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all

# Tested code that the targets do not include as a source.
FUZZ_TESTED := $(filter-out %/main.c,$(SOURCES_launcher)) $(HW)/runner/read_now.c \
	$(wildcard $(HW)/monitor/kernel/boot_check*.c) $(HW)/kvm/gdb/packet.c \
	$(HW)/kvm/gdb/command.c

SETS += fuzz
CFLAGS_fuzz = $(HOST_CFLAGS) $(HW_CFLAGS) -I tests/unit/without_check -O1 -pthread \
	-fsanitize=fuzzer-no-link $(FUZZ_SANITIZE)
SOURCES_fuzz := $(FUZZ_TESTED) tests/unit/specimen.c tests/unit/unit.c \
	tests/fuzz/fuzz.c
$(BUILD)/obj/fuzz/% $(BUILD)/stamps/fuzz: CC := clang

$(BUILD)/fuzz/tested.a: $$(call link_inputs,fuzz) $(BUILT_IN)
	$(call say,AR,$@)
	$(Q)mkdir -p $(@D)
	$(Q)rm -f $@ && ar rcs $@ $(filter %.o,$^)

$(FUZZ_PROGRAMS): $(BUILD)/fuzz/%: $(BUILD)/obj/fuzz/tests/fuzz/fuzz_%.o \
		$(BUILD)/fuzz/tested.a
	$(call say,LD,$@)
	$(Q)clang -fsanitize=fuzzer $(FUZZ_SANITIZE) -o $@ $^ -ldw -lelf \
		-lseccomp -pthread

# FUZZ=NAME selects one target.
FUZZ := $(FUZZ_NAMES)
FUZZ_SECONDS := 60
FUZZ_RUNS := $(FUZZ:%=run-fuzz/%)
.PHONY: fuzz $(FUZZ_RUNS)
fuzz: $(FUZZ_RUNS)
$(FUZZ_RUNS): run-fuzz/%: $(BUILD)/fuzz/% $(BUILD)/guests/hello-x86_64.elf | test-tools
	$(call say,FUZZ,$* for $(FUZZ_SECONDS) s)
	$(Q)mkdir -p $(BUILD)/fuzz/corpus/$* $(BUILD)/fuzz/found
	$(Q)BUILD=$(BUILD) $< -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
		-artifact_prefix=$(BUILD)/fuzz/found/$*- \
		$(BUILD)/fuzz/corpus/$* $(wildcard tests/fuzz/corpus/$*)

# The launcher's reader as a filter, which tests compare with gen-func-list.
LIST_TABLES := $(BUILD)/fuzz/list_tables
$(LIST_TABLES): $(BUILD)/obj/unit-plain/tests/fuzz/list_tables.o \
		$(BUILD)/unit/plain/tested.a
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -o $@ $^ -lelf -lseccomp

# Makes the stored corpus again: the first inputs, and of those that fuzzing found the
# smallest that together reach all edges.
FUZZ_STORED := tests/fuzz/corpus
.PHONY: fuzz-corpus
fuzz-corpus: $(FUZZ_PROGRAMS) $(TEST_FILES) $(BUILD)/unit/channels.boot | test-tools
	$(Q)rm -rf $(BUILD)/fuzz/seeds $(BUILD)/fuzz/merged
	$(Q)BUILD=$(BUILD) $(PYTHON) tests/fuzz/make_seeds.py $(BUILD)/fuzz/seeds
	$(Q)for name in $(FUZZ_NAMES); do \
		mkdir -p $(BUILD)/fuzz/merged/$$name $(BUILD)/fuzz/corpus/$$name \
			$(FUZZ_STORED)/$$name && \
		BUILD=$(BUILD) $(BUILD)/fuzz/$$name \
			-merge=1 -use_counters=0 -verbosity=0 \
			$(BUILD)/fuzz/merged/$$name $(BUILD)/fuzz/seeds/$$name \
			$(FUZZ_STORED)/$$name $(BUILD)/fuzz/corpus/$$name && \
		rm -rf $(FUZZ_STORED)/$$name && \
		cp -r $(BUILD)/fuzz/merged/$$name $(FUZZ_STORED)/$$name || exit 1; \
	done
