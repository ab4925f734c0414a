# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of tipring in bash. Trunks, calls and spans are asked of the daemon.

_tipring_ask() {	# COMMAND KEY: the values under KEY in the daemon's answer
	timeout 1 "${COMP_WORDS[0]}" "${socket[@]}" --json "$1" 2>/dev/null |
		grep -oE "\"$2\":\"?[A-Za-z0-9._-]+" | sed 's/^"[^"]*":"*//'
}

_tipring() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command="" words="" i nth=0
	local -a socket=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-s | --socket) socket=(-s "${COMP_WORDS[++i]}") ;;
		--from | --seconds) i=$((i + 1)) ;;
		-*) ;;
		*) if [ -z "$command" ]; then command=${COMP_WORDS[i]}; else nth=$((nth + 1)); fi ;;
		esac
	done
	if [[ $prev == -s || $prev == --socket ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	fi
	case $command:$nth in
	:*) words="check explain status spans lines calls trunks call ladder clear drain reload records log fault help
		--json --version --help -s" ;;
	explain:0 | call:0 | lines:0) words=$(_tipring_ask trunks name) ;;
	clear:0 | ladder:0) words=$(_tipring_ask calls call) ;;
	fault:0) words=$(_tipring_ask spans no) ;;
	fault:1) words="down d-loss d-error bit-error ppm removed" ;;
	drain:0) words=off ;;
	log:0) words="error warning notice info debug" ;;
	help:0) words="check explain status spans lines calls trunks call ladder clear drain reload records log fault" ;;
	check:0)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* && $command == call ]]; then
		words="--seconds --from --json"
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _tipring tipring
