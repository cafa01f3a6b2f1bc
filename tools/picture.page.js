// SPDX-License-Identifier: GPL-2.0-or-later
// Makes of a Markdown file the page that tools/picture opens: node picture.page.js IN.md > page.html
"use strict";

const lines = require("fs").readFileSync(process.argv[2], "utf8").split("\n");
const parts = [];	// { kind: "h2" | "p" | "diagram", text }
let block = null;

for (const line of lines) {
	if (block !== null && line === "```") {
		parts.push({ kind: "diagram", text: block.join("\n") });
		block = null;
	} else if (block !== null) {
		block.push(line);
	} else if (line === "```mermaid") {
		block = [];
	} else if (line.startsWith("## ")) {
		parts.push({ kind: "h2", text: line.slice(3) });
	} else if (line.trim()) {
		parts.push({ kind: "p", text: line });
	}
}
if (block !== null) {
	console.error("a fenced block has no end");
	process.exit(1);
}

// Runs in the page. The title tells the outcome, for whoever dumps the DOM.
async function draw(all) {
	const body = document.body;
	let n = 0;

	mermaid.initialize({ startOnLoad: false });
	try {
		for (const part of all) {
			const e = document.createElement(part.kind === "diagram" ? "div" : part.kind);

			body.append(e);
			if (part.kind !== "diagram") {
				// Entities count, tags do not: as in a viewer that sanitizes.
				e.innerHTML = part.text.replace(/</g, "&lt;").replace(/^\*\*(.*)\*\*$/, "<b>$1</b>");
				continue;
			}
			n++;
			await mermaid.parse(part.text);
			const { svg } = await mermaid.render("diagram" + n, part.text);
			e.innerHTML = svg;
			const s = e.querySelector("svg");
			s.style.maxWidth = "none";
			s.setAttribute("width", s.viewBox.baseVal.width);
			s.setAttribute("height", s.viewBox.baseVal.height);
		}
		if (!n)
			throw new Error("no fenced block of Mermaid");
		const widest = Math.max(...[...document.querySelectorAll("svg")].map(
			(s) => s.viewBox.baseVal.width));
		document.title = `ok ${Math.ceil(Math.max(640, widest + 48))} ${
			Math.ceil(body.getBoundingClientRect().height + 24)}`;
	} catch (e) {
		document.title = `diagram ${n}: ${String(e.message || e).replace(/\s+/g, " ")}`;
	}
}

const data = JSON.stringify(parts).replace(/</g, "\\u003c");
process.stdout.write(`<!doctype html>
<html><head><meta charset="utf-8"><title></title>
<style>
body { font: 14px "DejaVu Sans", sans-serif; margin: 0; padding: 12px 24px; color: #0f172a; }
h2 { font-size: 17px; margin: 18px 0 4px; }
p { margin: 2px 0 8px; color: #475569; }
</style>
<script src="mermaid.min.js"></script></head>
<body><script>${draw}
draw(${data});
</script></body></html>
`);
