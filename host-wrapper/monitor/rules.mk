# The monitor host: a kernel, and for each architecture a runtime that runs in a
# partition, at the guest's privilege.
MONITOR := $(HW)/monitor
MONITOR_ADDRESS = $(shell sed -n \
	's/^\#define $(1)[ \t]*\(0x[0-9a-f]*\).*/\1/p' $(2))
RUNTIME_ADDRESSES := MONITOR_RUNTIME_TEXT MONITOR_RUNTIME_DATA
KERNEL_ADDRESSES := KERNEL_BASE KERNEL_PHYSICAL LARGE_PAGE
defsyms = $(foreach name,$(1),-Wl,--defsym=$(name)=$(call MONITOR_ADDRESS,$(name),$(2)))

RUNTIME_CFLAGS = -std=gnu11 -O2 -g $(WARNINGS) $(HW_CFLAGS) -mgeneral-regs-only \
	-ffreestanding -fpie -fvisibility=hidden -fno-stack-protector \
	-fcf-protection=none -fno-asynchronous-unwind-tables -ffunction-sections \
	$(if $(ANALYZE),-fanalyzer)
RUNTIME_SOURCES := $(HW)/vcpu/vcpu.c $(HW)/vcpu/services_interrupt.c \
	$(wildcard $(MONITOR)/runtime/*.c) $(MONITOR)/runtime/calls.S
SETS += monitor-runtime-x86_64 monitor-runtime-i386
CFLAGS_monitor-runtime-x86_64 = -m64 $(RUNTIME_CFLAGS) -I $(BUILD)/offsets/x86_64
CFLAGS_monitor-runtime-i386 = $(HOST_M_i386) $(RUNTIME_CFLAGS) -I $(BUILD)/offsets/i386
SOURCES_monitor-runtime-x86_64 := $(RUNTIME_SOURCES) $(HW)/vcpu/interrupt_x86_64.S \
	$(MONITOR)/runtime/partition_x86_64.S
SOURCES_monitor-runtime-i386 := $(RUNTIME_SOURCES) $(HW)/vcpu/interrupt_i386.S \
	$(MONITOR)/runtime/partition_i386.S
NEEDS_monitor-runtime-x86_64 := $(OFFSETS_runner_x86_64)
NEEDS_monitor-runtime-i386 := $(OFFSETS_runner_i386)

MONITOR_RUNTIMES := $(ARCHES:%=$(BUILD)/bin/jumpslot-partition-%)
$(MONITOR_RUNTIMES): $(BUILD)/bin/jumpslot-partition-%: \
		$$(call link_inputs,monitor-runtime-$$*) $(MONITOR)/runtime/runtime.ld
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(M_$*) -nostdlib -shared -Wl,-z,text,-z,norelro,-z,now \
		-Wl,--build-id=none,--gc-sections,-z,noseparate-code \
		$(call defsyms,$(RUNTIME_ADDRESSES),$(MONITOR)/calls.h) \
		-T $(MONITOR)/runtime/runtime.ld -o $@ $(filter %.o,$^)

# The kernel is 64-bit code; a 32-bit file carries it, as Multiboot loaders want one.
KERNEL_CFLAGS = -m64 -std=gnu11 -O2 -g $(WARNINGS) $(HW_CFLAGS) -mgeneral-regs-only \
	-ffreestanding -fno-pic -fno-pie -mcmodel=kernel -mno-red-zone \
	-fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables \
	-ffunction-sections -fdata-sections $(if $(ANALYZE),-fanalyzer)
SETS += monitor-kernel monitor-kernel-i386
CFLAGS_monitor-kernel = $(KERNEL_CFLAGS)
CFLAGS_monitor-kernel-i386 = $(KERNEL_CFLAGS) -I $(BUILD)/offsets/i386
SOURCES_monitor-kernel := $(filter-out %_check_i386.c,$(wildcard $(MONITOR)/kernel/*.c)) \
	$(MONITOR)/kernel/trap.S $(HW)/common/channel.c $(HW)/common/privileged.c \
	$(HW)/vcpu/interrupt_frame_x86.c
SOURCES_monitor-kernel-i386 := $(wildcard $(MONITOR)/kernel/*_check_i386.c)
NEEDS_monitor-kernel-i386 := $(OFFSETS_runner_i386)

MONITOR_KERNEL := $(BUILD)/bin/jumpslot-monitor
$(BUILD)/monitor/kernel.elf: $$(call link_inputs,monitor-kernel) \
		$$(call objects,monitor-kernel-i386) $(MONITOR)/kernel/kernel.ld
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -m64 -nostdlib -static -Wl,-z,max-page-size=4096 \
		-Wl,--gc-sections,--build-id=none,-z,norelro,--no-warn-rwx-segments \
		$(call defsyms,$(KERNEL_ADDRESSES),$(MONITOR)/kernel/layout.h) \
		-T $(MONITOR)/kernel/kernel.ld -o $@ $(filter %.o,$^)

# The zeros of .bss are in it: loaders then reserve the memory.
$(BUILD)/monitor/kernel.bin: $(BUILD)/monitor/kernel.elf
	$(Q)objcopy --set-section-flags .bss=alloc,load,contents -O binary $< $@

SETS += monitor-boot
CFLAGS_monitor-boot = -m32 -I $(HW) -DKERNEL_BINARY='"$(BUILD)/monitor/kernel.bin"'
INDEXED_monitor-boot := $(MONITOR)/kernel/boot_i386.S
$(BUILD)/monitor/boot.o: $(MONITOR)/kernel/boot_i386.S $(MONITOR)/kernel/layout.h \
		$(BUILD)/monitor/kernel.bin
	$(call say,AS,$@)
	$(Q)$(CC) $(CFLAGS_monitor-boot) -c -o $@ $<

$(MONITOR_KERNEL): $(BUILD)/monitor/boot.o $(MONITOR)/kernel/boot_i386.ld
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -m32 -nostdlib -static -Wl,--build-id=none,--no-warn-rwx-segments \
		$(call defsyms,KERNEL_PHYSICAL,$(MONITOR)/kernel/layout.h) \
		-T $(MONITOR)/kernel/boot_i386.ld -o $@ $<

PROGRAMS += $(MONITOR_KERNEL) $(MONITOR_RUNTIMES)
