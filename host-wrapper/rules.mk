# The launcher (host-wrapper), and runners: for each architecture one of the process host
# and one of the kvm host.

HW := host-wrapper
# Files of another room are included by their path from here.
HW_CFLAGS := -I $(HW) -I . -I guest-macros -I $(HW)/include \
	-DJUMPSLOT_VERSION='"$(strip $(file <VERSION))"'
# Sources of a room, $(1), which has folders three deep at most.
room_sources = $(wildcard $(foreach depth,* */* */*/*,$(HW)/$(1)/$(depth).[cS]))

# Libraries that a 32-bit build would lack are the launcher's alone. It is linked to musl,
# which starts in a fraction of glibc's time; sanitizers need glibc.
MUSL_INCLUDE := /usr/include/x86_64-linux-musl
MUSL := /usr/lib/x86_64-linux-musl
SETS += launcher
CFLAGS_launcher = $(HOST_CFLAGS) $(HW_CFLAGS) \
	$(if $(SANITIZE),,-isystem $(MUSL_INCLUDE) -fPIE)
SOURCES_launcher := $(filter-out %_i386.c,$(call room_sources,common) \
	$(call room_sources,launcher))

# Vector registers hold a call's arguments or results, or the interrupted guest's values,
# while the runner's code runs.
RUNNER_CFLAGS = $(HOST_CFLAGS) $(HW_CFLAGS) -mgeneral-regs-only
RUNNER_ALL := $(foreach room,common runner vcpu process,$(call room_sources,$(room)))
RUNNER_SOURCES := $(filter-out %_offsets.c,$(RUNNER_ALL))
# A file for one architecture says so in its name, or its folder does.
RUNNER_FOREIGN_x86_64 := %_i386.c %_i386.S $(HW)/process/arch/i386/%
RUNNER_FOREIGN_i386 := %_x86_64.c %_x86_64.S $(HW)/process/arch/x86_64/%

SETS += runner-x86_64 runner-i386
CFLAGS_runner-x86_64 = $(HOST_M_x86_64) $(RUNNER_CFLAGS) -I $(BUILD)/offsets/x86_64
CFLAGS_runner-i386 = $(HOST_M_i386) $(RUNNER_CFLAGS) -I $(BUILD)/offsets/i386
SOURCES_runner-x86_64 := $(filter-out $(RUNNER_FOREIGN_x86_64),$(RUNNER_SOURCES))
SOURCES_runner-i386 := $(filter-out $(RUNNER_FOREIGN_i386),$(RUNNER_SOURCES))

# Each *_offsets.c becomes a header for assembly: see common/asm_offset.h.
OFFSETS := $(filter %_offsets.c,$(RUNNER_ALL))
INDEXED_runner-x86_64 := $(OFFSETS)
INDEXED_runner-i386 := $(OFFSETS)
OFFSETS_TO_DEFINES := s/^.*\.ascii.*"->\([A-Z0-9_]*\) \([0-9]*\)"$$/\#define \1 \2/p
# $(1): architecture, $(2): name of the list, $(3): sources.
define offsets_of
OFFSETS_$(2)_$(1) := $$(patsubst $(HW)/%.c,$(BUILD)/offsets/$(1)/%.h,$(3))
$$(OFFSETS_$(2)_$(1)): $(BUILD)/offsets/$(1)/%.h: $(HW)/%.c $(BUILD)/stamps/runner-$(1)
	$$(call say,OFFSETS,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS_runner-$(1)) -MMD -MP -MT $$@ -MF $$(@:.h=.d) \
		-S -o $$(@:.h=.s) $$<
	$$(Q)sed -n '$$(OFFSETS_TO_DEFINES)' $$(@:.h=.s) >$$@
endef
$(foreach arch,$(ARCHES),$(eval $(call offsets_of,$(arch),runner,$(OFFSETS))))
define offsets_first
$$(call objects,runner-$(1),$$(filter %.S,$$(SOURCES_runner-$(1)))): \
	$$(OFFSETS_runner_$(1))
endef
$(foreach arch,$(ARCHES),$(eval $(call offsets_first,$(arch))))

# The kvm host. Code that runs in the virtual machine is linked to one block (inside.h),
# which becomes part of the runner; the rest goes with the objects of the other rooms.
KVM := $(HW)/kvm
KVM_ALL := $(call room_sources,kvm)
KVM_OFFSETS := $(filter %_offsets.c,$(KVM_ALL))
KVM_INSIDE := $(addprefix $(KVM)/inside/,header.S hooks.c clock_x86.c ports.c)
KVM_FOREIGN_x86_64 := $(RUNNER_FOREIGN_x86_64) $(KVM)/arch/i386/%
KVM_FOREIGN_i386 := $(RUNNER_FOREIGN_i386) $(KVM)/arch/x86_64/%
$(foreach arch,$(ARCHES),$(eval $(call offsets_of,$(arch),kvm,$(KVM_OFFSETS))))
# $(1): architecture
define kvm_sets
SETS += inside-$(1) kvm-$(1)
CFLAGS_inside-$(1) = $(HOST_M_$(1)) -std=gnu11 -O2 -g $(WARNINGS) $(HW_CFLAGS) \
	-ffreestanding -fPIE -fno-stack-protector -fcf-protection \
	-fno-asynchronous-unwind-tables -fno-jump-tables -mgeneral-regs-only \
	-ffunction-sections -I $(BUILD)/offsets/$(1) \
	-include $(KVM)/inside/hidden.h
KVM_INSIDE_$(1) := $(KVM_INSIDE) $(KVM)/inside/gate_$(1).S \
	$(KVM)/inside/handlers_$(1).S
SOURCES_inside-$(1) := $$(KVM_INSIDE_$(1)) $(addprefix $(HW)/vcpu/,vcpu.c \
	services_interrupt.c interrupt_$(1).S)
CFLAGS_kvm-$(1) = $(HOST_M_$(1)) $(RUNNER_CFLAGS) -I $(BUILD)/offsets/$(1) \
	-DBLOCK_IMAGE='"$(BUILD)/kvm/inside-$(1).bin"'
SOURCES_kvm-$(1) := $$(filter-out $(KVM_FOREIGN_$(1)) $$(KVM_INSIDE_$(1)) \
	$(KVM_OFFSETS),$(KVM_ALL))
INDEXED_kvm-$(1) := $(KVM_OFFSETS)
NEEDS_inside-$(1) := $$(OFFSETS_runner_$(1)) $$(OFFSETS_kvm_$(1))
NEEDS_kvm-$(1) := $$(NEEDS_inside-$(1))
$$(call objects,kvm-$(1),$(KVM)/inside/block_image.S): $(BUILD)/kvm/inside-$(1).bin
# The runners of all hosts share these, except the handlers' calls, which run inside.
KVM_SHARED_$(1) := $$(filter-out $(HW)/vcpu/interrupt_$(1).S,$$(filter $(HW)/common/% \
	$(HW)/runner/% $(HW)/vcpu/%,$$(SOURCES_runner-$(1))))
STAMP_link-kvm-runner-$(1) = $$(call kvm_objects,$(1))
endef
kvm_objects = $(call objects,kvm-$(1)) $(call objects,runner-$(1),$(KVM_SHARED_$(1)))
$(foreach arch,$(ARCHES),$(eval $(call kvm_sets,$(arch))))

KVM_LD_i386 := -m elf_i386
KVM_BLOCKS := $(ARCHES:%=$(BUILD)/kvm/inside-%.bin)
$(KVM_BLOCKS:.bin=.elf): $(BUILD)/kvm/inside-%.elf: $$(call link_inputs,inside-$$*) \
		$(KVM)/inside/inside.ld
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)ld $(KVM_LD_$*) -nostdlib -static -z noexecstack --gc-sections \
		--no-warn-rwx-segments --orphan-handling=error \
		-T $(KVM)/inside/inside.ld -o $@ $(filter %.o,$^)
$(KVM_BLOCKS): %.bin: %.elf
	$(Q)objcopy -O binary $< $@
KVM_RUNNERS := $(ARCHES:%=$(BUILD)/bin/jumpslot-runner-%-kvm)

# Static programs start without a dynamic linker. Sanitizers need one.
STATIC_LDFLAGS := $(if $(SANITIZE),-pie,-static-pie -Wl,-z,pack-relative-relocs) \
	-Wl,-z,text,-z,relro,-z,now

RUNNERS := $(ARCHES:%=$(BUILD)/bin/jumpslot-runner-%)
STATIC_RUNNERS := $(RUNNERS:%=%-static)
PROGRAMS := $(addprefix $(BUILD)/bin/,host-wrapper jumpslot-backtrace) $(RUNNERS) \
	$(STATIC_RUNNERS) $(KVM_RUNNERS)

# The tables of the built-in services, which the launcher has from the build.
SETS += tables built-in
CFLAGS_tables = $(HOST_CFLAGS) $(HW_CFLAGS)
SOURCES_tables := $(HW)/tables/main.c
CFLAGS_built-in = $(HOST_CFLAGS) -DBUILT_IN_TABLES='"$(BUILD)/tables/block.bin"'
SOURCES_built-in := $(HW)/tables/block.S
BUILT_IN := $(call objects,built-in)
TABLES_USE := $(filter $(HW)/common/% $(HW)/launcher/scan/%,$(SOURCES_launcher))
$(BUILD)/tables/tables: $$(call link_inputs,tables) \
		$$(call objects,launcher,$(TABLES_USE))
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_LDFLAGS) $(LAUNCHER_LDFLAGS) -o $@ $(filter %.o,$^) \
		-lelf -lz $(LAUNCHER_LIBC)
RUNNERS_WITH_TABLES := $(RUNNERS) $(STATIC_RUNNERS) $(KVM_RUNNERS)
$(BUILD)/tables/block.bin: $(BUILD)/tables/tables $(RUNNERS_WITH_TABLES)
	$(call say,TABLES,$@)
	$(Q)$< $@ $(RUNNERS_WITH_TABLES)
$(BUILT_IN): $(BUILD)/tables/block.bin

# musl relocates itself, but knows no packed relocations. libseccomp of Debian prints
# filters by a function of glibc alone; the launcher never asks for that.
MUSL_LDFLAGS := -static-pie -nostdlib -Wl,-z,text,-z,relro,-z,now \
	-Wl,--defsym=__fprintf_chk=abort $(MUSL)/rcrt1.o
LAUNCHER_LDFLAGS := $(if $(SANITIZE),$(STATIC_LDFLAGS),$(MUSL_LDFLAGS))
LAUNCHER_LIBC := $(if $(SANITIZE),,$(MUSL)/libc.a -lgcc)
LAUNCHER_MAP := $(if $(SANITIZE),,-Xlinker -Map=$(BUILD)/musl/map)

# In place of functions of musl.
SETS += musl
CFLAGS_musl = $(CFLAGS_launcher) -DTEXTS='"$(BUILD)/musl/texts.h"'
SOURCES_musl := $(if $(SANITIZE),,$(wildcard $(HW)/musl/*.c))
$(call objects,musl): $(BUILD)/musl/texts.h
$(BUILD)/musl/texts.h: $(HW)/musl/write-texts
	$(Q)mkdir -p $(@D)
	$(Q)$(PYTHON) $< >$@

$(BUILD)/bin/host-wrapper: $$(call link_inputs,launcher) $$(call link_inputs,musl) \
		$(BUILT_IN)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_LDFLAGS) $(LAUNCHER_LDFLAGS) $(LAUNCHER_MAP) -o $@ \
		$(filter %.o,$^) -lelf -lseccomp -lz $(LAUNCHER_LIBC)

SETS += backtrace
CFLAGS_backtrace = $(HOST_CFLAGS) $(HW_CFLAGS)
SOURCES_backtrace := $(HW)/backtrace/main.c $(HW)/backtrace/confine.c

$(BUILD)/bin/jumpslot-backtrace: $$(call link_inputs,backtrace)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_LDFLAGS) -o $@ $(filter %.o,$^) -ldw -lelf

# Providers take from it what jumpslot/provider.h declares.
PROVIDER_API := $(HW)/runner/provider_api.map
$(RUNNERS): $(BUILD)/bin/jumpslot-runner-%: $$(call link_inputs,runner-$$*) \
		$(BUILD)/resolver/resolver-%.o $(PROVIDER_API)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_M_$*) $(HOST_LDFLAGS) -pie -Wl,-z,text,-z,relro,-z,now \
		-Wl,--build-id=sha1,--dynamic-list=$(PROVIDER_API) \
		-o $@ $(filter %.o,$^)

# For guests without providers. gdb looks for two symbols, in a stripped runner too.
SHOWN_TO_GDB := -Wl,--export-dynamic-symbol=__jit_debug_descriptor \
	-Wl,--export-dynamic-symbol=__jit_debug_register_code
$(STATIC_RUNNERS): $(BUILD)/bin/jumpslot-runner-%-static: \
		$$(call link_inputs,runner-$$*) $(BUILD)/resolver/resolver-%.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_M_$*) $(HOST_LDFLAGS) $(STATIC_LDFLAGS) -Wl,--build-id=sha1 \
		$(SHOWN_TO_GDB) -o $@ \
		$(filter-out %/provider_library.o %/guest_library.o,$(filter %.o,$^))

$(KVM_RUNNERS): $(BUILD)/bin/jumpslot-runner-%-kvm: $$(call kvm_objects,$$*) \
		$(BUILD)/stamps/link-kvm-runner-% $(BUILD)/resolver/resolver-%.o \
		$(PROVIDER_API)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_M_$*) $(HOST_LDFLAGS) -pie -Wl,-z,text,-z,relro,-z,now \
		-Wl,--build-id=sha1,--dynamic-list=$(PROVIDER_API) \
		-o $@ $(filter %.o,$^)

# The archive for guests that are linked to their host (docs/link-time.md): the runner,
# with another main() and without what reads plans, images and providers.
SETS += linked-x86_64 linked-i386
CFLAGS_linked-x86_64 = $(HOST_M_x86_64) $(RUNNER_CFLAGS)
CFLAGS_linked-i386 = $(HOST_M_i386) $(RUNNER_CFLAGS)
SOURCES_linked-x86_64 := $(wildcard $(HW)/linked/*.c)
SOURCES_linked-i386 := $(SOURCES_linked-x86_64)
LINKED_WITHOUT := $(addprefix $(HW)/runner/,main.c plan_read.c \
	providers.c provider_library.c)
linked_objects = $(call objects,linked-$(1)) \
	$(call objects,runner-$(1),$(filter-out $(LINKED_WITHOUT),$(SOURCES_runner-$(1))))
STAMP_linked-archive-x86_64 = $(call linked_objects,x86_64)
STAMP_linked-archive-i386 = $(call linked_objects,i386)

LINKED := $(ARCHES:%=$(BUILD)/lib/libjumpslot-linked-%.a)
$(LINKED): $(BUILD)/lib/libjumpslot-linked-%.a: $$(call linked_objects,$$*) \
		$(BUILD)/resolver/resolver-%.o $(BUILD)/stamps/linked-archive-%
	$(call say,AR,$@)
	$(Q)mkdir -p $(@D)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $(filter %.o,$^)

# Below the build directory too, host-wrapper finds it beside its own directory.
MODEL_COMPILER := $(BUILD)/gen/monitor-model
$(MODEL_COMPILER): gen/monitor-model
	$(Q)mkdir -p $(@D)
	$(Q)ln -srfn $< $@
PROGRAMS += $(MODEL_COMPILER)
