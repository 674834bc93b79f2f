// Arguments of a request: JSON, read by name with checks.
//
// Errors: Refusal is thrown; Server makes it the answer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace noodle::debugger {

/// Why a request is not done, for the user.
struct Refusal {
  std::string text;
};
[[noreturn]] void refuse(std::string text);

class Arguments {
 public:
  /// `json`: valid JSON.
  explicit Arguments(const std::string& json);

  bool has(const char* name) const;
  std::string text(const char* name) const;
  std::string text(const char* name, std::string otherwise) const;
  std::int64_t number(const char* name) const;
  std::int64_t number(const char* name, std::int64_t otherwise) const;
  bool flag(const char* name, bool otherwise) const;
  std::vector<std::string> texts(const char* name) const;  // empty when absent
  std::vector<Arguments> list(const char* name) const;     // the same
  Arguments object(const char* name) const;

 private:
  struct Json;
  Arguments(std::shared_ptr<const Json> owner, const void* value) : owner_(std::move(owner)), value_(value) {}

  std::shared_ptr<const Json> owner_;
  const void* value_;  // in the owner
};

}  // namespace noodle::debugger
