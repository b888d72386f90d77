# Tests of the kvm host. tests/kvm needs no /dev/kvm: it boots a machine with nested
# virtualization, whose kernel is Debian's for clouds, unpacked and not installed.

NESTED_KERNEL := $(BUILD)/kvm/kernel/unpacked
NESTED_INIT := $(BUILD)/kvm/nested-init
NESTED_OUTSIDE := $(BUILD)/kvm/nested-outside

SETS += nested nested-outside
CFLAGS_nested = -std=gnu11 -O2 -g $(WARNINGS)
CFLAGS_nested-outside = $(CFLAGS_nested)
SOURCES_nested := tests/kvm/nested/init.c
SOURCES_nested-outside := tests/kvm/nested/outside.c

$(NESTED_INIT): $$(call link_inputs,nested)
$(NESTED_OUTSIDE): $$(call link_inputs,nested-outside)
$(NESTED_INIT) $(NESTED_OUTSIDE):
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -static -o $@ $(filter %.o,$^)

$(NESTED_KERNEL):
	$(call say,FETCH,linux-image-cloud-amd64 of Debian)
	$(Q)rm -rf $(@D) && mkdir -p $(@D)/package
	$(Q)cd $(@D)/package && apt-get -qq -o APT::Sandbox::User=root download \
		$$(apt-cache depends linux-image-cloud-amd64 | \
			sed -n 's/.*Depends: \(linux-image-[0-9]\)/\1/p') || { \
		echo "Debian's kernel cannot be fetched: no network?" >&2; exit 1; }
	$(Q)dpkg-deb -x $(@D)/package/*.deb $(@D) && rm -r $(@D)/package
	$(Q)touch $@

# Tests of commands that run again on the kvm host, with one compiler, fewer rounds and a
# short soak: each exit takes microseconds. They need a /dev/kvm that works. KVM_FULL=1
# runs them in the reference machine instead, for both architectures, file by file, in
# some 50 minutes (docs/kvm.md).
ON_KVM := $(addprefix tests/,calls/test_calls.py calls/test_callbacks.py \
	interrupts/test_services.py interrupts/test_lines.py \
	interrupts/test_line_options.py interrupts/test_console_input.py \
	interrupts/test_stack_limit.py interrupts/test_handler_x87.py \
	interrupts/test_interrupts.py interrupts/test_clock_guest.py \
	interrupts/test_blocking.py interrupts/test_inline.py \
	interrupts/test_coarse_clock.py rtos/test_rtos.py \
	lua/test_lua.py programs/test_sqlite.py \
	faults/test_fault_kinds.py faults/test_fault_decisions.py \
	faults/test_privileged_instructions.py faults/test_restart.py \
	trace/test_trace.py trace/test_trace_file.py trace/test_stats.py \
	trace/test_policy.py trace/test_control.py trace/test_control_socket.py \
	trace/test_standby.py trace/test_hostile_trace.py)
# Those of the sandbox run in every check, and for i386 in the reference machine alone.
ON_KVM_FULL := $(ON_KVM) tests/sandbox/test_kvm_rules.py
ON_KVM_TESTS = -k '$(if $(K),($(K)) and )not clang and not native'
.PHONY: check-on-kvm
check-on-kvm: $(TEST_FILES) $(TEST_FILES_kvm) $(SQLITE_GUESTS) \
		$(if $(KVM_FULL),$(NESTED_OUTSIDE)) | test-tools
	$(call say,TEST,$(words $(ON_KVM)) files with HOST=kvm)
	$(Q)if [ -n '$(KVM_FULL)' ]; then \
		ROUNDS=500 SOAK_SECONDS=5 $(PYTHON) tests/kvm/nested_suite.py $(BUILD) \
			$(ON_KVM_FULL) -- --timeout=$(TEST_LIMIT) $(ON_KVM_TESTS); \
	elif [ -w /dev/kvm ]; then \
		$(call logged,on-kvm,HOST=kvm ROUNDS=2000 SOAK_SECONDS=5 \
			$(PYTEST) $(ON_KVM) $(ON_KVM_TESTS)); \
	else echo 'check-on-kvm: NOT RUN, as /dev/kvm cannot be opened: $(ON_KVM)'; fi
