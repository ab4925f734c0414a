#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `make bench`: every benchmark, with the design's targets beside its figures.   run.sh BUILD/VARIANT
b=${1:?usage: run.sh BUILD}
cd "$(dirname "$0")/../.." || exit 2
rc=0
for c in tests/bench/bench_*.c; do
	name=$(basename "$c" .c)
	echo "== $name"
	"$b/tests/bench/$name" || rc=1
done
echo "== bench_calls"
tests/bench/bench_calls.py "$b" || rc=1
exit $rc
