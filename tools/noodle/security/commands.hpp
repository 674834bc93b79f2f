// `noodle cert`, `token`, `audit` and `context`: arguments, parsed by table.cpp. Each returns the exit code.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "messages/exit_code.hpp"
#include "tools/noodle/commands.hpp"

namespace CLI {
class App;
}

namespace noodle::tools {

struct CertCommand {
  std::string authority = "ca";  // folder of the operator
  std::string cluster;
  std::string name;
  std::string out;  // folder for the pair; empty: NAME
  std::vector<std::string> hosts;
  std::int64_t days = 0;  // 0: the default
  std::string what;       // of rotate: ca, token, gossip, old or the name of a pair
  std::string reason;
  std::string path;  // of show
};
int cert_init_command(const CertCommand& command, const CommonOptions& common);
int cert_issue_command(const CertCommand& command, bool node, const CommonOptions& common);
int cert_rotate_command(const CertCommand& command, const CommonOptions& common);
int cert_revoke_command(const CertCommand& command, const CommonOptions& common);
int cert_show_command(const CertCommand& command, const CommonOptions& common);

struct TokenCommand {
  std::string authority = "ca";
  std::string subject;
  std::vector<std::string> roles, capabilities;
  int level = -1;
  std::int64_t lifetime_ms = 0;
  bool final = false;  // cannot be delegated
  bool sealed = false;
  std::string file;  // token to read; "-" = standard input
  std::string out;   // where to write; empty: standard output
  std::string id, reason;
  bool check = false;
};
int token_issue_command(const TokenCommand& command, const CommonOptions& common);
int token_delegate_command(const TokenCommand& command, const CommonOptions& common);
int token_show_command(const TokenCommand& command, const CommonOptions& common);
int token_revoke_command(const TokenCommand& command, const CommonOptions& common);

struct AuditCommand {
  std::string data = ".";   // data folder of a node
  std::string file;         // an export instead
  std::string certificate;  // of the node that wrote it
  std::string expected;     // SEQUENCE:HASH
  std::uint64_t from = 0;
  std::uint64_t count = 20;
};
int audit_verify_command(const AuditCommand& command, const CommonOptions& common);
int audit_export_command(const AuditCommand& command, const CommonOptions& common);
int audit_tail_command(const AuditCommand& command, const CommonOptions& common);

int context_list_command(const CommonOptions& common);
int context_use_command(const std::string& name, const CommonOptions& common);
int context_show_command(const std::string& name, const CommonOptions& common);

/// Seconds since 1970.
std::int64_t now_s();
/// Prints the error; the exit code of a command that ends with it.
int fail(const Error& error, const CommonOptions& common);

/// Where the commands are kept while the command line is parsed and run.
struct SecurityCommands {
  CertCommand cert;
  TokenCommand token;
  AuditCommand audit;
  std::string context;
};
/// Adds the four commands to the table of commands.
void add_security_commands(CLI::App& app, SecurityCommands& commands, CommonOptions& common, int& exit_code);

}  // namespace noodle::tools
