// JSON values read strictly: for signed and remote texts, where two readers must never understand two things.
//
// RFC 8259 without its freedoms: UTF-8 only, no key twice, no numbers but integers of 64 bits, no text after the value,
// bounded nesting and size. Reading takes linear time and memory.
// Threads: values. Errors: 1617 with the place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "messages/error.hpp"

namespace noodle {

struct JsonLimits {
  std::size_t bytes = 64 * 1024;
  int nesting = 8;
};

class JsonValue {
 public:
  using List = std::vector<JsonValue>;
  using Object = std::vector<std::pair<std::string, JsonValue>>;  // in the order of the text
  using Any = std::variant<std::nullptr_t, bool, std::int64_t, std::string, List, Object>;

  JsonValue() = default;
  explicit JsonValue(Any any) : any_(std::move(any)) {}

  // The value when it is of that kind, else null.
  const bool* boolean() const { return std::get_if<bool>(&any_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&any_); }
  const std::string* text() const { return std::get_if<std::string>(&any_); }
  const List* list() const { return std::get_if<List>(&any_); }
  const Object* object() const { return std::get_if<Object>(&any_); }
  /// The member of an object; null when there is none.
  const JsonValue* member(std::string_view name) const;
  // The member when there is one of that kind, else null.
  const std::int64_t* integer(std::string_view name) const;
  const std::string* text(std::string_view name) const;

 private:
  Any any_;
};

Result<JsonValue> parse_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace noodle
