// Contexts: the clusters a person works with, `~/.config/noodle/contexts.toml`.
//
//     current = "production"
//     [contexts.production]
//     nodes = ["10.0.0.7:7700"]
//     ca = "/home/a/production/ca.crt"
//     certificate = "/home/a/production/alice.crt"
//     key = "/home/a/production/alice.key"
//     token = "/home/a/production/alice.token"     # may be left out
//
// The file holds names of secret files, no secrets; it is kept 0600 all the same.
// Limits: kMaxContexts. Errors: 8050 unknown, 8051 not valid, 7010 syntax.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "messages/error.hpp"

namespace noodle::security {

inline constexpr std::size_t kMaxContexts = 256;

struct Context {
  std::vector<std::string> nodes;  // HOST:PORT
  std::string authority, certificate, key, token;
};

struct Contexts {
  std::string current;
  std::map<std::string, Context> all;

  /// Error 8050 with a suggestion; an empty name means the current one.
  Result<const Context*> find(const std::string& name) const;
};

/// $NOODLE_CONTEXTS, or below $XDG_CONFIG_HOME or $HOME/.config.
std::string contexts_path();
/// A file that does not exist holds no contexts.
Result<Contexts> read_contexts(const std::string& path);
Result<Contexts> parse_contexts(std::string_view toml, const std::string& file);
Result<void> write_contexts(const std::string& path, const Contexts& contexts);

}  // namespace noodle::security
