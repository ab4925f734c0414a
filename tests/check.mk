# SPDX-License-Identifier: GPL-2.0-or-later
# The targets that install, test and run; included by ../Makefile.

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile tests/check.mk conf/install/install.mk
# make check-units  the unit tests of one build (VARIANT=gcc, clang, asan, tsan)
# make check-calls  the whole calls of one build
# make check-asan   unit tests and whole calls under ASan, UBSan and LeakSanitizer
# make check-tsan   threaded unit tests and a few whole calls under ThreadSanitizer
# make check-soak   2,000 calls at 20 a second, with figures of memory and descriptors
# make check-lines  500 calls over eight analog ports by people who change their mind
# make check-isdn-load  10,000 calls over four E1 spans from both ends at once
# make check-callerid  caller ID by every method over 24,000 lines: sent, read, wrong, missed
# make check-supervision  every tone of every country through bad lines; false alarms in 2 hours of generated speech
# make check-style  sizes, SPDX lines, include directions
# make bench        figures, with the targets of the design beside them
# make clean        removes build/

deps:
	conf/install/deps.sh build
deps-check:
	conf/install/deps.sh build check
deps-dahdi:
	conf/install/deps.sh build check dahdi

# Packages first, then a make of its own: the flags of this one were found without them.
run: deps
	@$(MAKE) -s all
	@conf/install/run-demo.sh

check: deps-check
	@tests/check/all.sh
check-asan: deps-check
	@tests/check/all.sh build-gcc build-asan units-asan corpora calls-asan
check-tsan: deps-check
	@tests/check/all.sh build-gcc build-tsan units-tsan calls-tsan
check-units: units
	tests/check/run-units.sh $(B)
check-calls: all tools
	tests/calls/run.py --build $(B)
check-soak: deps-check
	@$(MAKE) -s all tools
	TIPRING_SOAK=2000 tests/calls/run.py --build $(B) -k test_soak
	@cat $(B)/soak.txt
check-lines: deps-check
	@$(MAKE) -s all tools
	TIPRING_LINES_SOAK=500 tests/calls/run.py --build $(B) -k test_lines
	@cat $(B)/lines.txt
check-isdn-load: deps-check
	@$(MAKE) -s all tools
	TIPRING_ISDN_LOAD=10000 tests/calls/run.py --build $(B) -k test_isdn_load
	@cat $(B)/isdn-load.txt
check-callerid: deps-check
	@$(MAKE) -s tools
	tests/check/callerid.sh $(B)
check-supervision: deps-check
	@$(MAKE) -s tools
	@tests/check/supervision.sh $(B)
check-style:
	@tests/check/style.sh
check-dahdi: deps-dahdi
	@$(MAKE) -s all tools
	@tests/dahdi/build-modules.sh build/dahdi-mods
	@tests/dahdi/run.py
bench: deps-check
	@$(MAKE) -s all tools benches
	@tests/bench/run.sh $(B)

clean:
	rm -rf build

.PHONY: help deps deps-check deps-dahdi run check check-asan check-tsan check-units check-calls check-soak check-lines check-isdn-load check-callerid check-supervision \
	check-style check-dahdi bench clean
