# Checks of the code itself: a second compiler, analyzers, format, headers, language.

CODE_CHECKS := check-clang check-analyzer check-tidy check-cppcheck check-format \
	check-headers check-language check-shell
.PHONY: check-code $(CODE_CHECKS)
check-code: $(CODE_CHECKS)

# All that needs no other project's source.
.PHONY: code programs guests/simple
programs: $(PROGRAMS)
guests/simple: $(SIMPLE_x86_64) $(SIMPLE_i386)
code: $(PROGRAMS) $(LINKED) $(SIMPLE_x86_64) $(SIMPLE_i386) $(PROVIDERS_x86_64) \
	$(PROVIDERS_i386) $(RTOS_GUESTS) $(RTOS_NATIVE) $(UNIT_plain)

check-clang: | test-tools
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/clang CC=clang code

check-analyzer: | test-tools
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/analyzed ANALYZE=1 programs \
		$(patsubst $(BUILD)/%,$(BUILD)/analyzed/%,$(RTOS_GUESTS) $(RTOS_NATIVE))

# Sources of sets that are compiled with the compiler's own headers, each set with its
# flags; of the sets of tests, the tests' own files. Left out are sets that clang-tidy
# takes for wrong by design: inside-*, which shows the host records on its stack while
# the host reads them, and partitions-*, of which a guest writes to a null pointer for
# the health table to report. cppcheck reads both.
TIDY_SETS := $(ARCHES:%=resolver-%) launcher backtrace $(ARCHES:%=runner-%) \
	$(ARCHES:%=kvm-%) $(ARCHES:%=guest-%) $(ARCHES:%=newlib-provider-%) \
	rtos-virtual-x86_64 rtos-native-i386 monitor-kernel \
	$(ARCHES:%=monitor-runtime-%) $(ARCHES:%=monitor-library-%) \
	$(ARCHES:%=linked-%) unit-plain fuzz
TIDY_SOURCES_unit-plain := $(UNIT_TESTS) $(UNIT_COMMON) tests/fuzz/list_tables.c
TIDY_SOURCES_fuzz := $(wildcard tests/fuzz/fuzz*.c)
# Flags that clang does not have.
TIDY_UNKNOWN := -mincoming-stack-boundary=2
tidy_sources = $(or $(TIDY_SOURCES_$(1)),$(SOURCES_$(1)))
tidied = $(patsubst %,$(BUILD)/tidy/$(1)/%.ok,$(filter %.c,$(call tidy_sources,$(1))))
tidy_set = $(firstword $(subst /, ,$(1:$(BUILD)/tidy/%=%)))
tidy_source = $(patsubst $(BUILD)/tidy/$(call tidy_set,$(1))/%.ok,%,$(1))
TIDIED := $(foreach set,$(TIDY_SETS),$(call tidied,$(set)))
check-tidy: $(TIDIED)
$(TIDIED): $$(call tidy_source,$$@) .clang-tidy tests/.clang-tidy \
		$$(BUILD)/obj/$$(call tidy_set,$$@)/$$(basename \
			$$(call tidy_source,$$@)).o \
		| test-tools
	$(call say,TIDY,$@)
	$(Q)mkdir -p $(@D)
	$(Q)clang-tidy --quiet $< -- $(filter-out $(TIDY_UNKNOWN),\
		$(CFLAGS_$(call tidy_set,$@))) >$@.log 2>&1 || \
		{ cat $@.log; exit 1; }
	$(Q)mv $@.log $@

# A second analyzer, for each architecture. .cppcheck has the exceptions.
CPPCHECKS := $(ARCHES:%=run-cppcheck/%)
CPPCHECK_x86_64 := --platform=unix64 -D__x86_64__ -D__SIZEOF_POINTER__=8
CPPCHECK_i386 := --platform=unix32 -D__i386__ -D__SIZEOF_POINTER__=4
.PHONY: $(CPPCHECKS)
check-cppcheck: $(CPPCHECKS)
$(CPPCHECKS): run-cppcheck/%: | test-tools
	$(call say,CPPCHECK,all C files of programs for $*)
	$(Q)git ls-files -z 'host-wrapper/*.c' 'resolver/*.c' 'guests/*.c' 'ports/*.c' | \
		xargs -0 cppcheck -q --std=c11 --error-exitcode=1 \
		--suppressions-list=.cppcheck \
		--enable=warning,performance,portability $(CPPCHECK_$*) $(HW_CFLAGS)

