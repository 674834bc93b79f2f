// `noodle cert`: the keys and certificates of a cluster.
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "cluster/security/authority.hpp"
#include "cluster/security/key_file.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/utc_text.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/security/commands.hpp"

namespace noodle::tools {
namespace {

using namespace security;

void print_certificate(const CertificateInfo& info, const std::string& state, const CommonOptions& common) {
  if (common.json) {
    std::cout << "{\"name\":" << json_string(info.name) << ",\"use\":" << json_string(to_string(info.use))
              << ",\"cluster\":" << json_string(info.cluster) << ",\"id\":" << json_string(info.id().to_string())
              << ",\"serial\":" << json_string(info.serial) << ",\"from\":" << json_string(utc_text(info.not_before_s))
              << ",\"until\":" << json_string(utc_text(info.not_after_s)) << ",\"state\":" << json_string(state)
              << "}\n";
    return;
  }
  std::cout << to_string(info.use) << ' ' << info.name << " of " << info.cluster << "\n  id      "
            << info.id().to_string() << "\n  serial  " << info.serial << "\n  valid   " << utc_text(info.not_before_s)
            << " to " << utc_text(info.not_after_s) << '\n';
  for (const std::string& host : info.hosts) std::cout << "  host    " << host << '\n';
  if (!state.empty()) std::cout << "  state   " << state << '\n';
}

std::string folder_of(const CertCommand& command, const std::string& name) {
  return command.out.empty() ? name : command.out;
}

/// Serial numbers that `name` means: a file, a serial or the name of issued ones.
Result<std::vector<CertificateInfo>> find_issued(const Authority& authority, const std::string& name) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(name, ignored)) {
    auto pem = read_public_file(name);
    if (!pem) return pem.error();
    auto info = read_certificate(*pem);
    if (!info) return info.error();
    return std::vector{std::move(info).value()};
  }
  auto all = authority.issued();
  if (!all) return all.error();
  std::erase_if(*all, [&name](const CertificateInfo& one) { return one.serial != name && one.name != name; });
  if (all->empty()) return Error{Code::file_not_found, "no certificate `" + name + "` was issued here", {}};
  return std::move(all).value();
}

}  // namespace

std::int64_t now_s() {
  return system_clock().wall_ns() / 1'000'000'000;
}

int fail(const Error& error, const CommonOptions& common) {
  print_error(error, common.json);
  return kExitUncaught;
}

int cert_init_command(const CertCommand& command, const CommonOptions& common) {
  auto made =
      Authority::create(command.authority, command.cluster, now_s(), command.days == 0 ? kAuthorityDays : command.days);
  if (!made) return fail(made.error(), common);
  print_certificate(made->trust().authorities.all().front(), "", common);
  if (!common.json) {
    std::cout << "\n"
              << command.authority << "/ca.key and " << command.authority
              << "/token.key make certificates and tokens: keep them away from nodes.\n"
                 "Next: noodle cert node NAME --host ADDRESS, noodle token issue SUBJECT --cap ...\n";
  }
  return kExitOk;
}

int cert_issue_command(const CertCommand& command, bool node, const CommonOptions& common) {
  auto authority = Authority::open(command.authority);
  if (!authority) return fail(authority.error(), common);
  const auto issued = authority->issue(node ? CertificateUse::node : CertificateUse::client, command.name,
                                       command.hosts, command.days == 0 ? kCertificateDays : command.days,
                                       folder_of(command, command.name), false, now_s());
  if (!issued) return fail(issued.error(), common);
  print_certificate(issued->info, "", common);
  if (!common.json)
    std::cout << "\nwritten to " << folder_of(command, command.name) << "; move the folder to its place\n";
  return kExitOk;
}

