// Style and script of the pages.
#pragma once

namespace noodle::documentation {

constexpr const char* kStyle = R"(:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1c2024; --faint: #60646c; --line: #e0e3e8; --code: #f4f5f7; --link: #0b61c4;
}
@media (prefers-color-scheme: dark) {
  :root { --page: #16181b; --text: #e4e6ea; --faint: #9aa0a8; --line: #33373d; --code: #202328; --link: #7db4ff; }
}
* { box-sizing: border-box; }
body {
  margin: 0; display: flex; min-height: 100vh; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, sans-serif;
}
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
nav {
  flex: 0 0 17rem; position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem 1.25rem;
  border-right: 1px solid var(--line);
}
nav .home { font-weight: 600; font-size: 1.15rem; color: var(--text); }
nav input {
  width: 100%; margin: 1rem 0; padding: .45rem .6rem; font: inherit; color: inherit; background: var(--code);
  border: 1px solid var(--line); border-radius: 6px;
}
nav ul, nav ol { list-style: none; margin: 0; padding: 0; }
nav li { padding: .15rem 0; overflow-wrap: anywhere; }
nav .current { font-weight: 600; color: var(--text); }
#found:not(:empty) { margin-bottom: 1rem; padding-bottom: .75rem; border-bottom: 1px solid var(--line); }
#found small { display: block; color: var(--faint); line-height: 1.2; }
main { flex: 1; min-width: 0; max-width: 58rem; padding: 1.5rem 2.5rem 6rem; }
h1 { font-size: 1.8rem; line-height: 1.2; }
h2 { font-size: 1.15rem; margin: 0 0 .5rem; }
h2 a { color: inherit; }
h2 small { font-weight: 400; color: var(--faint); }
section { margin-top: 1.75rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
section section { margin-left: 1.25rem; padding-top: .75rem; margin-top: 1rem; }
section:target > h2 { text-decoration: underline; text-decoration-color: var(--link); }
code { font: .9em/1.5 ui-monospace, monospace; background: var(--code); border-radius: 4px; padding: .1em .3em; }
pre { background: var(--code); border-radius: 6px; padding: .7rem .9rem; overflow-x: auto; }
pre code { background: none; padding: 0; }
pre.signature { white-space: pre-wrap; }
table { border-collapse: collapse; margin: 1rem 0; }
td { padding: .25rem 1rem .25rem 0; vertical-align: top; }
td:first-child { color: var(--faint); white-space: nowrap; }
.note { color: var(--faint); margin: .3rem 0; }
@media (max-width: 48rem) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  main { padding: 1rem 1.25rem 4rem; }
}
)";

/// Behind `names`, rows of name, kind, module and address.
constexpr const char* kSearchScript = R"(
const field = document.getElementById("search");
const found = document.getElementById("found");

// Lower is better; the end of a name counts as its beginning, so that "map" finds List.map first.
function rank(name, wanted) {
  const own = name.slice(name.lastIndexOf(".") + 1);
  if (name === wanted || own === wanted) return 0;
  if (own.startsWith(wanted)) return 1;
  if (name.startsWith(wanted)) return 2;
  return name.includes(wanted) ? 3 : 4;
}

function search() {
  const wanted = field.value.trim().toLowerCase();
  const hits = wanted === "" ? [] : names
    .map(row => [rank(row[0].toLowerCase(), wanted), row])
    .filter(hit => hit[0] < 4)
    .sort((a, b) => a[0] - b[0] || a[1][0].length - b[1][0].length)
    .slice(0, 30);
  found.replaceChildren(...hits.map(([, [name, kind, module, address]]) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const where = document.createElement("small");
    link.href = address;
    link.textContent = name;
    where.textContent = module === "" ? kind : kind + " in " + module;
    item.append(link, where);
    return item;
  }));
}

field.addEventListener("input", search);
field.addEventListener("keydown", event => {
  if (event.key === "Enter" && found.firstChild) location.href = found.querySelector("a").href;
  if (event.key === "Escape") { field.value = ""; search(); }
});
document.addEventListener("keydown", event => {
  if (event.key === "/" && document.activeElement !== field) { event.preventDefault(); field.focus(); }
});
)";

}  // namespace noodle::documentation
