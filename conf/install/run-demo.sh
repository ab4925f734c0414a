#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `make run`: starts the demo on the simulated card, places one call through both spans, prints its ladder and the
# level heard, and stays up until Ctrl-C.   TIPRING_DEMO_ONCE=1: stops after the call.
set -u
cd "$(dirname "$0")/../.." || exit 2
b=build/gcc dir=build/demo
sock=$PWD/$dir/control
mkdir -p "$dir"
"$b/tipringd" -c conf/demo -s "$sock" -r "$dir/records.sqlite" 2> "$dir/log" &
daemon=$!
stop() {
	trap - EXIT INT TERM
	kill -TERM "$daemon" 2>/dev/null
	wait "$daemon"
	exit "${1:-0}"
}
trap 'stop $?' EXIT
trap 'echo; echo "Stopping."; stop 0' INT TERM
t() { "$b/tipring" -s "$sock" "$@"; }

# Ready when both ends of the wire are in service.
for ((i = 0; ; i++)); do
	kill -0 "$daemon" 2>/dev/null || { echo "tipringd did not start:"; cat "$dir/log"; trap - EXIT; exit 1; }
	[ "$(t --json spans 2>/dev/null | tr -d ' \n' | grep -o '"in_service":true' | wc -l)" = 2 ] && break
	[ $i -lt 200 ] || { echo "The spans did not come into service:"; t spans; tail -20 "$dir/log"; exit 1; }
	sleep 0.1
done
echo "Tipring is up. A call from telco (span 1) over the wire to exchange (span 2), to its milliwatt line:"
echo
t call telco +442079460100 || { tail -20 "$dir/log"; exit 1; }
echo
t ladder 1
cat <<EOF

Point a softphone at it: no registration, no password, proxy 127.0.0.1:5060 (UDP or TCP), and call
    +442079460100   milliwatt (1004 Hz)      +442079460108   echo: you hear yourself
    +442079460101   quiet                    +442079460486   busy
    +442079460480   no answer                +4420794602xx   back to a SIP client at 127.0.0.1:5070
for example:   baresip -e '/dial sip:+442079460108@127.0.0.1:5060'
There are four telephones too, and you can lift them (another terminal):
    $b/tipring -s $sock phone phones/1 off wait "tone dial" dial 02079460502     and phones/2 rings:
    $b/tipring -s $sock phone phones/2 off     "$b/tipring help phone" tells the rest
Watch it:      $b/tipring -s $sock status | calls | lines | ladder
Log:           $dir/log        Call records: $dir/records.sqlite
EOF
[ -z "${TIPRING_DEMO_ONCE:-}" ] || exit 0
echo "Ctrl-C stops it."
wait "$daemon"
rc=$?
trap - EXIT
tail -5 "$dir/log"
exit "$rc"