int cert_rotate_command(const CertCommand& command, const CommonOptions& common) {
  auto authority = Authority::open(command.authority);
  if (!authority) return fail(authority.error(), common);
  const auto say = [&common](const std::string& text) {
    if (!common.json) std::cout << text << '\n';
    return static_cast<int>(kExitOk);
  };
  if (command.what == "ca") {
    const auto made = authority->rotate_authority(now_s(), command.days == 0 ? kAuthorityDays : command.days);
    if (!made) return fail(made.error(), common);
    print_certificate(*made, "", common);
    return say(
        "\nboth CAs count now: give ca.crt to all members, rotate their certificates, then `noodle cert rotate old`");
  }
  if (command.what == "token") {
    const auto made = authority->rotate_token_key();
    if (!made) return fail(made.error(), common);
    return say("new token key " + made->id().to_string() +
               "; give token.pub to all nodes; tokens of the old key still count");
  }
  if (command.what == "gossip") {
    const auto made = authority->rotate_gossip_key();
    return made ? say("new gossip key; give gossip.key to all nodes") : fail(made.error(), common);
  }
  if (command.what == "old") {
    const auto dropped = authority->drop_old_keys();
    return dropped ? say("only the newest CA and token key count now; give ca.crt and token.pub to all nodes")
                   : fail(dropped.error(), common);
  }
  const std::string folder = folder_of(command, command.what);
  auto pem = read_public_file(folder + "/" + command.what + ".crt");
  auto old = pem ? read_certificate(*pem) : pem.error();
  if (!old) return fail(old.error(), common);
  if (const auto* entry = authority->trust().revocations.certificate(old->serial)) {
    // A new certificate for the same key would give back what was taken.
    return fail({Code::certificate_revoked,
                 "the certificate of " + old->name + " was revoked (" + entry->reason +
                     "); make a new key in another folder: noodle cert node",
                 {}},
                common);
  }
  const auto issued = authority->issue(old->use, old->name, command.hosts.empty() ? old->hosts : command.hosts,
                                       command.days == 0 ? kCertificateDays : command.days, folder, true, now_s());
  if (!issued) return fail(issued.error(), common);
  print_certificate(issued->info, "", common);
  return say("\nthe key stays, and with it the id; the old certificate counts until it expires or is revoked");
}

int cert_revoke_command(const CertCommand& command, const CommonOptions& common) {
  auto authority = Authority::open(command.authority);
  if (!authority) return fail(authority.error(), common);
  const auto found = find_issued(*authority, command.name);
  if (!found) return fail(found.error(), common);
  for (const CertificateInfo& one : *found) {
    const auto revoked = authority->revoke_certificate(one.serial, command.reason, now_s());
    if (!revoked) return fail(revoked.error(), common);
    print_certificate(one, "revoked", common);
  }
  if (!common.json) std::cout << "\ngive " << command.authority << "/revocations to the nodes; one is enough\n";
  return kExitOk;
}

int cert_show_command(const CertCommand& command, const CommonOptions& common) {
  std::error_code ignored;
  const bool has_trust = std::filesystem::exists(command.authority + "/ca.crt", ignored);
  if (command.path.empty()) {
    const auto authority = Authority::open(command.authority);
    if (!authority) return fail(authority.error(), common);
    for (const CertificateInfo& one : authority->trust().authorities.all()) print_certificate(one, "", common);
    const auto issued = authority->issued();
    if (!issued) return fail(issued.error(), common);
    for (const CertificateInfo& one : *issued) {
      const auto* entry = authority->trust().revocations.certificate(one.serial);
      const std::string state = entry != nullptr             ? "revoked: " + entry->reason
                                : one.not_after_s <= now_s() ? "expired"
                                                             : "good";
      print_certificate(one, state, common);
    }
    return kExitOk;
  }
  const auto pem = read_public_file(command.path);
  if (!pem) return fail(pem.error(), common);
  const auto info = read_certificate(*pem);
  if (!info) return fail({info.error().code, command.path + ": " + info.error().message, {}}, common);
  if (!has_trust || info->use == CertificateUse::authority) {
    print_certificate(*info, "", common);
    return kExitOk;
  }
  const auto trust = read_trust(command.authority);
  if (!trust) return fail(trust.error(), common);
  const auto good = trust->authorities.check_peer(*pem, &trust->revocations, now_s());
  print_certificate(*info, good ? "good" : good.error().message, common);
  return good ? kExitOk : fail(good.error(), common);
}

}  // namespace noodle::tools
