# SPDX-License-Identifier: GPL-2.0-or-later
# The targets that install, test and run; included by ../Makefile.

deps:
	conf/install/deps.sh build run
check-units: units
	tests/check/run-units.sh $(B)

clean:
	rm -rf build

.PHONY: deps check-units clean
