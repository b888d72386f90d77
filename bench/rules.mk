# The bench: jumpslot beside its peers. `make bench` measures; QUICK=1 make bench
# only tries. docs/benchmarks.md describes the method.
#
# A folder MACHINE/LENGTH-COUNT is for COUNT functions with names of LENGTH letters; in
# the rules, % is its name.

BENCH := $(BUILD)/bench
BENCH_MACHINES := x86_64 i386
BENCH_BOUND := 16-1 16-16 16-128 16-1000
BENCH_FIRST := 16-10 16-100 16-1000
# With 1 for bench_first and 1 for the resolver: slots fill whole pages exactly, so
# that what one import takes is not hidden in the padding.
BENCH_LENGTHS := 8 16 24 32
BENCH_SIZES_x86_64 := $(foreach l,$(BENCH_LENGTHS),$(l)-510 $(l)-1022)
BENCH_SIZES_i386 := $(foreach l,$(BENCH_LENGTHS),$(l)-1022 $(l)-2046)
# i386 guests are not position-independent.
BENCH_GUESTS_x86_64 := pie fixed
BENCH_GUESTS_i386 := fixed

# Programs that say when they start: guests, and static and dynamic peers. A name with a
# number is an image with as many megabytes.
BENCH_STARTED_KINDS := guest.elf static dynamic
BENCH_STARTED := $(foreach k,$(BENCH_STARTED_KINDS),started-$(k) waiting-$(k) \
	started-1-$(k) $(if $(filter-out 0,$(QUICK)),,started-100-$(k)))

BENCH_FILES := $(foreach m,$(BENCH_MACHINES),$(addprefix $(BENCH)/$(m)/,\
	$(foreach f,$(BENCH_GUESTS_$(m):%=%.elf) provider.so plt.so got.so program \
		ibt-program linked,$(BENCH_BOUND:%=%/bound-$(f))) hello.elf hello-linked \
	$(foreach f,guest.elf provider.so gated.so peer,$(BENCH_FIRST:%=%/first-$(f))) \
	16-16/gated-guest.elf 16-16/gated-any.elf 16-16/gated-provider.so \
	16-16/interrupt-guest.elf 16-16/interrupt-provider.so \
	16-16/carried-guest.elf 16-16/carried-provider.so 16-16/carried.lib \
	$(BENCH_STARTED) latency-guest.elf latency-provider.so latency-signal \
	hosts-guest.elf trapped-guest.elf trapped-provider.so boot-rtos.elf \
	switch-rtos.elf switch-native pipe-native open-now join-names \
	$(BENCH_FIRST:%=%/chain) \
	$(foreach f,guest.elf peer,$(BENCH_SIZES_$(m):%=%/size-$(f)))))

# musl's own compiler wrapper knows x86-64 alone.
BENCH_FILES += $(BENCH)/bare-kvm \
	$(BENCH)/count-cpuid $(BENCH)/i386/boot-native.elf \
	$(BENCH_FIRST:%=$(BENCH)/x86_64/%/first-musl)

# A quick try leaves out what takes a minute to build: SQLite, native and as a guest.
BENCH_SPEEDTESTS := $(BENCH_MACHINES:%=$(BENCH)/%/speedtest1)
$(BENCH_SPEEDTESTS): $(BENCH)/%/speedtest1: $(SQLITE_MADE)/made $(BUILD)/stamps/bench
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_SQLITE_$*) $(NEWLIB_OPTIMIZE) $(SQLITE_OPTIONS) -no-pie -o $@ \
		$(SQLITE_SOURCE_sqlite3) $(SQLITE_SOURCE_speedtest1) -lm
BENCH_SQLITE_x86_64 := $(HOST_M_x86_64)
BENCH_SQLITE_i386 := $(HOST_M_i386) -msse2 -mfpmath=sse

# The peer of the i386 guest: Debian's Lua is a 64-bit program.
BENCH_LUA := $(BENCH)/i386/lua
$(BENCH_LUA): $(LUA_SOURCE)/unpacked $(BUILD)/guests/lua/i386/lua5.4-deb-multiarch.h \
		$(BUILD)/stamps/bench
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_SQLITE_i386) -O2 -std=gnu99 -w -DLUA_COMPAT_5_3 \
		-DLUA_USE_POSIX -I $(BUILD)/guests/lua/i386 -o $@ \
		$(LUA_FILES:%=$(LUA_SOURCE)/src/%.c) -lm

