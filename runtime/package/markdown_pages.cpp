// Pages as Markdown, one file a module.
#include "runtime/package/comment_text.hpp"
#include "runtime/package/documentation.hpp"

namespace noodle::documentation {

namespace {

void write(const Entry& entry, int level, std::string& out) {
  out += std::string(static_cast<std::size_t>(level), '#') + " " + entry.kind + " `" + entry.anchor + "`\n\n```nc\n";
  for (const Piece& piece : entry.signature) out += piece.text;
  out += "\n```\n\n";
  for (const std::string& note : entry.notes) out += "*" + note + "*\n\n";
  if (!entry.comment.empty()) out += entry.comment + "\n\n";
  for (const Entry& member : entry.members) write(member, level + 1, out);
}

}  // namespace

std::vector<Page> markdown_pages(const Documentation& documentation) {
  std::vector<Page> pages;
  std::string index = "# " + documentation.title + " " + documentation.version + "\n\n";
  if (!documentation.description.empty()) index += documentation.description + "\n\n";
  for (const ModulePage& module : documentation.modules)
    index += "- [" + module.name + "](" + module.slug + ".md): " + first_sentence(module.comment) + "\n";
  pages.push_back({"index.md", std::move(index)});
  for (const ModulePage& module : documentation.modules) {
    std::string text = "# " + module.name + "\n\n";
    if (!module.comment.empty()) text += module.comment + "\n";
    for (const std::string& name : module.requires_) text += "Needs the capability `" + name + "`.\n\n";
    for (const Entry& entry : module.entries) write(entry, 2, text);
    while (text.ends_with("\n\n")) text.pop_back();
    pages.push_back({module.slug + ".md", std::move(text)});
  }
  return pages;
}

}  // namespace noodle::documentation
