#include "tools/up/cluster_file.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "cluster/security/key_file.hpp"
#include "runtime/base/config_file.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/base/options.hpp"
#include "runtime/base/suggest.hpp"

namespace noodle::up {
namespace {

constexpr std::size_t kMaxNameBytes = 48;  // with a number behind it still a name of a certificate

/// What `noodle up` decides by itself.
constexpr std::string_view kOwnKeys[] = {"net.listen",      "net.port", "net.advertise", "net.seeds", "net.profile",
                                         "net.certificate", "net.key",  "net.trust",     "log.file"};

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes && std::isalnum(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_' || c == '.'; });
}

/// A [[node]] table, as far as it was read.
struct Group {
  PlannedNode node;
  std::size_t count = 0;  // 0: one node without a number
  ConfigEntry place;
};

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  Result<ClusterFile> read(const std::vector<ConfigEntry>& entries) {
    for (const ConfigEntry& entry : entries) {
      const std::string_view key = entry.key;
      const bool is_section = std::holds_alternative<ConfigSection>(entry.value);
      if (key == "cluster" && is_section) continue;
      const Result<void> taken = key.starts_with("cluster.") ? cluster_key(entry)
                                 : key.starts_with("node.")  ? node_key(entry)
                                                             : setting(entry, is_section);
      if (!taken) return taken.error();
    }
    if (result_.name.empty()) return missing("[cluster] has no `name`");
    if (groups_.empty()) return missing("there is no [[node]]");
    for (const Group& group : groups_) {
      if (const auto added = add(group); !added) return added.error();
    }
    return std::move(result_);
  }

 private:
  Error missing(const std::string& what) const { return {Code::cluster_invalid, file_ + ": " + what, {}}; }
  Error at(const ConfigEntry& entry, const std::string& what) const {
    return {Code::cluster_invalid,
            file_ + ":" + std::to_string(entry.line) + ":" + std::to_string(entry.column) + ": " + what,
            {}};
  }
  Error unknown(const ConfigEntry& entry, std::string_view key, const std::vector<std::string_view>& known) const {
    const std::string_view near = nearest_name(key, known);
    return at(entry, "unknown key `" + entry.key + "`" +
                         (near.empty() ? std::string() : "; did you mean `" + std::string(near) + "`?"));
  }

  Result<void> cluster_key(const ConfigEntry& entry) {
    const std::string key = entry.key.substr(8);
    const auto* text = std::get_if<std::string>(&entry.value);
    if (key == "name") {
      if (text == nullptr || !is_name(*text)) {
        return at(entry, "`name` must be letters, digits, `-`, `_` and `.`, at most " + std::to_string(kMaxNameBytes));
      }
      result_.name = *text;
    } else if (key == "profile") {
      if (text == nullptr || (*text != "local" && *text != "lan" && *text != "wan")) {
        return at(entry, "`profile` must be one of local, lan and wan");
      }
      result_.profile = *text;
    } else {
      return setting(entry, false);
    }
    return {};
  }

  /// "node.2.labels" of the third [[node]].
  Result<void> node_key(const ConfigEntry& entry) {
    const std::string_view rest = std::string_view(entry.key).substr(5);
    std::size_t index = 0;
    const auto number = std::from_chars(rest.data(), rest.data() + rest.size(), index);
    if (number.ec != std::errc() || *number.ptr != '.') {
      return at(entry, "`" + entry.key + "`: nodes are written as [[node]], with double brackets");
    }
    if (index >= kMaxLocalNodes) return at(entry, "more than " + std::to_string(kMaxLocalNodes) + " [[node]]");
    if (index >= groups_.size()) groups_.resize(index + 1);
    Group& group = groups_[index];
    if (group.place.key.empty()) group.place = entry;
    const std::string_view key = rest.substr(static_cast<std::size_t>(number.ptr - rest.data()) + 1);
    if (key == "name") {
      const auto* text = std::get_if<std::string>(&entry.value);
      if (text == nullptr || !is_name(*text)) {
        return at(entry, "`name` must be letters, digits, `-`, `_` and `.`, at most " + std::to_string(kMaxNameBytes));
      }
      group.node.name = *text;
    } else if (key == "count") {
      const auto* count = std::get_if<std::int64_t>(&entry.value);
      if (count == nullptr || *count < 1 || *count > static_cast<std::int64_t>(kMaxLocalNodes)) {
        return at(entry, "`count` must be an integer from 1 to " + std::to_string(kMaxLocalNodes));
      }
      group.count = static_cast<std::size_t>(*count);
    } else if (key == "labels" || key == "roles") {
      const auto* list = std::get_if<std::vector<std::string>>(&entry.value);
      if (list == nullptr) return at(entry, "`" + std::string(key) + "` must be a list of texts");
      const bool labels = key == "labels";
      for (const std::string& one : *list) {
        const std::size_t equals = one.find('=');
        if (labels && (equals == std::string::npos || equals == 0)) {
          return at(entry, "`labels` must hold entries such as zone=a, not `" + one + "`");
        }
        if (!labels && !is_name(one)) return at(entry, "`roles` must hold names, not `" + one + "`");
      }
      (labels ? group.node.labels : group.node.roles) = *list;
    } else {
      return unknown(entry, key, {"name", "count", "labels", "roles"});
    }
    return {};
  }

