#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The real Mermaid and the real PlantUML draw every hand-made diagram, hostile names included, and
# must refuse a broken one. The pictures stay in build/pictures for whoever wants to look.

cd "$(dirname "$0")/.." || exit 1
pictures=build/pictures
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0

skip_all()
{
	echo "skip pictures_mermaid # $*"
	echo "skip pictures_plantuml # $*"
	exit 0
}

[ "${LEVEL:-full}" = full ] || skip_all "LEVEL=$LEVEL leaves out the browser and Java"
tools/need render >"$log" 2>&1 || skip_all "$(tail -n 1 "$log")"
mkdir -p "$pictures"
if ! { make -s build/libskbtrace.a && ${CC:-gcc} -O1 -std=gnu11 -D_GNU_SOURCE -Isrc -Ibpf \
	-o "$pictures/draw" tests/samples/draw.c tests/samples/samples.c build/libskbtrace.a
} >"$log" 2>&1; then
	sed 's/^/# /' "$log"
	echo "not ok pictures_mermaid"
	echo "not ok pictures_plantuml"
	exit 1
fi

# A PNG begins with these bytes, and one that shows something is larger than a few kilobytes.
is_picture()
{
	[ "$(od -An -tx1 -N4 "$1" 2>/dev/null | tr -d ' ')" = 89504e47 ] && [ "$(wc -c <"$1")" -gt 8000 ]
}

draws()
{
	tools/picture "$1" "$2" "$3" >>"$log" 2>&1 && is_picture "$3"
}

refuses()
{
	! tools/picture "$1" "$2" "$pictures/broken.png" >/dev/null 2>&1
}

verdict()
{
	if [ "$1" = 0 ]; then
		echo "ok $2"
	else
		sed 's/^/# /' "$log"
		echo "not ok $2"
		failed=1
	fi
}

mermaid()
{
	"$pictures/draw" mermaid 80 >"$pictures/samples.md" &&
		draws mermaid "$pictures/samples.md" "$pictures/mermaid.png" || return 1
	flow mermaid "$pictures/flow.md" && draws mermaid "$pictures/flow.md" "$pictures/mermaid-flow.png" || return 1
	printf '```mermaid\nsequenceDiagram\n  a->>b: x\n  end\n```\n' >"$pictures/broken.md"
	refuses mermaid "$pictures/broken.md"
}

# flow FORMAT FILE: a whole exchange, as report draws it.
flow()
{
	[ -x "${SKBTRACE:-build/skbtrace}" ] || make -s || return 1
	"${SKBTRACE:-build/skbtrace}" undump tests/golden/flow_http.skbt.txt -o "$pictures/flow.skbt" &&
		"${SKBTRACE:-build/skbtrace}" report "$pictures/flow.skbt" --as flow -f "$1" -o "$2"
}

# One picture a sample: PlantUML refuses a whole file by its first broken diagram only.
plantuml()
{
	for sample in send recv drop gap hostile nine empty; do
		"$pictures/draw" plantuml 80 "$sample" >"$pictures/$sample.puml" || return 1
		[ "$sample" = empty ] ||
			draws plantuml "$pictures/$sample.puml" "$pictures/plantuml-$sample.png" || return 1
	done
	flow plantuml "$pictures/flow.puml" && draws plantuml "$pictures/flow.puml" "$pictures/plantuml-flow.png" ||
		return 1
	printf '@startuml\na -> b\n]nonsense[\n@enduml\n' >"$pictures/broken.puml"
	refuses plantuml "$pictures/broken.puml"
}

: >"$log"
mermaid
verdict $? pictures_mermaid
: >"$log"
plantuml
verdict $? pictures_plantuml
exit $failed
