#include "tools/noodle/cluster/node_settings.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "cluster/security/key_file.hpp"

namespace noodle::tools {
namespace {

namespace fs = std::filesystem;

Error bad_value(const Config& config, std::string_view key, const std::string& what) {
  return {Code::config_bad_value, config.origin(key) + ": `" + std::string(key) + "` " + what, {}};
}

bool is_host_and_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || text.find(' ') != std::string_view::npos) return false;
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + colon + 1, end, port);
  return read.ec == std::errc() && read.ptr == end && port != 0;
}

Result<std::vector<std::string>> labels_of(const Config& config) {
  std::vector<std::string> labels = config.text_list("node.labels");
  for (const std::string& label : labels) {
    const std::size_t equals = label.find('=');
    if (equals == std::string::npos || equals == 0) {
      return bad_value(config, "node.labels", "must hold entries such as zone=a, not `" + label + "`");
    }
  }
  for (const std::string& role : config.text_list("node.roles")) {
    if (role.find('=') != std::string::npos) {
      return bad_value(config, "node.roles", "must hold names such as gateway, not `" + role + "`; see node.labels");
    }
    labels.push_back("role." + role + "=true");
  }
  if (labels.size() > membership::kMaxLabels) {
    return bad_value(config, "node.labels",
                     "and `node.roles` may hold " + std::to_string(membership::kMaxLabels) + " entries together, not " +
                         std::to_string(labels.size()));
  }
  return labels;
}

Result<membership::Settings> membership_of(const Config& config) {
  auto settings = membership::settings_of_profile(config.text("net.profile"));
  if (!settings) return settings;
  const auto take = [&config](std::string_view key, std::int64_t& into) {
    if (const std::int64_t ns = config.duration(key).count(); ns != 0) into = ns;
  };
  take("net.probe_interval", settings->probe_interval_ns);
  take("net.probe_timeout", settings->probe_timeout_ns);
  take("net.suspicion", settings->suspicion_min_ns);
  if (const auto good = membership::check_settings(*settings); !good) {
    std::string_view changed = "net.profile";
    for (const std::string_view key : {"net.probe_interval", "net.probe_timeout", "net.suspicion"}) {
      if (config.origin(key) != "default") changed = key;
    }
    return bad_value(config, changed, "does not fit: " + good.error().message);
  }
  return settings;
}

Error in_file(const std::string& path, const Error& error) {
  return {error.code, path + ": " + error.message, error.details};
}

}  // namespace

Result<NodeSettings> node_settings(const Config& config) {
  NodeSettings settings;
  settings.name = config.text("node.name");
  if (settings.name.size() > membership::kMaxNameBytes) {
    return bad_value(config, "node.name", "may have " + std::to_string(membership::kMaxNameBytes) + " bytes");
  }
  settings.data = config.text("node.data");
  settings.stop_limit = std::chrono::ceil<std::chrono::milliseconds>(config.duration("node.stop_limit"));
  settings.certificate = config.text("net.certificate");
  if (settings.certificate.empty()) {
    return bad_value(config, "net.certificate",
                     "must be given: the file NAME.crt that `noodle cert node NAME` has written");
  }
  const fs::path certificate = settings.certificate;
  settings.key = config.text("net.key");
  if (settings.key.empty()) settings.key = fs::path(certificate).replace_extension(".key").string();
  settings.trust = config.text("net.trust");
  if (settings.trust.empty()) settings.trust = certificate.has_parent_path() ? certificate.parent_path().string() : ".";

  auto labels = labels_of(config);
  if (!labels) return labels.error();
  auto membership = membership_of(config);
  if (!membership) return membership.error();
  actors::MeshOptions& mesh = settings.mesh;
  mesh.labels = std::move(labels).value();
  mesh.membership = *membership;
  mesh.listen = {config.text("net.listen"), static_cast<std::uint16_t>(config.integer("net.port"))};
  mesh.advertise = config.text("net.advertise");
  if ((mesh.listen.host == "0.0.0.0" || mesh.listen.host == "::") && mesh.advertise.empty()) {
    return bad_value(config, "net.listen",
                     "is every address of the machine; say in `net.advertise` which one others are to use");
  }
  mesh.seeds = config.text_list("net.seeds");
  for (const std::string& seed : mesh.seeds) {
    if (is_host_and_port(seed)) continue;
    const std::string hint = seed.find(':') == std::string::npos ? "; did you mean `" + seed + ":7700`?" : "";
    return bad_value(config, "net.seeds", "must hold entries such as 10.0.0.7:7700, not `" + seed + "`" + hint);
  }
  mesh.lease_node = config.text("cluster.lease_node");
  if (mesh.lease_node.size() > membership::kMaxNameBytes) {
    return bad_value(config, "cluster.lease_node", "is no name of a node");
  }
  settings.lease_duration = config.duration("cluster.lease_duration");
  mesh.degree = static_cast<std::size_t>(config.integer("net.degree"));
  mesh.max_message = config.size_bytes("net.max_message");
  mesh.receive_memory = config.size_bytes("net.receive_memory");
  settings.run = run_settings(config);
  settings.plugins = config.text_list("agents.plugins");
  return settings;
}

Result<NodeIdentity> read_identity(const NodeSettings& settings, std::int64_t now_s, std::uint64_t known_revocations) {
  auto certificate = security::read_public_file(settings.certificate);
  if (!certificate) return certificate.error();
  auto key_text = security::read_secret_file(settings.key);
  if (!key_text) return key_text.error();
  auto key = security::read_private_key(key_text->reveal(), settings.key);
  if (!key) return key.error();
  auto trust = security::read_trust(settings.trust, known_revocations);
  if (!trust) return trust.error();
  auto gossip = security::read_secret_file(settings.trust + "/gossip.key");
  if (!gossip) return gossip.error();
  auto info = trust->authorities.check(*certificate, security::CertificateUse::node, &trust->revocations, now_s);
  if (!info) return in_file(settings.certificate, info.error());
  if (info->key != key->public_key()) {
    return Error{Code::key_malformed, settings.key + " is not the key of " + settings.certificate, {}};
  }
  return NodeIdentity{std::move(info).value(),
                      std::move(key).value(),
                      {std::move(certificate).value(), std::move(key_text).value(), std::move(trust).value()},
                      std::move(gossip).value()};
}

std::string default_data_folder(const std::string& name) {
  const auto variable = [](const char* of) {
    const char* value = std::getenv(of);
    return std::string(value == nullptr ? "" : value);
  };
  const std::string shared = variable("XDG_DATA_HOME");
  return (shared.empty() ? variable("HOME") + "/.local/share" : shared) + "/noodle/" + name;
}

}  // namespace noodle::tools
