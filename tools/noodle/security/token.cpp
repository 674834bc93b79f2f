// `noodle token`: tokens that say who may do what.
#include <filesystem>
#include <iostream>

#include "cluster/security/authority.hpp"
#include "cluster/security/key_file.hpp"
#include "cluster/security/node_actions.hpp"
#include "cluster/security/token.hpp"
#include "runtime/base/suggest.hpp"
#include "runtime/base/utc_text.hpp"
#include "runtime/vm/capability.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/security/commands.hpp"

namespace noodle::tools {
namespace {

using namespace security;

/// A misspelt action would never match, and nobody would be told.
Result<std::vector<Capability>> capabilities_of(const std::vector<std::string>& texts) {
  std::vector<std::string_view> known(vm::capability_names().begin(), vm::capability_names().end());
  known.insert(known.end(), kNodeActions.begin(), kNodeActions.end());
  std::vector<Capability> made;
  for (const std::string& text : texts) {
    auto one = Capability::parse(text);
    if (!one) return one.error();
    const bool of_use = one->action.starts_with("agents.") ||
                        std::any_of(known.begin(), known.end(),
                                    [&one](std::string_view action) { return action_covers(one->action, action); });
    if (!of_use) {
      const std::string_view nearest = nearest_name(one->action, known);
      return Error{
          Code::capability_unknown,
          "no such capability: " + one->action +
              (nearest.empty() ? "; see docs/capabilities.md" : "; did you mean " + std::string(nearest) + "?"),
          {}};
    }
    made.push_back(std::move(one).value());
  }
  return made;
}

Result<Secret> read_token_text(const std::string& file) {
  Result<Secret> text = Error{};
  if (file == "-") {
    std::string line;
    std::getline(std::cin, line);
    text = Secret(std::move(line));
  } else {
    text = read_secret_file(file);
  }
  if (!text) return text;
  std::string trimmed = text->reveal();
  while (!trimmed.empty() && (trimmed.back() == '\n' || trimmed.back() == '\r' || trimmed.back() == ' '))
    trimmed.pop_back();
  return Secret(std::move(trimmed));
}

int hand_out(const Secret& text, const Claims& claims, const TokenCommand& command, const CommonOptions& common) {
  if (command.out.empty()) {
    std::cout << (common.json ? "{\"token\":" + json_string(text.reveal()) + "}" : text.reveal()) << '\n';
    return kExitOk;
  }
  const auto written = write_secret_file(command.out, Secret(text.reveal() + "\n"), Existing::refuse);
  if (!written) return fail(written.error(), common);
  if (!common.json) {
    std::cout << "token " << claims.id << " of " << claims.subject << ", valid until " << utc_text(claims.expires_s)
              << ", written to " << command.out << '\n';
  }
  return kExitOk;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all.empty() ? "none" : all;
}

std::vector<std::string> texts_of(const std::vector<Capability>& capabilities) {
  std::vector<std::string> texts;
  for (const Capability& one : capabilities) texts.push_back(one.to_string());
  return texts;
}

std::string json_list(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ",") + json_string(text);
  return "[" + out + "]";
}

void print_claims(const Claims& claims, const CommonOptions& common) {
  if (common.json) {
    std::cout << "{\"id\":" << json_string(claims.id) << ",\"subject\":" << json_string(claims.subject)
              << ",\"audience\":" << json_string(claims.audience)
              << ",\"from\":" << json_string(utc_text(claims.issued_s))
              << ",\"until\":" << json_string(utc_text(claims.expires_s)) << ",\"roles\":" << json_list(claims.roles)
              << ",\"capabilities\":" << json_list(texts_of(claims.capabilities)) << ",\"level\":" << claims.level
              << ",\"delegable\":" << (claims.holder ? "true" : "false") << "}\n";
    return;
  }
  std::cout << "token " << claims.id << "\n  subject       " << claims.subject << "\n  cluster       "
            << claims.audience << "\n  valid         " << utc_text(claims.issued_s) << " to "
            << utc_text(claims.expires_s) << "\n  roles         " << joined(claims.roles) << "\n  capabilities  "
            << joined(texts_of(claims.capabilities)) << "\n  level         " << claims.level << '\n';
}

}  // namespace

