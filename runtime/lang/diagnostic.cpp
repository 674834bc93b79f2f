#include "runtime/lang/diagnostic.hpp"

#include <algorithm>

namespace noodle::lang {
namespace {

// Warnings have a bound of their own: a hostile file cannot fill memory with them.
constexpr std::size_t kMaxWarnings = 200;

}  // namespace

Diagnostic& Diagnostics::add(Code code, const SourceFile& file, Span span, std::string message,
                             std::string suggestion) {
  const bool repeated = std::any_of(items_.begin(), items_.end(), [&](const Diagnostic& item) {
    return item.code == code && item.file == &file && item.span.start == span.start;
  });
  if (full() || repeated) return discarded_ = {};
  ++errors_;
  Diagnostic& item = items_.emplace_back();
  item.code = code;
  item.file = &file;
  item.span = span;
  item.message = std::move(message);
  item.suggestion = std::move(suggestion);
  return item;
}

Diagnostic& Diagnostics::warn(Code code, const SourceFile& file, Span span, std::string message,
                              std::string suggestion) {
  if (items_.size() - errors_ >= kMaxWarnings) return discarded_ = {};
  Diagnostic& item = items_.emplace_back();
  item.severity = Severity::warning;
  item.code = code;
  item.file = &file;
  item.span = span;
  item.message = std::move(message);
  item.suggestion = std::move(suggestion);
  return item;
}

}  // namespace noodle::lang
