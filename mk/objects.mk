# Objects by flag set, and stamps that keep the build from being stale.
#
# A part names a flag set in SETS and gives it
#   CFLAGS_<set>   flags of the compiler
#   SOURCES_<set>  its .c and .S files
#   NEEDS_<set>    optional: generated files that its objects include
# and gets $(call objects,<set>[,<sources>]): one object for each source file, in
# $(BUILD)/obj/<set>/. An object depends on its flags; what is linked depends on the
# list of its objects, by $(BUILD)/stamps/<name>, whose text is $(STAMP_<name>).

SETS :=

objects = $(patsubst %,$(BUILD)/obj/$(1)/%.o,$(basename $(or $(2),$(SOURCES_$(1)))))
# For a link: the objects of a set, and a stamp of the list. $(1): set.
link_inputs = $(call objects,$(1)) $(BUILD)/stamps/link-$(1)
