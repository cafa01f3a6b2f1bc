# SPDX-License-Identifier: GPL-2.0-or-later
#
# What tests/live/special and tests/live/survive share: skbtrace in the background, verdicts, and what is in
# the kernel. Sourced by them: PORT, OUT and PREFIX are in port, out and prefix.

failed=0
tracer=

# verdict NAME CONDITION...: ok if the condition, a command, is true.
verdict()
{
	verdict_name=$1
	shift
	if "$@"; then
		echo "ok ${prefix}_$verdict_name"
	else
		echo "not ok ${prefix}_$verdict_name # $*"
		failed=1
	fi
}

# until_true COMMAND...: waits for a condition, at most a minute.
until_true()
{
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 3000 ] || return 1
		sleep 0.02
	done
}

# run NAME ARGUMENT...: skbtrace to its end; sets status.
run()
{
	name=$1
	shift
	skbtrace "$@" > "$out/$name.out" 2> "$out/$name.log"
	status=$?
}

ready()
{
	grep -q '^skbtrace: ready' "$out/$name.log" || ! kill -0 $tracer 2> /dev/null
}

# begin_unready NAME ARGUMENT...: skbtrace in the background.
begin_unready()
{
	name=$1
	shift
	: > "$out/$name.log"
	skbtrace "$@" > "$out/$name.out" 2> "$out/$name.log" &
	tracer=$!
}

# begin NAME ARGUMENT...: the same, ready.
begin()
{
	begin_unready "$@"
	until_true ready
}

# finish [SIGNAL]: ends it; sets status.
finish()
{
	[ "$1" = none ] || kill -"${1:-INT}" $tracer
	wait $tracer
	status=$?
	tracer=
}

# one_sentence FILE PATTERN: skbtrace said this, and one thing only.
one_sentence()
{
	[ "$(grep -vc '^skbtrace: ready' "$1")" -eq 1 ] && grep -q "^skbtrace: .*$2" "$1"
}

# ---- what is in the kernel ----

# probes: everything of ours that could be left there: programs and maps of BPF (tests/live/left.c), by their
# names, the functions that are traced, where the kernel lists them, and what is pinned. A link holds its program.
probes()
{
	left | grep -E '^program [0-9]+ (row_|skb_|one_|sys_|softirq_|irq_|sock|poll_|process_|task_|h?r?timer_|work_|tick_|ipi_|uring_|inner_|find_)|^map [0-9]+ (skb|stacks|socks|conns|pids|calls|requests|devs|cpus|rings?|one|functions)'
	cat /sys/kernel/tracing/enabled_functions /sys/kernel/tracing/kprobe_events /sys/kernel/debug/kprobes/list 2> /dev/null
	find /sys/fs/bpf -mindepth 1 2> /dev/null
}

probes_are()
{
	[ "$(probes)" = "$1" ]
}

# processes: skbtrace, and what these tests run beside it, in this network namespace; this shell aside.
processes()
{
	processes_here=$(readlink /proc/self/ns/net)
	for process in /proc/[0-9]*; do
		[ "$(readlink "$process/ns/net" 2> /dev/null)" = "$processes_here" ] || continue
		read -r comm < "$process/comm" 2> /dev/null || continue
		case $comm in
		skbtrace | talk) echo "$comm ${process#/proc/}" ;;
		esac
	done
}

no_processes()
{
	[ -z "$(processes)" ]
}

talks()
{
	talk "$@" 127.0.0.1 $port > "$out/talk"
}

# Packets that a reader was done with are released by the next NET_RX of their CPU.
release()
{
	talk 127.0.0.1 8000 > /dev/null
}
