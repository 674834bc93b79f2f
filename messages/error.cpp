#include "messages/error.hpp"

#include <algorithm>

namespace noodle {

const std::vector<ErrorInfo>& error_table() {
  static const std::vector<ErrorInfo> table = {
#define NOODLE_ERROR(number, name, remedy, title, advice) {Code::name, #name, Remedy::remedy, title, advice},
#include "messages/error_table.def"
#undef NOODLE_ERROR
  };
  return table;
}

const ErrorInfo* find_error(std::uint16_t code) {
  const auto& table = error_table();
  const auto row = std::lower_bound(table.begin(), table.end(), code, [](const ErrorInfo& info, std::uint16_t wanted) {
    return static_cast<std::uint16_t>(info.code) < wanted;
  });
  return row != table.end() && static_cast<std::uint16_t>(row->code) == code ? &*row : nullptr;
}

std::string_view to_string(Remedy remedy) {
  switch (remedy) {
    case Remedy::change_request:
      return "change the request";
    case Remedy::retry:
      return "retry";
    case Remedy::other_node:
      return "try another node";
    case Remedy::bad_data:
      return "bad data";
    case Remedy::bug:
      break;
  }
  return "bug in noodle";
}

std::string Error::to_string() const {
  std::string text = "error " + std::to_string(number()) + ": ";
  const ErrorInfo* info = message.empty() ? find_error(number()) : nullptr;
  text += info != nullptr ? info->title : std::string_view(message);
  if (!details.empty()) text += " (" + details + ")";
  return text;
}

}  // namespace noodle
