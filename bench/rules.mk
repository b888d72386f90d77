# The bench: jumpslot beside its peers. `make bench` measures; BENCH_QUICK=1 make bench
# only tries. docs/benchmarks.md states the method.
#
# A folder LENGTH-COUNT is for COUNT functions with names of LENGTH letters.

BENCH := $(BUILD)/bench
BENCH_BOUND := 16-16 16-1000
BENCH_FIRST := 16-100 16-1000
# With 1 for bench_first and 1 for the resolver: slots fill whole pages exactly, so
# that what one import takes is not hidden in the padding.
BENCH_SIZES := $(foreach length,8 16 24 32,$(length)-510 $(length)-1022)

BENCH_FILES := \
	$(foreach f,pie.elf fixed.elf provider.so peer.so program,\
		$(BENCH_BOUND:%=$(BENCH)/%/bound-$(f))) \
	$(foreach f,guest.elf provider.so peer,$(BENCH_FIRST:%=$(BENCH)/%/first-$(f))) \
	$(foreach f,guest.elf peer,$(BENCH_SIZES:%=$(BENCH)/%/size-$(f)))

.PHONY: bench
bench: $(BUILD)/bin/host-wrapper $(BUILD)/bin/jumpslot-runner-x86_64 $(BENCH_FILES)
	BUILD=$(BUILD) $(PYTHON) bench/bench.py

BENCH_PREFIX_8 := read
BENCH_PREFIX_16 := sensor_read_
BENCH_PREFIX_24 := flight_control_read_
BENCH_PREFIX_32 := flight_control_actuator_get_
$(BENCH)/%/names.h:
	@mkdir -p $(@D)
	seq -f 'NAME($(BENCH_PREFIX_$(word 1,$(subst -, ,$*)))%04.0f)' \
		$(word 2,$(subst -, ,$*)) > $@

# The same code in all callers and callees, so the same flags. A guest's objects
# are position-independent, to serve both kinds of image; a call is the same in both.
BENCH_CFLAGS = $(GUEST_CFLAGS) -I $(@D) -MF $@.d -c -o $@
BENCH_PIC = $(PROVIDER_CFLAGS) -fcf-protection -ffunction-sections -I $(@D) -MF $@.d

define bench_caller
$(BENCH)/%/$(1).o: bench/calls/caller.c $(BENCH)/%/names.h
	$$(CC) $$(BENCH_CFLAGS) $(2) $$<
endef
$(eval $(call bench_caller,stub,-fpie -DGUEST -DCALL_ALL=call_by_stub))
$(eval $(call bench_caller,slot,-fpie -DGUEST -DJUMPSLOT_INLINE_CALLS \
	-DCALL_ALL=call_by_slot))
$(eval $(call bench_caller,plt,-DCALL_ALL=call_by_plt))
$(eval $(call bench_caller,plt-pic,-fPIC -DPEER -DCALL_ALL=call_by_plt))
$(eval $(call bench_caller,direct,-fPIC -DCALL_ALL=call_direct))

$(BENCH)/%_guest.o: bench/calls/%_guest.c
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -fpie -DGUEST $<
$(BENCH)/first_peer.o $(BENCH)/bound_program.o: $(BENCH)/%.o: bench/calls/%.c
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -fno-pie -fcf-protection -MF $@.d -c -o $@ $<

# An ordinary library, and what an ordinary program is linked with.
$(BENCH)/%/libcallee.so: bench/calls/callee.c bench/calls/first.c $(BENCH)/%/names.h
	$(CC) $(BENCH_PIC) -shared -Wl,-soname,$(@F) -o $@ $(filter %.c,$^)
BENCH_PROGRAM = $(CC) -no-pie -Wl,-z,lazy -Wl,-rpath,'$$ORIGIN' -o $@ $^

# Bound calls. The peer calls the provider's functions, which it finds by soname: one
# process loads both. The program does without jumpslot.
$(BENCH)/%/bound-pie.elf: $(BENCH)/bound_guest.o $(BENCH)/%/stub.o $(BENCH)/%/slot.o
	$(CC) $(filter-out -static,$(GUEST_LDFLAGS)) -static-pie -o $@ $^
$(BENCH)/%/bound-fixed.elf: $(BENCH)/bound_guest.o $(BENCH)/%/stub.o $(BENCH)/%/slot.o
	$(CC) $(GUEST_LDFLAGS) -o $@ $^
$(BENCH)/%/bound-provider.so: bench/calls/callee.c bench/calls/bound.c $(BENCH)/%/direct.o
	$(CC) $(BENCH_PIC) -DPROVIDER -DPEER $(PROVIDER_LDFLAGS) -Wl,-soname,$(@F) -o $@ $^
$(BENCH)/%/bound-peer.so: $(BENCH)/%/plt-pic.o $(BENCH)/%/bound-provider.so
	$(CC) -shared -Wl,-z,lazy -o $@ $^
$(BENCH)/%/bound-program: $(BENCH)/bound_program.o $(BENCH)/%/plt.o $(BENCH)/%/libcallee.so
	$(BENCH_PROGRAM)

# First calls: a guest, and an ordinary program with a shared library.
$(BENCH)/%/first-guest.elf: $(BENCH)/first_guest.o $(BENCH)/%/stub.o
	$(CC) $(GUEST_LDFLAGS) -o $@ $^
$(BENCH)/%/first-provider.so: bench/calls/callee.c bench/calls/first.c $(BENCH)/%/names.h
	$(CC) $(BENCH_PIC) -DPROVIDER $(PROVIDER_LDFLAGS) -o $@ $(filter %.c,$^)
$(BENCH)/%/first-peer: $(BENCH)/first_peer.o $(BENCH)/%/plt.o $(BENCH)/%/libcallee.so
	$(BENCH_PROGRAM)

# Sizes: what a product would ship, so stripped.
$(BENCH)/%/size-guest.elf: $(BENCH)/%/first-guest.elf
	strip -o $@ $<
$(BENCH)/%/size-peer: $(BENCH)/first_peer.o $(BENCH)/%/plt.o $(BENCH)/%/libcallee.so
	$(BENCH_PROGRAM) -Wl,-z,ibtplt -Wl,--gc-sections -s

BENCH_FOLDERS := $(sort $(BENCH_BOUND) $(BENCH_FIRST) $(BENCH_SIZES))
.SECONDARY: $(BENCH)/first_guest.o $(BENCH)/bound_guest.o $(foreach f,\
	names.h stub.o slot.o plt.o plt-pic.o direct.o libcallee.so first-guest.elf,\
	$(BENCH_FOLDERS:%=$(BENCH)/%/$(f)))
