# The resolver: for each architecture one object without an undefined symbol, so that any
# host can link it.

RESOLVER := $(ARCHES:%=$(BUILD)/resolver/resolver-%.o)
RESOLVER_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -mgeneral-regs-only \
	-fno-stack-protector -fcf-protection -fPIC -fvisibility=hidden $(WARNINGS)

SETS += $(ARCHES:%=resolver-%)
CFLAGS_resolver-x86_64 = $(M_x86_64) $(RESOLVER_CFLAGS)
CFLAGS_resolver-i386 = $(M_i386) $(RESOLVER_CFLAGS)
SOURCES_resolver-x86_64 := resolver/resolver.c resolver/entry_x86_64.S
SOURCES_resolver-i386 := resolver/resolver.c resolver/entry_i386.S

$(RESOLVER): $(BUILD)/resolver/resolver-%.o: $$(call link_inputs,resolver-$$*)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(M_$*) -nostdlib -r -o $@ $(filter %.o,$^)
