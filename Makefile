# jumpslot: `make help` lists the targets and the variables.
#
# This file says what belongs to the build and in which order the parts are read; mk/
# holds what all parts use, and each part's rules.mk holds the rest. Nothing that `make
# deps` installs is looked at while these files are read.

BUILD := build

ifneq ($(words $(CURDIR) $(BUILD)),2)
$(error the path of the checkout and BUILD must not contain spaces)
endif

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDEXPANSION:
.SUFFIXES:
# Keep what was made on the way.
.SECONDARY:

ifneq ($(filter deps,$(MAKECMDGOALS)),)
include mk/deps.mk
else
include mk/output.mk mk/flags.mk mk/objects.mk
include resolver/rules.mk host-wrapper/rules.mk host-wrapper/monitor/rules.mk
include gen/rules.mk
include guests/rules.mk guests/newlib/rules.mk guests/lua/rules.mk guests/rtos/rules.mk
include guests/sqlite/rules.mk guests/tcc/rules.mk
include host-wrapper/monitor/library/rules.mk guests/partitions/rules.mk
include bench/rules.mk packaging/rules.mk
include tests/unit/rules.mk tests/fuzz/rules.mk tests/programs/rules.mk tests/rules.mk
include tests/kvm/rules.mk
include mk/sources.mk mk/code.mk mk/goals.mk mk/rules.mk
endif
