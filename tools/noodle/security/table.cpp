// The part of the table of commands that is about security; see cli.cpp.
#include <CLI/CLI.hpp>
#include <map>

#include "tools/noodle/security/commands.hpp"

namespace noodle::tools {
namespace {

/// Reads 30m, 2h, 7d into milliseconds.
std::string lifetime_to_ms(std::string& text) {
  static const std::map<std::string, std::int64_t> kUnits = {
      {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  const auto unit = kUnits.find(text.substr(digits));
  if (digits == 0 || digits > 6 || unit == kUnits.end()) return "`" + text + "` is not a duration; write 30m, 2h, 7d";
  text = std::to_string(std::stoll(text.substr(0, digits)) * unit->second);
  return {};
}

class Adder {
 public:
  Adder(CommonOptions& common, int& exit_code) : common_(common), exit_code_(exit_code) {}

  CLI::App* group(CLI::App& app, const char* name, const char* help) const {
    CLI::App* made = app.add_subcommand(name, help);
    made->require_subcommand(1);
    return made;
  }
  template <class Run>
  CLI::App* command(CLI::App* group, const char* name, const char* help, Run run) const {
    CLI::App* made = group->add_subcommand(name, help);
    made->add_flag("--json", common_.json, "Machine-readable output, one JSON object a line");
    made->callback([&exit_code = exit_code_, run] { exit_code = run(); });
    return made;
  }

 private:
  CommonOptions& common_;
  int& exit_code_;
};

void add_cert(CLI::App& app, const Adder& add, CertCommand& cert, const CommonOptions& common) {
  CLI::App* group = add.group(app, "cert", "Keys and certificates of a cluster: its CA, its nodes, its clients");
  const auto with_authority = [&cert](CLI::App* command) {
    command->add_option("--ca", cert.authority, "Folder of the cluster's CA (default: ca)");
    return command;
  };
  auto* init = with_authority(add.command(group, "init", "Make the CA and the token key of a new cluster",
                                          [&] { return cert_init_command(cert, common); }));
  init->add_option("cluster", cert.cluster, "Name of the cluster")->required();
  init->add_option("--days", cert.days, "How long the CA is valid (default 3650)")->check(CLI::Range(1, 36'500));
  for (const bool node : {true, false}) {
    auto* issue = with_authority(
        add.command(group, node ? "node" : "client",
                    node ? "Make key and certificate of a node" : "Make key and certificate of a person or program",
                    [&, node] { return cert_issue_command(cert, node, common); }));
    issue->add_option("name", cert.name, "Its name")->required();
    issue->add_option("-o,--output", cert.out, "Folder to write (default: NAME)");
    if (node) {
      issue->add_option("--host", cert.hosts, "Host names and addresses it is reached by, separated by commas")
          ->delimiter(',')
          ->allow_extra_args(false);
    }
    issue->add_option("--days", cert.days, "How long it is valid (default 365)")->check(CLI::Range(1, 3650));
  }
  auto* rotate = with_authority(add.command(group, "rotate", "Replace keys or certificates, with overlap",
                                            [&] { return cert_rotate_command(cert, common); }));
  rotate->add_option("what", cert.what, "ca, token, gossip, NAME of a pair, or `old`: trust only the newest keys")
      ->required();
  rotate->add_option("-o,--output", cert.out, "Folder of the pair (default: NAME)");
  rotate->add_option("--host", cert.hosts, "Host names and addresses (default: those it has)")
      ->delimiter(',')
      ->allow_extra_args(false);
  rotate->add_option("--days", cert.days, "How long it is valid")->check(CLI::Range(1, 36'500));
  auto* revoke = with_authority(
      add.command(group, "revoke", "Take a certificate back", [&] { return cert_revoke_command(cert, common); }));
  revoke->add_option("name", cert.name, "Name, serial number or file of the certificate")->required();
  revoke->add_option("--reason", cert.reason, "Why; kept in the revocation list");
  auto* show = with_authority(add.command(group, "show", "Show certificates, and whether they count",
                                          [&] { return cert_show_command(cert, common); }));
  show->add_option("path", cert.path, "Certificate (default: all that the CA has issued)");
}

void add_token(CLI::App& app, const Adder& add, TokenCommand& token, const CommonOptions& common) {
  CLI::App* group = add.group(app, "token", "Capability tokens: who may do what, until when");
  const auto with_claims = [&token](CLI::App* command) {
    command->add_option("--role", token.roles, "Roles, separated by commas")->delimiter(',')->allow_extra_args(false);
    command
        ->add_option("--cap", token.capabilities,
                     "Capabilities, separated by commas: ACTION or ACTION:RESOURCE (fs.read:/data,mesh.send:agents/*)")
        ->delimiter(',')
        ->allow_extra_args(false);
    command->add_option("--level", token.level, "Security level, 0 to 9")->check(CLI::Range(0, 9));
    command->add_option("--expires", token.lifetime_ms, "How long it is valid, such as 30m, 2h, 7d")
        ->transform(CLI::Validator(lifetime_to_ms, "DURATION"));
    command->add_flag("--final", token.final, "It cannot be delegated further");
    command->add_option("-o,--output", token.out, "Write it to this file, mode 0600 (default: print it)");
  };
  auto* issue = add.command(group, "issue", "Make a token, signed by the cluster's token key (valid 2h by default)",
                            [&] { return token_issue_command(token, common); });
  issue->add_option("subject", token.subject, "For whom")->required();
  issue->add_option("--ca", token.authority, "Folder of the cluster's CA (default: ca)");
  with_claims(issue);
  auto* delegate = add.command(group, "delegate", "Make a token that holds less, without any key of the cluster",
                               [&] { return token_delegate_command(token, common); });
  delegate->add_option("token", token.file, "File of the token; - reads standard input")->required();
  delegate->add_option("--name", token.subject, "Added to the subject: alice becomes alice/NAME");
  delegate->add_flag("--sealed", token.sealed, "Change nothing but that it cannot be delegated further");
  with_claims(delegate);
  auto* show = add.command(group, "show", "Show what a token says; with --check whether it counts now",
                           [&] { return token_show_command(token, common); });
  show->add_option("token", token.file, "File of the token; - reads standard input")->required();
  show->add_flag("--check", token.check, "Verify it against the cluster in --ca; exit code 1 when it does not count");
  show->add_option("--ca", token.authority, "Folder with token.pub and ca.crt (default: ca)");
  auto* revoke = add.command(group, "revoke", "Take a token back, and all that were delegated from it",
                             [&] { return token_revoke_command(token, common); });
  revoke->add_option("token", token.id, "Id or file of the token")->required();
  revoke->add_option("--ca", token.authority, "Folder of the cluster's CA (default: ca)");
  revoke->add_option("--reason", token.reason, "Why; kept in the revocation list");
}

void add_audit(CLI::App& app, const Adder& add, AuditCommand& audit, const CommonOptions& common) {
  CLI::App* group = add.group(app, "audit", "The audit log of a node");
  const auto with_data = [&audit](CLI::App* command) {
    command->add_option("--data", audit.data, "Data folder of the node (default: .)");
    return command;
  };
  auto* verify = with_data(add.command(group, "verify", "Find out whether records were changed, removed or moved",
                                       [&] { return audit_verify_command(audit, common); }));
  verify->add_option("file", audit.file, "An export instead of a data folder");
  verify->add_option("--certificate", audit.certificate, "Certificate of the node that wrote it")->required();
  verify->add_option("--head", audit.expected, "A head noted earlier, SEQUENCE:HASH, that the log must contain");
  auto* dump = with_data(add.command(group, "export", "Print all records, with the signed head behind them",
                                     [&] { return audit_export_command(audit, common); }));
  dump->add_option("--from", audit.from, "First record");
  auto* tail = with_data(
      add.command(group, "tail", "Print the last records", [&] { return audit_tail_command(audit, common); }));
  tail->add_option("-n,--count", audit.count, "How many (default 20)")->check(CLI::Range(1, 100'000));
}

void add_context(CLI::App& app, const Adder& add, std::string& name, const CommonOptions& common) {
  CLI::App* group = add.group(app, "context", "The clusters you work with");
  add.command(group, "list", "List them; * marks the one in use", [&] { return context_list_command(common); });
  add.command(group, "use", "Use this one from now on", [&] { return context_use_command(name, common); })
      ->add_option("name", name, "Its name")
      ->required();
  add.command(group, "show", "Show nodes, certificate and token", [&] { return context_show_command(name, common); })
      ->add_option("name", name, "Its name (default: the one in use)");
}

}  // namespace

void add_security_commands(CLI::App& app, SecurityCommands& commands, CommonOptions& common, int& exit_code) {
  const Adder add(common, exit_code);
  add_cert(app, add, commands.cert, common);
  add_token(app, add, commands.token, common);
  add_audit(app, add, commands.audit, common);
  add_context(app, add, commands.context, common);
}

}  // namespace noodle::tools
