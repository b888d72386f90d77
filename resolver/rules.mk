# The resolver, for each architecture one object that needs nothing, so that any host
# can link it.

RESOLVER_x86_64 := $(BUILD)/resolver/resolver-x86_64.o
RESOLVER_i386 := $(BUILD)/resolver/resolver-i386.o
RESOLVER_LD_x86_64 := elf_x86_64
RESOLVER_LD_i386 := elf_i386
RESOLVER_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -mgeneral-regs-only -fno-stack-protector \
	-fcf-protection -fPIC -fvisibility=hidden $(WARNINGS) -MMD -MP

define resolver
$(BUILD)/resolver/$(1)/resolver.o: resolver/resolver.c
	@mkdir -p $$(@D)
	$$(CC) $$(M_$(1)) $$(RESOLVER_CFLAGS) -c -o $$@ $$<

$(BUILD)/resolver/$(1)/entry.o: resolver/entry_$(1).S
	@mkdir -p $$(@D)
	$$(CC) $$(M_$(1)) -c -o $$@ $$<

$(RESOLVER_$(1)): $(BUILD)/resolver/$(1)/resolver.o $(BUILD)/resolver/$(1)/entry.o
	ld -m $(RESOLVER_LD_$(1)) -r -o $$@ $$^
endef
$(foreach a,x86_64 i386,$(eval $(call resolver,$(a))))
