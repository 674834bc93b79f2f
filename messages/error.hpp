// Errors: every failure a person or a program can meet has a 4-digit code from error_table.def.
//
// Threads: values, freely copied. Errors never own external resources.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace noodle {

/// What the caller can do about an error.
enum class Remedy : std::uint8_t { change_request, retry, other_node, bad_data, bug };

/// 4-digit codes, 1001-9999. The first digit is the domain (see error_table.def).
enum class Code : std::uint16_t {
#define NOODLE_ERROR(number, name, remedy, title, advice) name = number,
#include "messages/error_table.def"
#undef NOODLE_ERROR
};

/// One row of the error table.
struct ErrorInfo {
  Code code;
  std::string_view name;  // identifier, e.g. "unknown_name"
  Remedy remedy;
  std::string_view title;   // one line, no value in it
  std::string_view advice;  // what to do, one or two sentences
};

/// The row of `code`, or nullptr for a code that is not in the table (programs may throw such codes).
const ErrorInfo* find_error(std::uint16_t code);
/// All rows in ascending order of code.
const std::vector<ErrorInfo>& error_table();
std::string_view to_string(Remedy remedy);

/// A failure: the code, a sentence that names the thing, the value and the remedy, and optional details.
struct Error {
  Code code{};
  std::string message;
  std::string details;

  /// "error 1203: no such name `foo`"
  std::string to_string() const;
  std::uint16_t number() const { return static_cast<std::uint16_t>(code); }
};

/// A value or an Error. Example: `Result<int> r = parse(s); if (!r) return r.error();`
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit on purpose
  explicit operator bool() const { return state_.index() == 0; }
  bool ok() const { return state_.index() == 0; }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose
  explicit operator bool() const { return !error_; }
  bool ok() const { return !error_; }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace noodle
