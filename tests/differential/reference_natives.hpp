// Natives of the reference evaluator: the part of the library that golden and generated programs use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/differential/reference_value.hpp"

namespace noodle::reference {

/// The evaluator met a limit or something it does not know; the program is left out of the comparison.
struct GaveUp {
  std::string why;
};

struct NativeRequest {
  std::string_view name;
  const Type* result;                      // concrete
  const std::vector<check::HNode*>& kids;  // for static types of the arguments
  std::vector<Value>& args;
};
struct NativeReply {
  Value value;
  int trap_code = 0;
  std::string trap_message;
};
NativeReply call_reference_native(const NativeRequest& request, check::TypeTable& types, std::string& output);

std::vector<std::string> code_points(const std::string& text);
std::int64_t length_of(const Thing& thing);
/// Map or set: value of a key (sets: the member), or null.
const Value* find(const Thing& collection, const Value& key);
void put(Thing& collection, const Value& key, const Value& value);

}  // namespace noodle::reference