check-format: | test-tools
	$(call say,FORMAT,all C files)
	$(Q)git ls-files -z '*.c' '*.h' | xargs -0 clang-format --dry-run -Werror

# Every header compiles alone, with the flags of the sources that include it.
HEADERS_launcher := host-wrapper/launcher host-wrapper/common
HEADERS_runner-x86_64 := $(addprefix host-wrapper/,common runner vcpu process include)
HEADERS_runner-i386 := $(HEADERS_runner-x86_64)
HEADERS_kvm-x86_64 := host-wrapper/kvm
HEADERS_kvm-i386 := host-wrapper/kvm
HEADERS_monitor-kernel := host-wrapper/monitor/kernel
HEADERS_monitor-runtime-i386 := host-wrapper/monitor/runtime
HEADERS_monitor-library-x86_64 := host-wrapper/monitor/library
HEADERS_resolver-x86_64 := resolver
HEADERS_guest-x86_64 := guest-macros guests/calculator ports/freertos
HEADERS_guest-i386 := $(HEADERS_guest-x86_64)
HEADERS_rtos-virtual-x86_64 := guests/rtos
HEADERS_rtos-native-i386 := guests/rtos
HEADERS_rtos-lua-virtual-i386 := guests/rtos/newlib
HEADERS_partitions-x86_64 := guests/partitions
HEADERS_newlib-x86_64 := guests/newlib
HEADERS_newlib-provider-x86_64 := guests/newlib
HEADERS_unit-plain := tests/unit tests/fuzz

# Headers that a set does not include: those of the other architecture, processor or
# side.
NO_HEADERS_runner-x86_64 := %_i386.h host-wrapper/process/arch/i386/%
NO_HEADERS_runner-i386 := %_x86_64.h host-wrapper/process/arch/x86_64/%
NO_HEADERS_guest-x86_64 := %_i386.h
NO_HEADERS_guest-i386 := %_x86_64.h
NO_HEADERS_rtos-virtual-x86_64 := guests/rtos/cpu/native/% guests/rtos/newlib/%
NO_HEADERS_rtos-native-i386 := guests/rtos/cpu/virtual/% guests/rtos/newlib/%
# tests/newlib compiles those of include/, which need a place in the search path.
NO_HEADERS_newlib-x86_64 := guests/newlib/provider% guests/newlib/include/% \
	guests/newlib/library/%
NO_HEADERS_newlib-provider-x86_64 := $(filter-out guests/newlib/provider%,\
	$(wildcard guests/newlib/*.h)) guests/newlib/include/% guests/newlib/library/%
NO_HEADERS_unit-plain := tests/unit/without_check/%

HEADER_SETS := $(patsubst HEADERS_%,%,$(filter HEADERS_%,$(.VARIABLES)))
headers_below = $(wildcard $(foreach depth,* */* */*/*,$(1)/$(depth).h))
headers_of = $(filter-out $(NO_HEADERS_$(1)),$(foreach folder,$(HEADERS_$(1)),\
	$(call headers_below,$(folder))))
HEADERS = $(foreach set,$(HEADER_SETS),$(patsubst %,$(BUILD)/headers/$(set)/%.ok,\
	$(call headers_of,$(set))))
check-headers: $$(HEADERS) | test-tools

check-shell: | test-tools
	$(call say,SHELL,shellcheck)
	$(Q)shellcheck install-packages .ci/run guests/demo gen/jumpslot-cc \
		packaging/install-files packaging/completion/host-wrapper \
		packaging/completion/gen-func-list

# Comments, messages and documentation; and the tests of that check itself.
check-language: | test-tools
	$(call say,LANGUAGE,all files)
	$(Q)$(PYTHON) tests/language/check_language.py
	$(Q)$(call logged,language,$(PYTEST) tests/language)