# Memory functions of newlib and of the native C library; each is called.
BENCH_MEMORY_GUESTS := $(BENCH_MACHINES:%=$(BENCH)/%/memory.elf)
BENCH_MEMORY_NATIVE := $(BENCH_MACHINES:%=$(BENCH)/%/memory-native)
BENCH_CALL_ALL := -O2 -fno-builtin
$(BENCH_MEMORY_GUESTS): $(BENCH)/%/memory.elf: bench/calls/memory.c \
		$(BUILD)/newlib/%/lib/crt0.o linkscripts/externals.ld \
		$(BUILD)/stamps/bench
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(M_$*) $(NEWLIB_OPTIMIZE) $(NEWLIB_CFLAGS_$*) $(BENCH_CALL_ALL) \
		$(GUEST_LDFLAGS) -o $@ $(filter %.o %.c,$^) $(NEWLIB_LIBS_$*)
$(BENCH_MEMORY_NATIVE): $(BENCH)/%/memory-native: bench/calls/memory.c \
		$(BUILD)/stamps/bench
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_M_$*) $(BENCH_CALL_ALL) -o $@ $<
BENCH_PROGRAMS := $(BENCH_MEMORY_GUESTS) $(BENCH_MEMORY_NATIVE) $(BENCH_SPEEDTESTS) \
	$(SQLITE_SPEEDTESTS) $(NEWLIB_PROVIDERS)

# The page shows results that are stored, so that a reader sees them without a run.
.PHONY: bench-page
bench-page:
	$(Q)BUILD=$(BUILD) $(PYTHON) bench/page.py

.PHONY: bench
BENCH_GUESTS := $(BENCH_MACHINES:%=$(BUILD)/guests/hello-%.elf) $(LUA_GUESTS) \
	$(BENCH_LUA) $(NEWLIB_PROVIDERS) \
	$(BENCH_MACHINES:%=$(BUILD)/providers/calculator-%.so) \
	$(BENCH_MACHINES:%=$(BUILD)/partitions/newlib-%.lib)
bench: $(PROGRAMS) $(BENCH_GUESTS) $(BENCH_FILES) \
		$(if $(filter-out 0,$(QUICK)),,$(BENCH_PROGRAMS))
	$(Q)BUILD=$(BUILD) $(PYTHON) bench/bench.py

BENCH_PREFIX_8 := read
BENCH_PREFIX_16 := sensor_read_
BENCH_PREFIX_24 := flight_control_read_
BENCH_PREFIX_32 := flight_control_actuator_get_
# Everything else depends on the names, and by them on the flags.
STAMP_bench = $(CC) $(GUEST_CFLAGS) $(GUEST_LDFLAGS) $(HOST_CFLAGS) $(PROVIDER_CFLAGS)
$(BENCH)/%/names.h: $(BUILD)/stamps/bench
	$(Q)mkdir -p $(@D)
	$(Q)seq -f 'NAME($(BENCH_PREFIX_$(word 1,$(subst -, ,$(*F))))%04.0f)' \
		$(word 2,$(subst -, ,$(*F))) > $@

# The same code in all callers and callees, so the same flags. Objects of x86-64 guests
# are position-independent, to serve both kinds of image; a call is the same in both.
BENCH_PIE_x86_64 := -fpie
# The machine is the first folder of a target's name.
bench_machine = $(firstword $(subst /, ,$(@:$(BENCH)/%=%)))
BENCH_M = $(M_$(bench_machine))
BENCH_HOST_M = $(HOST_M_$(bench_machine))
BENCH_PIE = $(BENCH_PIE_$(bench_machine))

BENCH_DEPENDENCIES = -MMD -MP -MF $@.d
BENCH_PIC = $(BENCH_HOST_M) $(PROVIDER_CFLAGS) -fcf-protection -ffunction-sections \
	-I $(@D) $(BENCH_DEPENDENCIES)