  Result<void> setting(const ConfigEntry& entry, bool is_section) {
    if (std::find(std::begin(kOwnKeys), std::end(kOwnKeys), entry.key) != std::end(kOwnKeys)) {
      return at(entry, "`" + entry.key + "` is chosen by `noodle up`, node by node");
    }
    std::vector<std::string_view> known = {"cluster.name", "cluster.profile"};
    for (const Option& option : node_options()) {
      if (is_section && option.key.starts_with(entry.key + ".")) return {};
      if (option.key == entry.key) return typed_setting(entry, option);
      known.push_back(option.key);
    }
    if (is_section) {
      return unknown(entry, entry.key, {"cluster", "node", "net", "agents", "vm", "log"});
    }
    return unknown(entry, entry.key, known);
  }

  Result<void> typed_setting(const ConfigEntry& entry, const Option& option) {
    std::string text, written;
    if (const auto* integer = std::get_if<std::int64_t>(&entry.value)) text = written = std::to_string(*integer);
    if (const auto* truth = std::get_if<bool>(&entry.value)) text = written = *truth ? "true" : "false";
    if (const auto* real = std::get_if<double>(&entry.value)) {
      append_json_number(text, *real);
      written = text;
    }
    if (const auto* one = std::get_if<std::string>(&entry.value)) {
      text = *one;
      written = json_string(*one);
    }
    if (const auto* list = std::get_if<std::vector<std::string>>(&entry.value)) {
      for (const std::string& item : *list) {
        text += (text.empty() ? "" : ",") + item;
        written += (written.empty() ? "" : ", ") + json_string(item);
      }
      written = "[" + written + "]";
    }
    const auto value = parse_option(option, text);
    if (written.empty() || !value) {
      return at(entry, value ? "`" + entry.key + "` must be " + expectation(option) : value.error().message);
    }
    result_.settings += entry.key + " = " + written + "\n";
    return {};
  }

  Result<void> add(const Group& group) {
    if (group.node.name.empty()) {
      return group.place.key.empty() ? missing("a [[node]] is empty; it needs a `name`")
                                     : at(group.place, "this [[node]] has no `name`");
    }
    for (std::size_t i = 1; i <= std::max<std::size_t>(group.count, 1); ++i) {
      PlannedNode node = group.node;
      if (group.count != 0) node.name += std::to_string(i);
      if (!names_.insert(node.name).second) return at(group.place, "there are two nodes named `" + node.name + "`");
      result_.nodes.push_back(std::move(node));
    }
    if (result_.nodes.size() > kMaxLocalNodes) {
      return at(group.place, "more than " + std::to_string(kMaxLocalNodes) + " nodes");
    }
    return {};
  }

  const std::string& file_;
  ClusterFile result_;
  std::vector<Group> groups_;
  std::set<std::string> names_;
};

}  // namespace

Result<ClusterFile> read_cluster_file(const std::string& path) {
  const auto text = security::read_public_file(path);
  if (!text) return text.error();
  return parse_cluster_file(*text, path);
}

Result<ClusterFile> parse_cluster_file(std::string_view text, const std::string& file) {
  const auto entries = parse_toml_config(text, file);
  if (!entries) return entries.error();
  return Reader(file).read(*entries);
}

std::vector<PlannedNode> with_count(std::vector<PlannedNode> nodes, std::size_t count) {
  if (nodes.size() >= count) {
    nodes.resize(count);
    return nodes;
  }
  std::set<std::string> names;
  for (const PlannedNode& node : nodes) names.insert(node.name);
  PlannedNode like = nodes.back();
  const std::size_t digits = like.name.find_last_not_of("0123456789") + 1;
  std::uint64_t number = 1;
  std::from_chars(like.name.data() + digits, like.name.data() + like.name.size(), number);
  const std::string base = like.name.substr(0, digits);
  while (nodes.size() < count) {
    like.name = base + std::to_string(++number);
    if (names.insert(like.name).second) nodes.push_back(like);
  }
  return nodes;
}

}  // namespace noodle::up
