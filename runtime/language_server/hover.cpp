#include "runtime/language_server/features.hpp"

namespace noodle::language_server {

std::string markdown(const Description& described) {
  if (described.header.empty()) return {};
  std::string text = "```nc\n" + described.header + "\n```";
  if (!described.container.empty() && !described.is_param) text += "\n\nin `" + described.container + "`";
  if (!described.doc.empty()) text += "\n\n" + described.doc;
  return text;
}

std::optional<Hover> hover(const Query& query) {
  const Occurrence* at = query.analysis->occurrence_at(query.file(), query.offset);
  if (at == nullptr) return std::nullopt;
  const std::string text = markdown(query.analysis->describe(at->target));
  if (text.empty()) return std::nullopt;
  Locator locator(query.workspace.documents());
  return Hover{text, locator.range(query.file(), at->span)};
}

}  // namespace noodle::language_server