BENCH_GUEST = $(CC) $(BENCH_M) $(GUEST_LDFLAGS) -o $@ $^
BENCH_PROVIDER = $(CC) $(BENCH_PIC) -DPROVIDER $(PROVIDER_LDFLAGS) -o $@ \
	$(filter-out %.h,$^)
BENCH_LIBRARY = $(CC) $(BENCH_M) -shared -Wl,-z,lazy -o $@ $^
BENCH_PROGRAM = $(CC) $(BENCH_M) -no-pie -Wl,-z,lazy -Wl,-rpath,'$$ORIGIN' -o $@ $^

# Objects, by name: one source calls in several ways, and each main program has a side of
# its own. BENCH_FLAGS_<object> are its flags; a caller's source is caller.c.
BENCH_GUEST_CFLAGS = $(BENCH_M) $(GUEST_CFLAGS)
BENCH_PROGRAM_CFLAGS = $(BENCH_HOST_M) $(HOST_CFLAGS) -fno-pie -fcf-protection
BENCH_MAIN_GUESTS := bound_guest carried_guest first_guest gated_guest interrupt_guest
BENCH_MAIN_PROGRAMS := bound_program first_program
BENCH_CALLERS := stub stub-direct slot plt plt-pic got-pic direct pointer linked
BENCH_FLAGS_stub = $(BENCH_GUEST_CFLAGS) $(BENCH_PIE) -DGUEST -DCALL_ALL=call_by_stub
BENCH_FLAGS_stub-direct = $(BENCH_GUEST_CFLAGS) $(BENCH_PIE) -DGUEST -DPEER \
	-DCALL_ALL=call_by_stub_direct
BENCH_FLAGS_slot = $(BENCH_GUEST_CFLAGS) $(BENCH_PIE) -DGUEST -DJUMPSLOT_INLINE_CALLS \
	-DCALL_ALL=call_by_slot
BENCH_FLAGS_plt = $(BENCH_GUEST_CFLAGS) -DCALL_ALL=call_by_plt
BENCH_FLAGS_plt-pic = $(BENCH_GUEST_CFLAGS) -fPIC -DPEER -DCALL_ALL=call_by_plt
BENCH_FLAGS_got-pic = $(BENCH_GUEST_CFLAGS) -fPIC -fno-plt -DPEER \
	-DCALL_ALL=call_by_got
BENCH_FLAGS_pointer = $(BENCH_GUEST_CFLAGS) -fPIC -DPOINTERS -DCALL_ALL=call_by_pointer
BENCH_FLAGS_direct = $(BENCH_GUEST_CFLAGS) -fPIC -DCALL_ALL=call_direct
BENCH_FLAGS_linked = $(BENCH_GUEST_CFLAGS) -DGUEST -DJUMPSLOT_LINK_TIME \
	-DCALL_ALL=call_by_plt
bench_flags = $(or $(BENCH_FLAGS_$(1)),$(if $(filter %_guest,$(1)),\
	$(BENCH_GUEST_CFLAGS) $(BENCH_PIE) -DGUEST,$(BENCH_PROGRAM_CFLAGS)))

# $(1): object; $(2): source
define bench_object
$(BENCH)/%/$(1).o: bench/calls/$(2).c $(BENCH)/%/names.h
	$$(call say,CC,$$@)
	$$(Q)$$(CC) $$(call bench_flags,$(1)) $$(BENCH_DEPENDENCIES) -I $$(@D) \
		-c -o $$@ $$<
endef
$(foreach o,$(BENCH_CALLERS) $(BENCH_MAIN_GUESTS) $(BENCH_MAIN_PROGRAMS),\
	$(eval $(call bench_object,$(o),$(if \
		$(filter $(o),$(BENCH_CALLERS)),caller,$(o)))))

# An ordinary library, for the link of ordinary programs.
$(BENCH)/%/libcallee.so: bench/calls/callee.c bench/calls/first.c $(BENCH)/%/names.h
	$(call say,LD,$@)
	$(Q)$(CC) $(BENCH_PIC) -shared -Wl,-soname,$(@F) -o $@ $(filter %.c,$^)

