# The resolver: one object that needs nothing, so that any host can link it.

RESOLVER := $(BUILD)/resolver/resolver-x86_64.o
RESOLVER_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -mgeneral-regs-only -fno-stack-protector \
	-fcf-protection -fPIC -fvisibility=hidden $(WARNINGS) -MMD -MP

$(BUILD)/resolver/resolver.o: resolver/resolver.c
	@mkdir -p $(@D)
	$(CC) $(RESOLVER_CFLAGS) -c -o $@ $<

$(BUILD)/resolver/entry_x86_64.o: resolver/entry_x86_64.S
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

$(RESOLVER): $(BUILD)/resolver/resolver.o $(BUILD)/resolver/entry_x86_64.o
	ld -r -o $@ $^
