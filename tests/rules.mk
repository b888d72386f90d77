# The tests: units in C (unit/), and commands as users run them (a folder per subject).
# Each check builds only what its tests use, and needs the packages of packages.txt.

SUBJECTS := abi bench build calls debug docs faults fuzz gen install interrupts kvm \
	launcher lua monitor newlib ports programs rtos sandbox security trace

# Files that the tests of every subject use, and more that some subjects use.
TEST_FILES := $(PROGRAMS) $(RESOLVER) $(SIMPLE_x86_64) $(SIMPLE_i386)
TEST_FILES_abi := $(LINKED) $(PROVIDERS_x86_64) $(PROVIDERS_i386)
TEST_FILES_bench := $(BENCH_FILES)
TEST_FILES_docs := $(LINKED) $(PROVIDERS_x86_64) $(RTOS_GUESTS) $(RTOS_NATIVE)
TEST_FILES_fuzz := $(FUZZ_PROGRAMS) $(LIST_TABLES)
TEST_FILES_gen := $(addsuffix .searched,$(SIMPLE_x86_64) $(SIMPLE_i386))
TEST_FILES_install := $(NEWLIB_CRT0) $(NEWLIB_PROVIDERS) $(NEWLIB_LIBRARIES) \
	$(LIBRARY_PARTS) $(PROVIDERS_x86_64) $(PROVIDERS_i386)
TEST_FILES_kvm = $(KVM_RUNNERS) $(NESTED_KERNEL) $(NESTED_INIT) $(PROVIDERS_x86_64) \
	$(RTOS_GUESTS) $(LUA_GUESTS) $(NEWLIB_PROVIDERS)
TEST_FILES_lua := $(LUA_GUESTS) $(NEWLIB_PROVIDERS) $(addsuffix .searched,$(LUA_GUESTS))
TEST_FILES_monitor := $(RTOS_GUESTS) $(RTOS_LUA_GUESTS) $(LUA_GUESTS) \
	$(PARTITION_LIBRARIES) $(NEWLIB_PROVIDERS) $(PROVIDERS_x86_64) $(PROVIDERS_i386) \
	$(EXAMPLE)
TEST_FILES_newlib := $(NEWLIB_CRT0) $(NEWLIB_PROVIDERS) $(LIBRARY_PARTS)
TEST_FILES_rtos := $(RTOS_GUESTS) $(RTOS_NATIVE) $(RTOS_LUA_GUESTS) $(RTOS_LUA_NATIVE) \
	$(addsuffix .searched,$(RTOS_GUESTS) $(RTOS_LUA_GUESTS))
TEST_FILES_trace := $(RTOS_GUESTS)
TEST_FILES_security := $(NEWLIB_PROVIDERS)

# Seconds after which a test fails: only one that hangs takes that long. A soak of more
# seconds or rounds needs a larger one.
TEST_LIMIT := 1000
RUN_PYTEST = $(PYTHON) -m pytest -q -p no:cacheprovider --timeout=$(TEST_LIMIT)
PYTEST = BUILD=$(BUILD) $(RUN_PYTEST)

PYTEST_CHECKS := $(SUBJECTS:%=check-%)
.PHONY: check check-on-monitor check-units check-valgrind check-sanitized test \
	test-tools $(PYTEST_CHECKS)
check: all check-units check-valgrind $(PYTEST_CHECKS) check-on-kvm check-on-monitor \
	check-sanitized check-code
	@echo 'check: everything passed'
check-units: $(UNIT_RUNS)
check-valgrind: $(UNIT_VALGRIND_RUNS)
$(PYTEST_CHECKS): check-%: $(TEST_FILES) $$(TEST_FILES_$$*) | test-tools
	$(call say,TEST,tests/$*)
	$(Q)$(call logged,$*,$(PYTEST) tests/$*)

# One file or one test: make test T=tests/calls/test_gate.py, or T=tests/calls K=longjmp.
T := tests
test: $(TEST_FILES) $$(TEST_FILES_$$(word 2,$$(subst /, ,$$(T)))) | test-tools
	$(Q)$(PYTEST) $(T) $(if $(K),-k '$(K)')

# One line in place of many failures.
test-tools:
	@./install-packages --check build test

# The process host's tests of interrupts and faults again, in partitions of the monitor:
# the rules, or all of them with MONITOR_FULL=1, in six minutes.
ON_MONITOR := tests/faults/test_fault_kinds.py tests/faults/test_fault_decisions.py \
	tests/interrupts/test_interrupts.py
ON_MONITOR_FULL := tests/faults tests/interrupts
check-on-monitor: $(PROGRAMS) | test-tools
ifeq ($(MONITOR_FULL),1)
	$(call say,TEST,$(ON_MONITOR_FULL) with HOST=monitor)
	$(Q)$(call logged,on-monitor,HOST=monitor ROUNDS=3000 $(PYTEST) \
		$(ON_MONITOR_FULL))
else
	$(call say,TEST,$(words $(ON_MONITOR)) files with HOST=monitor)
	$(Q)$(call logged,on-monitor,HOST=monitor ROUNDS=3000 $(PYTEST) $(ON_MONITOR) \
		-k 'fault or the_rules_of or random_change_nothing')
endif

# The tests of commands again, with sanitizers in launcher and runners, and without the
# sandbox, whose filter the sanitizers' own calls would break. A test that they do not
# allow has the mark not_sanitized, with a reason. SANITIZED_FULL=1 runs all subjects
# that start guests, except sandbox, which is about the filter.
SANITIZED := $(addprefix tests/,\
	calls/test_calls.py calls/test_callbacks.py calls/test_gate.py \
	interrupts/test_lines.py interrupts/test_line_options.py \
	interrupts/test_console_input.py interrupts/test_services.py \
	faults launcher abi/test_entry.py security/test_hostile_pointers.py \
	kvm/test_random_doorbells.py)
SANITIZED_SUBJECTS := abi calls faults interrupts launcher lua monitor newlib programs \
	rtos security trace
SANITIZED_FILES := $(NEWLIB_PROVIDERS) $(PROVIDERS_x86_64) $(PROVIDERS_i386)
ifdef SANITIZED_FULL
SANITIZED := $(SANITIZED_SUBJECTS:%=tests/%) tests/kvm/test_random_doorbells.py
SANITIZED_FILES += $(RESOLVER) $(foreach subject,$(SANITIZED_SUBJECTS),\
	$(TEST_FILES_$(subject)))
endif
check-sanitized: | test-tools
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/sanitized \
		SANITIZE=address,undefined programs guests/simple \
		$(patsubst $(BUILD)/%,$(BUILD)/sanitized/%,$(sort $(SANITIZED_FILES)))
	$(call say,TEST,with sanitizers)
	$(Q)$(call logged,sanitized,ASAN_OPTIONS=detect_leaks=0 SANITIZED=1 \
		BUILD=$(BUILD)/sanitized $(RUN_PYTEST) $(SANITIZED))