# Bound calls. The peer calls the provider's functions, which it finds by soname: one
# process loads both. The program uses nothing of jumpslot.
$(BENCH)/%/bound-pie.elf: $(BENCH)/%/bound_guest.o $(BENCH)/%/stub.o $(BENCH)/%/slot.o
	$(call say,LD,$@)
	$(Q)$(CC) $(BENCH_M) $(filter-out -static,$(GUEST_LDFLAGS)) -static-pie -o $@ $^
$(BENCH)/%/bound-fixed.elf: $(BENCH)/%/bound_guest.o $(BENCH)/%/stub.o $(BENCH)/%/slot.o
	$(call say,LD,$@)
	$(Q)$(BENCH_GUEST)
$(BENCH)/%/bound-provider.so: bench/calls/callee.c bench/calls/bound.c \
		$(BENCH)/%/direct.o $(BENCH)/%/pointer.o
	$(call say,LD,$@)
	$(Q)$(BENCH_PROVIDER) -DPEER -Wl,-soname,$(@F)
# A library for each kind of call: the linker gives functions that are called in both ways
# one slot, which is bound when the library is loaded.
$(BENCH)/%/bound-plt.so: $(BENCH)/%/plt-pic.o $(BENCH)/%/bound-provider.so
	$(call say,LD,$@)
	$(Q)$(BENCH_LIBRARY)
$(BENCH)/%/bound-got.so: $(BENCH)/%/got-pic.o $(BENCH)/%/bound-provider.so
	$(call say,LD,$@)
	$(Q)$(BENCH_LIBRARY)
$(BENCH)/%/bound-program: $(BENCH)/%/bound_program.o $(BENCH)/%/plt.o \
		$(BENCH)/%/libcallee.so
	$(call say,LD,$@)
	$(Q)$(BENCH_PROGRAM)

$(BENCH)/%/bound-ibt-program: $(BENCH)/%/bound_program.o $(BENCH)/%/plt.o \
		$(BENCH)/%/libcallee.so
	$(call say,LD,$@)
	$(Q)$(BENCH_PROGRAM) -Wl,-z,ibtplt

# Gated calls: guest and provider, the peer is in them.
$(BENCH)/%/gated-guest.elf: $(BENCH)/%/gated_guest.o $(BENCH)/%/stub.o \
		$(BENCH)/%/stub-direct.o
	$(call say,LD,$@)
	$(Q)$(BENCH_GUEST)
$(BENCH)/%/gated-any.elf: bench/calls/gated_guest.c $(BENCH)/%/names.h
	$(call say,LD,$@)
	$(Q)$(CC) $(BENCH_GUEST_CFLAGS) $(BENCH_DEPENDENCIES) -DGUEST -DANY_GUEST \
		-I $(@D) $(GUEST_LDFLAGS) -o $@ $<
$(BENCH)/%/gated-provider.so: bench/calls/gated.c $(BENCH)/%/names.h
	$(call say,LD,$@)
	$(Q)$(BENCH_PROVIDER)

# Interrupts: the same.
$(BENCH)/%/interrupt-guest.elf: $(BENCH)/%/interrupt_guest.o
	$(call say,LD,$@)
	$(Q)$(BENCH_GUEST)
$(BENCH)/%/interrupt-provider.so: bench/calls/interrupt.c $(BENCH)/%/names.h
	$(call say,LD,$@)
	$(Q)$(BENCH_PROVIDER)

# Calls in every host: a guest, and its provider in both forms.
$(BENCH)/%/carried-guest.elf: $(BENCH)/%/carried_guest.o $(BENCH)/%/stub.o
	$(call say,LD,$@)
	$(Q)$(BENCH_GUEST)
$(BENCH)/%/carried-provider.so: bench/calls/carried.c $(BENCH)/%/names.h
	$(call say,LD,$@)
	$(Q)$(BENCH_PROVIDER)
$(BENCH)/%/carried.lib: bench/calls/carried.c $(BENCH)/%/names.h \
		$(foreach m,$(BENCH_MACHINES),$(BUILD)/partitions/library-$(m).o \
			$(BUILD)/newlib/$(m)/lib/crt0.o)
	$(call say,LD,$@)
	$(Q)gen/jumpslot-cc --build $(BUILD) --partition-library $(BENCH_M) -O2 \
		-DPARTITION -I $(@D) -o $@ $<

