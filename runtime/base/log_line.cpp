#include "runtime/base/log_line.hpp"

#include <type_traits>

#include "runtime/base/json_text.hpp"
#include "runtime/base/utc_text.hpp"

namespace noodle {
namespace {

void append_text(std::string& out, std::string_view text) {
  if (text.size() <= kMaxLogTextBytes) return append_json_string(out, text);
  std::size_t end = kMaxLogTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  append_json_string(out, std::string(text.substr(0, end)) + "\xe2\x80\xa6");
}

void append_value(std::string& out, const LogField& field) {
  std::visit(
      [&out](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, bool>) {
          out += value ? "true" : "false";
        } else if constexpr (std::is_same_v<T, double>) {
          append_json_number(out, value);
        } else if constexpr (std::is_same_v<T, std::string_view>) {
          append_text(out, value);
        } else {
          out += std::to_string(value);
        }
      },
      field.value);
}

}  // namespace

void append_log_line(std::string& out, std::int64_t wall_ns, LogLevel level, std::string_view component,
                     CorrelationId correlation, std::string_view message, LogFields fields) {
  out += "{\"time\":\"";
  out += utc_text_ns(wall_ns);
  out += "\",\"level\":\"";
  out += to_string(level);
  out += "\",\"component\":";
  append_text(out, component);
  if (correlation) {
    out += ",\"correlation\":\"";
    out += correlation.to_string();
    out += '"';
  }
  out += ",\"message\":";
  append_text(out, message);
  if (!fields.empty()) {
    out += ",\"fields\":{";
    bool first = true;
    for (const LogField& field : fields) {
      if (!first) out += ',';
      first = false;
      append_text(out, field.key);
      out += ':';
      append_value(out, field);
    }
    out += '}';
  }
  out += "}\n";
}

}  // namespace noodle
