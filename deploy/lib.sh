# shellcheck shell=bash
# What deploy/run and deploy/test share: messages, building, and processes that never outlive the script.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

usage_error() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    printf 'Try %s --help.\n' "$0" >&2
    exit 64
}

# ---- processes ----
# Every program runs in a session of its own, so that Ctrl-C reaches this script alone and things stop in
# order; should the script itself be killed, the kernel ends its children (setpriv --pdeathsig).

declare -A process_pid=() process_log=()
process_order=()

# start NAME LOG COMMAND…: in the background, output to LOG (-: standard error).
start() {
    local name=$1 log=$2
    shift 2
    if [[ $log == - ]]; then
        setsid setpriv --pdeathsig TERM "$@" >&2 </dev/null &
    else
        setsid setpriv --pdeathsig TERM "$@" >>"$log" 2>&1 </dev/null &
    fi
    process_pid[$name]=$!
    process_log[$name]=$log
    process_order+=("$name")
}

# A pid is ours only while it is our child: the kernel may have given the number to somebody else since.
alive() {
    local pid=${process_pid[$1]:-} stat state parent
    [[ -n $pid ]] && stat=$(cat "/proc/$pid/stat" 2>/dev/null) || return 1
    # After the name in parentheses: state and parent.
    read -r state parent _ <<<"${stat##*) }"
    [[ $state != Z && $parent == "$$" ]]
}

forget() {
    local name kept=()
    for name in "${process_order[@]}"; do [[ $name == "$1" ]] || kept+=("$name"); done
    process_order=("${kept[@]}")
    unset "process_pid[$1]"
}

# finish NAME: waits for it and returns its exit status.
finish() {
    local status=0
    wait "${process_pid[$1]}" || status=$?
    forget "$1"
    return "$status"
}

# stop NAME: SIGTERM, and after ten seconds SIGKILL.
stop() {
    local pid=${process_pid[$1]:-} tries=0
    [[ -n $pid ]] || return 0
    ! alive "$1" || kill -TERM "$pid" 2>/dev/null || true
    while alive "$1" && ((tries++ < 200)); do sleep 0.05; done
    ! alive "$1" || kill -KILL "$pid" 2>/dev/null || true
    finish "$1" 2>/dev/null || true
}

# Everything that was started, the last one first.
stop_all() {
    local i
    for ((i = ${#process_order[@]} - 1; i >= 0; i--)); do stop "${process_order[i]}"; done
}

# A script's traps: `on_exit` (the script's own) runs once, whatever ends it.
catch_signals() {
    trap on_exit EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
}

# show_log LOG: the end of it, for somebody who wants to know what went wrong.
show_log() {
    [[ -s $1 ]] || return 0
    say "--- the end of $1:"
    tail -n 30 "$1" >&2
}

# wait_until NAME SECONDS CONDITION…: until CONDITION succeeds; fails when NAME dies or time is up.
wait_until() {
    local name=$1 deadline=$((SECONDS + $2))
    shift 2
    until "$@" >/dev/null 2>&1; do
        if ! alive "$name"; then
            show_log "${process_log[$name]}"
            die "$name has stopped"
        fi
        if ((SECONDS >= deadline)); then
            show_log "${process_log[$name]}"
            die "$name is not ready"
        fi
        sleep 0.05
    done
}

# run_logged LOG COMMAND…: quiet when all is well; can be interrupted.
run_logged() {
    local log=$1
    shift
    start task "$log" "$@"
    finish task
}

# ---- ports, files ----

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# fill FILE NAME=VALUE…: FILE with every @NAME@ replaced.
fill() {
    local text pair
    text=$(<"$1")
    shift
    for pair; do text=${text//"@${pair%%=*}@"/"${pair#*=}"}; done
    printf '%s\n' "$text"
}

# ---- building ----

# build TREE TARGET LOG OPTION…: configures build/TREE and builds TARGET there; shows why when it fails.
build() {
    local tree=$root/build/$1 target=$2 log=$3
    shift 3
    say "Building in build/${tree##*/} …"
    : >"$log"
    if ! run_logged "$log" cmake -S "$root" -B "$tree" -G Ninja "$@" ||
        ! run_logged "$log" cmake --build "$tree" --target "$target"; then
        show_log "$log"
        return 1
    fi
}