# First calls: a guest, its provider twice, and an ordinary program with a shared library.
BENCH_FIRST_FROM := bench/calls/callee.c bench/calls/first.c
$(BENCH)/%/first-guest.elf: $(BENCH)/%/first_guest.o $(BENCH)/%/stub.o
	$(call say,LD,$@)
	$(Q)$(BENCH_GUEST)
$(BENCH)/%/first-provider.so: $(BENCH_FIRST_FROM) $(BENCH)/%/names.h
	$(call say,LD,$@)
	$(Q)$(BENCH_PROVIDER)
$(BENCH)/%/first-gated.so: $(BENCH_FIRST_FROM) $(BENCH)/%/names.h
	$(call say,LD,$@)
	$(Q)$(BENCH_PROVIDER) -DGATED
$(BENCH)/%/first-peer: $(BENCH)/%/first_program.o $(BENCH)/%/plt.o $(BENCH)/%/libcallee.so
	$(call say,LD,$@)
	$(Q)$(BENCH_PROGRAM)

# Sizes: what a product would ship, so stripped.
$(BENCH)/%/size-guest.elf: $(BENCH)/%/first-guest.elf
	$(call say,LD,$@)
	$(Q)strip -o $@ $<
$(BENCH)/%/size-peer: $(BENCH)/%/first_program.o $(BENCH)/%/plt.o $(BENCH)/%/libcallee.so
	$(call say,LD,$@)
	$(Q)$(BENCH_PROGRAM) -Wl,-z,ibtplt -Wl,--gc-sections -s

# A guest beside the same source, compiled with -DJUMPSLOT_LINK_TIME and linked to the
# functions, or to its host.
$(BENCH)/%/bound-linked: $(BENCH)/%/bound_program.o $(BENCH)/%/linked.o \
		bench/calls/callee.c
	$(call say,LD,$@)
	$(Q)$(CC) $(BENCH_PROGRAM_CFLAGS) -ffunction-sections -I $(@D) -no-pie \
		$(BENCH_DEPENDENCIES) -o $@ $(filter %.o %.c,$^)
$(BENCH)/%/hello.elf: $(BUILD)/guests/hello-%.elf
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)strip -o $@ $<
$(BENCH)/%/hello-linked: guests/hello/hello.c $(BUILD)/lib/libjumpslot-linked-%.a \
		$(BUILD)/stamps/bench
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_GUEST_CFLAGS) $(BENCH_DEPENDENCIES) -DJUMPSLOT_LINK_TIME \
		-no-pie -s -Wl,-z,now,--gc-sections -o $@ $(filter %.c %.a,$^)

# Start: the same source as a guest, a static and a dynamic program.
BENCH_STARTED_NEEDS = bench/programs/started.c $(BUILD)/stamps/bench \
	$(if $(filter 1 100,$(word 2,$(subst -, ,$(@F)))),\
		$(BENCH)/image-$(word 2,$(subst -, ,$(@F))))
BENCH_STARTED_FLAGS = $(if $(filter waiting-%,$(@F)),-DWAIT) \
	$(patsubst %,-DIMAGE='"%"',$(filter $(BENCH)/image-%,$^))
BENCH_STARTED_BUILD_guest.elf = $(CC) $(BENCH_GUEST_CFLAGS) -DGUEST $(GUEST_LDFLAGS)
BENCH_STARTED_BUILD_static = $(CC) $(BENCH_HOST_M) $(HOST_CFLAGS) -static-pie -fPIE
BENCH_STARTED_BUILD_dynamic = $(CC) $(BENCH_HOST_M) $(HOST_CFLAGS) -pie -fPIE
$(BENCH)/image-%:
	$(Q)mkdir -p $(@D)
	$(Q)head -c $*000000 /dev/zero >$@
$(foreach m,$(BENCH_MACHINES),$(BENCH_STARTED:%=$(BENCH)/$(m)/%)): \
		$$(BENCH_STARTED_NEEDS)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(BENCH_STARTED_BUILD_$(lastword $(subst -, ,$(@F)))) $(BENCH_STARTED_FLAGS) \
		-o $@ $<

