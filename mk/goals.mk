# The goals for users. `make help` lists them; a test keeps the list complete.

.PHONY: all demo clean help compile_commands.json
all: $(PROGRAMS) $(LINKED) $(PROVIDERS) $(PARTITION_LIBRARIES) $(GUESTS) \
	$(GUESTS:%=%.searched) $(NATIVE_GUESTS)

demo: all
	$(Q)guests/demo $(BUILD)

clean:
	$(Q)rm -rf $(BUILD)

# For editors and clang's tools: each source with its flags, once for each set.
# INDEXED_<set> are sources that become no object of the set.
compile_commands.json: | $(BUILD)/stamps
	$(file >$(BUILD)/commands)
	$(foreach set,$(SETS),$(foreach file,$(SOURCES_$(set)) $(INDEXED_$(set)),\
		$(file >>$(BUILD)/commands,$(file) $(CC) $(CFLAGS_$(set)) -c $(file))))
	$(Q)$(PYTHON) mk/compile-commands <$(BUILD)/commands >$@

define HELP
make deps           install the packages that building and the demo need
make                build programs, providers and guests below $(BUILD)/
make demo           build, and show link reports and guests at work
make deps check     install the packages of the tests too, and run all tests
make bench          measure, beside peers in the same run (QUICK=1: a quick try;
                    ONLY="start calls": these alone)
make bench-page     put the results of `make bench` into docs/benchmarks.md
make install        install commands, headers, newlib and pages below PREFIX=$(PREFIX)
                    (DESTDIR=FOLDER: below that folder); install-host, install-dev and
                    install-doc are its parts; `make installed` only builds what they need
make oci            pack GUEST=FILE and PROVIDER=FILE[,OPTIONS] into an OCI image,
                    build/oci/NAME.tar, with OPTIONS=... of host-wrapper and
                    ARGUMENTS=... of the guest
make clean          remove $(BUILD)/
make help           print this text

make test T=PATH    run a folder, file or test (PATH::NAME); K=WORDS selects by name
make check          all of the following checks:
  check-SUBJECT     the tests in tests/SUBJECT; SUBJECT is one of
                    $(SUBJECTS)
  check-on-kvm      tests of commands with HOST=kvm, if /dev/kvm can be opened
  check-on-monitor  tests of interrupts and faults with HOST=monitor (MONITOR_FULL=1:
                    all of them)
  check-units       the unit tests in C (UNIT_ROUNDS=N: random ones N times as long)
  check-valgrind    most of them under valgrind
  check-sanitized   the tests of commands, with sanitizers in host-wrapper and runners
  check-code        all checks of the code itself:
                    $(CODE_CHECKS)
make fuzz           fuzz what reads files and input from outside (FUZZ=NAME: one target;
                    FUZZ_SECONDS=60: time for each); what it finds is in
                    $(BUILD)/fuzz/found
make fuzz-corpus    make the stored inputs of the targets again
make programs       build host-wrapper and the runners alone
make guests/simple  build $(SIMPLE_GUESTS) alone
make guests/sqlite  build SQLite as a guest (make guests/tcc: tcc); see docs/programs.md
make guests/partitions  build the example of docs/partitions.md
make code           build all that needs no other project's source

make compile_commands.json   flags of each source file, for editors and clang's tools

Variables: BUILD=$(BUILD) (where to build), CC=$(CC), PYTHON=$(PYTHON),
V=1 (show commands), SANITIZE=address,undefined (build with sanitizers),
ANALYZE=1 (build with gcc's analyzer).
endef
help:
	@:$(info $(HELP))
