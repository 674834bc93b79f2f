// Diagnostics: what the front end has to say about a source, for people (excerpt with carets) and for programs (JSON).
#pragma once

#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/lang/source.hpp"

namespace noodle::lang {

enum class Severity : std::uint8_t { error, warning };

/// A mechanical edit that would fix the problem: replace the text of `span` by `replacement`.
struct FixIt {
  Span span;
  std::string replacement;
};

/// One finding. `message` names the thing and the value ("no such name `foo`"), `suggestion` is one concrete remedy
/// ("did you mean `food`?"), `note` a second place ("first declared here").
struct Diagnostic {
  Severity severity = Severity::error;
  Code code{};
  const SourceFile* file = nullptr;
  Span span;
  std::string message;
  std::string suggestion;
  std::string note;
  const SourceFile* note_file = nullptr;
  Span note_span;
  std::vector<FixIt> fixes;
};

/// Collects diagnostics of one compilation. A limited number of errors is kept; `full()` tells the producers to stop.
/// Threads: one compilation, one thread.
class Diagnostics {
 public:
  static constexpr std::size_t kMaxErrors = 20;
  explicit Diagnostics(std::size_t max_errors = kMaxErrors) : max_errors_(max_errors) {}
  /// Adds a finding of another collection.
  void append(const Diagnostic& found);
  /// Adds an error or warning; drops errors that repeat code and position. Returns the stored one to add details, or a
  /// discarded dummy.
  Diagnostic& add(Code code, const SourceFile& file, Span span, std::string message, std::string suggestion = {});
  Diagnostic& warn(Code code, const SourceFile& file, Span span, std::string message, std::string suggestion = {});
  bool has_errors() const { return errors_ > 0; }
  bool full() const { return errors_ >= max_errors_; }
  std::size_t error_count() const { return errors_; }
  const std::vector<Diagnostic>& all() const { return items_; }

 private:
  std::vector<Diagnostic> items_;
  std::size_t errors_ = 0;
  std::size_t max_errors_;
  Diagnostic discarded_;
};

/// "error 1100: no such name `foo`" + place + excerpt with carets + suggestion. With `color`, ANSI colours.
std::string render(const Diagnostic& diagnostic, bool color);
/// One JSON object on one line: {"severity","code","title","message","file","line","column","endLine","endColumn",
/// "suggestion","fixes":[...]}.
std::string render_json(const Diagnostic& diagnostic);

}  // namespace noodle::lang
