#include "tools/up/credentials.hpp"

#include <filesystem>

#include "cluster/security/contexts.hpp"
#include "cluster/security/key_file.hpp"
#include "cluster/security/token.hpp"
#include "runtime/base/json_text.hpp"

namespace noodle::up {
namespace {

using namespace security;

constexpr const char* kOperator = "operator";
constexpr std::int64_t kRenewBeforeS = 30 * kDayS;

/// The pair NAME.crt, NAME.key in `folder`, as it is when it is good for some time, else renewed or new.
Result<void> prepare_pair(Authority& authority, CertificateUse use, const std::string& name, const std::string& folder,
                          std::int64_t now_s) {
  const std::string path = folder + "/" + name;
  const auto pem = read_public_file(path + ".crt");
  if (pem) {
    const Trust& trust = authority.trust();
    const auto good = trust.authorities.check(*pem, use, &trust.revocations, now_s + kRenewBeforeS);
    std::error_code ignored;
    if (good && std::filesystem::exists(path + ".key", ignored)) return {};
  }
  std::error_code ignored;
  const bool renew = std::filesystem::exists(path + ".key", ignored);
  const std::vector<std::string> hosts =
      use == CertificateUse::node ? std::vector<std::string>{"127.0.0.1", "localhost"} : std::vector<std::string>{};
  const auto issued = authority.issue(use, name, hosts, kCertificateDays, folder, renew, now_s);
  if (!issued) return issued.error();
  return {};
}

/// Of a `noodle up` whose folder has been removed since.
bool is_left_over(const Context& context) {
  std::error_code problem;
  return context.certificate.ends_with(std::string("/.noodle/client/") + kOperator + ".crt") &&
         !std::filesystem::exists(context.certificate, problem) && !problem;
}

/// Free for this cluster: nobody's, or of this folder.
std::string context_name(const Contexts& contexts, const Layout& layout, const std::string& cluster) {
  std::string name = cluster;
  for (int number = 1;; ++number) {
    const auto found = contexts.all.find(name);
    if (found == contexts.all.end() || found->second.certificate.starts_with(layout.root + "/") ||
        is_left_over(found->second)) {
      return name;
    }
    name = cluster + "-local" + (number == 1 ? "" : std::to_string(number));
  }
}

std::string list_of(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + json_string(text);
  return "[" + out + "]";
}

}  // namespace

Result<Authority> prepare_authority(const Layout& layout, const std::string& cluster, std::int64_t now_s) {
  std::error_code ignored;
  if (!std::filesystem::exists(layout.authority() + "/ca.key", ignored)) {
    return Authority::create(layout.authority(), cluster, now_s);
  }
  auto authority = Authority::open(layout.authority());
  if (authority && authority->cluster() != cluster) {
    return Error{Code::cluster_invalid,
                 layout.root + " is of cluster `" + authority->cluster() + "`, the file says `" + cluster +
                     "`; --fresh forgets what is there",
                 {}};
  }
  return authority;
}

Result<void> prepare_identity(const Layout& layout, Authority& authority, const std::string& node, std::int64_t now_s) {
  return prepare_pair(authority, CertificateUse::node, node, layout.identity(node), now_s);
}

Result<void> prepare_operator(const Layout& layout, Authority& authority, std::int64_t now_s) {
  const auto pair = prepare_pair(authority, CertificateUse::client, kOperator, layout.client(), now_s);
  if (!pair) return pair;
  Claims claims;
  claims.subject = kOperator;
  claims.audience = authority.cluster();
  claims.roles = {kOperator};
  claims.capabilities = {{"*", ""}};
  claims.level = kMaxLevel;
  claims.expires_s = now_s + kCertificateDays * kDayS;  // the CA's key lies beside it: a shorter life protects nothing
  const auto token = issue_token(std::move(claims), authority.token_key(), true, now_s);
  if (!token) return token.error();
  return write_secret_file(layout.token(), Secret(token->text.reveal() + "\n"), Existing::replace);
}

Result<void> write_node_config(const Layout& layout, const ClusterFile& file, const PlannedNode& node,
                               std::uint16_t port, const std::vector<std::string>& seeds) {
  const std::string identity = layout.identity(node.name);
  const std::string text =
      "# Written by `noodle up` at each start; change the cluster file instead.\n"
      "node.name = " +
      json_string(node.name) + "\nnode.data = " + json_string(layout.data(node.name)) +
      "\nnode.labels = " + list_of(node.labels) + "\nnode.roles = " + list_of(node.roles) +
      "\nnet.listen = \"127.0.0.1\"\nnet.port = " + std::to_string(port) + "\nnet.seeds = " + list_of(seeds) +
      "\nnet.profile = " + json_string(file.profile) +
      "\nnet.certificate = " + json_string(identity + "/" + node.name + ".crt") + "\n" + file.settings;
  return write_public_file(layout.config(node.name), text, Existing::replace);
}

Result<std::string> enter_context(const Layout& layout, const std::string& cluster,
                                  const std::vector<std::string>& nodes) {
  const std::string path = contexts_path();
  auto contexts = read_contexts(path);
  if (!contexts) return contexts.error();
  const std::string name = context_name(*contexts, layout, cluster);
  if (contexts->current != name) {
    const auto noted = write_public_file(layout.previous_context(), contexts->current + "\n", Existing::replace);
    if (!noted) return noted.error();
  }
  const std::string client = layout.client() + "/";
  contexts->all[name] = {nodes, client + "ca.crt", client + kOperator + ".crt", client + kOperator + ".key",
                         layout.token()};
  contexts->current = name;
  if (const auto written = write_contexts(path, *contexts); !written) return written.error();
  return name;
}

Result<void> leave_context(const Layout& layout, const std::string& context) {
  const std::string path = contexts_path();
  auto contexts = read_contexts(path);
  if (!contexts) return contexts.error();
  auto previous = read_public_file(layout.previous_context());
  if (!previous || contexts->current != context) return {};
  while (previous->ends_with('\n')) previous->pop_back();
  if (!previous->empty() && contexts->all.count(*previous) == 0) return {};
  if (previous->empty()) return {};  // better this one than none: it says what is missing
  contexts->current = *previous;
  return write_contexts(path, *contexts);
}

}  // namespace noodle::up
