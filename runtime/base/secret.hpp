// Secret: a text that logs, metrics and errors cannot show by accident: it has no conversion to text but reveal().
//
// Owns its text and overwrites it when done.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace noodle {

class Secret {
 public:
  static constexpr std::string_view kRedacted = "[redacted]";

  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }
  Secret& operator=(Secret other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  ~Secret() { wipe(); }

  /// The text itself; search the code for this word to find every use.
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  void wipe() noexcept {
    // Through volatile, so that the compiler keeps writes to memory that is about to be freed.
    for (volatile char& c : text_) c = '\0';
    text_.clear();
  }

  std::string text_;
};

}  // namespace noodle
