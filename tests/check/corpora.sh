#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Replays every kept input through its parser's fuzzer.   corpora.sh BUILD/VARIANT
b=${1:?usage: corpora.sh BUILD}
cd "$(dirname "$0")/../.." || exit 2
export b

replay() {
	local name=$1 corpus=tests/corpus/${1#fuzz_}
	if [ -z "$(ls -A "$corpus" 2> /dev/null)" ]; then
		echo "FAILED $name: no seeds in $corpus"
	elif timeout 240 "$b/tests/fuzz/$name" "$corpus" > "$b/tests/fuzz/$name.log" 2>&1; then
		echo "ok $name"
	else
		printf '%s\n' "FAILED $name" "$(tail -30 "$b/tests/fuzz/$name.log")"
	fi
}
export -f replay
log=$(basename -s .c tests/fuzz/fuzz_*.c | xargs -P "$(nproc)" -I{} bash -c 'replay {}')
echo "$log"
pass=$(grep -c '^ok ' <<< "$log") fail=$(grep -c '^FAILED ' <<< "$log")
echo "corpora ($b): $pass passed, $fail failed"
[ "$fail" = 0 ] && [ "$pass" -gt 0 ]