int token_issue_command(const TokenCommand& command, const CommonOptions& common) {
  auto authority = Authority::open(command.authority);
  if (!authority) return fail(authority.error(), common);
  auto capabilities = capabilities_of(command.capabilities);
  if (!capabilities) return fail(capabilities.error(), common);
  Claims claims;
  claims.subject = command.subject;
  claims.audience = authority->cluster();
  claims.roles = command.roles;
  claims.capabilities = std::move(capabilities).value();
  claims.level = std::max(command.level, 0);
  if (command.lifetime_ms != 0) claims.expires_s = now_s() + command.lifetime_ms / 1000;
  const auto made = issue_token(std::move(claims), authority->token_key(), !command.final, now_s());
  if (!made) return fail(made.error(), common);
  return hand_out(made->text, made->claims, command, common);
}

int token_delegate_command(const TokenCommand& command, const CommonOptions& common) {
  const auto parent = read_token_text(command.file);
  if (!parent) return fail(parent.error(), common);
  if (command.sealed) {
    const auto sealed = seal_token(*parent);
    if (!sealed) return fail(sealed.error(), common);
    return hand_out(*sealed, read_token(sealed->reveal())->back(), command, common);
  }
  Delegation wanted;
  wanted.suffix = command.subject;
  if (!command.roles.empty()) wanted.roles = command.roles;
  if (!command.capabilities.empty()) {
    auto capabilities = capabilities_of(command.capabilities);
    if (!capabilities) return fail(capabilities.error(), common);
    wanted.capabilities = std::move(capabilities).value();
  }
  if (command.level >= 0) wanted.level = command.level;
  if (command.lifetime_ms != 0) wanted.expires_s = now_s() + command.lifetime_ms / 1000;
  wanted.can_delegate = !command.final;
  const auto made = delegate_token(*parent, wanted, now_s());
  if (!made) return fail(made.error(), common);
  return hand_out(made->text, made->claims, command, common);
}

int token_show_command(const TokenCommand& command, const CommonOptions& common) {
  const auto text = read_token_text(command.file);
  if (!text) return fail(text.error(), common);
  const auto all = read_token(text->reveal());
  if (!all) return fail(all.error(), common);
  for (const Claims& claims : *all) print_claims(claims, common);
  if (!command.check) return kExitOk;
  const auto trust = read_trust(command.authority);
  if (!trust) return fail(trust.error(), common);
  const auto revoked = [&trust](std::string_view id) { return trust->revocations.token(id) != nullptr; };
  const auto good = verify_token(text->reveal(), {trust->token_keys, trust->authorities.cluster(), revoked}, now_s());
  if (!good) return fail(good.error(), common);
  if (!common.json)
    std::cout << "good: " << (good->can_delegate ? "it can be delegated" : "it cannot be delegated") << '\n';
  return kExitOk;
}

int token_revoke_command(const TokenCommand& command, const CommonOptions& common) {
  auto authority = Authority::open(command.authority);
  if (!authority) return fail(authority.error(), common);
  std::string id = command.id;
  // Of an id alone the expiry is not known; a year is more than any token should last.
  std::int64_t expires_s = now_s() + 366 * kDayS;
  std::error_code ignored;
  if (std::filesystem::is_regular_file(id, ignored)) {
    const auto text = read_token_text(id);
    if (!text) return fail(text.error(), common);
    const auto all = read_token(text->reveal());
    if (!all) return fail(all.error(), common);
    id = all->back().id;
    expires_s = all->back().expires_s;
  }
  const auto parsed = CorrelationId::parse(id);
  if (!parsed) {
    return fail({Code::token_malformed, "`" + id + "` is no id of a token (32 hexadecimal digits) and no file", {}},
                common);
  }
  const auto revoked = authority->revoke_token(parsed->to_string(), command.reason, expires_s, now_s());
  if (!revoked) return fail(revoked.error(), common);
  if (common.json) {
    std::cout << "{\"revoked\":" << json_string(parsed->to_string()) << "}\n";
  } else {
    std::cout << "token " << parsed->to_string() << " and all delegated from it are revoked; give " << command.authority
              << "/revocations to the nodes, one is enough\n";
  }
  return kExitOk;
}

}  // namespace noodle::tools