$(BENCH)/count-cpuid: bench/programs/count_cpuid.c $(BUILD)/stamps/bench
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $<
$(BENCH)/%/open-now: bench/programs/open_now.c $(BUILD)/stamps/bench
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_HOST_M) $(HOST_CFLAGS) -o $@ $<
$(BENCH)/%/join-names: bench/programs/join_names.c $(BUILD)/stamps/bench
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_HOST_M) $(HOST_CFLAGS) -I guest-macros -static -o $@ $<

# The kvm host, and a bare virtual machine.
$(BENCH)/bare-kvm: bench/programs/bare_kvm.c $(BUILD)/stamps/bench
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -o $@ $<
$(BENCH)/%/trapped-guest.elf: bench/calls/trapped_guest.c $(BUILD)/stamps/bench
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_GUEST_CFLAGS) $(GUEST_LDFLAGS) -o $@ $<
$(BENCH)/%/trapped-provider.so: bench/calls/trapped.c $(BUILD)/stamps/bench
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_HOST_M) $(PROVIDER_CFLAGS) $(PROVIDER_LDFLAGS) -o $@ $<

# Services of every host.
$(BENCH)/%/hosts-guest.elf: bench/programs/hosts_guest.c $(BUILD)/stamps/bench
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_GUEST_CFLAGS) -I bench $(GUEST_LDFLAGS) -o $@ $<

$(BENCH)/%/pipe-native: bench/programs/pipe_native.c $(BUILD)/stamps/bench
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_HOST_M) $(HOST_CFLAGS) -I bench -o $@ $<

# Latency of a periodic clock, and switches of contexts.
$(BENCH)/%/latency-guest.elf: bench/programs/latency_guest.c $(BUILD)/stamps/bench
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_GUEST_CFLAGS) $(GUEST_LDFLAGS) -o $@ $<
$(BENCH)/%/latency-provider.so: bench/programs/latency_provider.c $(BUILD)/stamps/bench
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_HOST_M) $(PROVIDER_CFLAGS) $(PROVIDER_LDFLAGS) -o $@ $<
$(BENCH)/%/latency-signal: bench/programs/latency_signal.c $(BUILD)/stamps/bench
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_HOST_M) $(HOST_CFLAGS) -o $@ $<
$(BENCH)/%/switch-native: bench/programs/switch_native.c $(BUILD)/stamps/bench
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_HOST_M) $(HOST_CFLAGS) -I bench -pthread -o $@ $<
# $(1): application
define bench_rtos
$(BENCH)/%/$(1)-rtos.elf: bench/programs/$(1)_rtos.c $(BUILD)/stamps/bench \
		$$$$(call link_inputs,rtos-virtual-$$$$*)
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS_rtos-virtual-$$*) -I bench $$(RTOS_LDFLAGS_virtual) \
		-o $$@ $$< $$(filter %.o,$$^) -lgcc
endef
$(foreach a,boot switch,$(eval $(call bench_rtos,$(a))))
$(BENCH)/i386/boot-native.elf: bench/programs/boot_rtos.c $(BUILD)/stamps/bench \
		$$(call link_inputs,rtos-native-i386)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_rtos-native-i386) $(RTOS_LDFLAGS_native) -o $@ $< \
		$(filter %.o,$^) -lgcc

# First calls by other means: a chain of compares, and musl's dynamic linker.
$(BENCH)/%/chain: bench/programs/chain.c $(BENCH)/%/names.h
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_PROGRAM_CFLAGS) -no-pie -I $(@D) -I bench -o $@ $<
$(BENCH)/%/libcallee-musl.so: bench/calls/callee.c bench/calls/first.c $(BENCH)/%/names.h
	$(call say,LD,$@)
	$(Q)musl-gcc -O2 -fPIC -I $(@D) -idirafter /usr/include -shared \
		-Wl,-soname,$(@F) -o $@ $(filter %.c,$^)
$(BENCH)/%/first-musl: bench/calls/first_program.c bench/calls/caller.c \
		$(BENCH)/%/libcallee-musl.so
	$(call say,LD,$@)
	$(Q)musl-gcc -O2 -no-pie -fno-pie -I $(@D) -DCALL_ALL=call_by_plt \
		-Wl,-rpath,'$$ORIGIN' -o $@ $^
