// Diagnostics as an editor gets them: published after each change, for every file of a package that has some.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "runtime/language_server/features.hpp"

namespace noodle::language_server {

/// Warnings of `noodle lint` for an open document; none while it does not parse.
std::vector<lang::Diagnostic> lint_of(const Document& document);
/// One Diagnostic of the protocol, as JSON.
std::string diagnostic_json(const lang::Diagnostic& found, Locator& locator);

class Publisher {
 public:
  using Send = std::function<void(std::string message)>;
  explicit Publisher(Send send) : send_(std::move(send)) {}

  /// Brings the editor up to date with all open packages. Of a large one first the edited documents, given up when
  /// `edit_waits`; then all, given up when `anything_waits`. Returns false when something was given up.
  bool publish(Workspace& workspace, const Cancelled& edit_waits, const Cancelled& anything_waits);

 private:
  void publish(Workspace& workspace, const Workspace::Package& package, const Analysis& analysis,
               const std::set<std::string>& only);
  void publish_failure(Workspace& workspace, const Workspace::Package& package, const Error& error);
  void send(const std::string& uri, const Document* document, const std::string& diagnostics);

  Send send_;
  std::map<std::string, std::set<std::string>> shown_;  // by package: URIs with findings
  std::map<std::string, std::string> last_;             // by URI: version and findings as sent
};

}  // namespace noodle::language_server
