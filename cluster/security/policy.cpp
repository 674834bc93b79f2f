#include "cluster/security/policy.hpp"

#include <algorithm>
#include <set>

#include "messages/limits.hpp"
#include "runtime/base/config_file.hpp"
#include "runtime/base/suggest.hpp"

namespace noodle::security {
namespace {

const std::vector<std::string_view> kKeys = {"id",       "effect",    "actions", "resources", "roles",
                                             "subjects", "min_level", "days",    "hours",     "labels"};
constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/// "08:30" as minutes; -1 for anything else.
int minute_of(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 5 || text[2] != ':') return -1;
  for (const std::size_t at : {0, 1, 3, 4}) {
    if (!digit(text[at])) return -1;
  }
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  return hour * 60 + minute <= 24 * 60 && minute < 60 ? hour * 60 + minute : -1;
}

class PolicyReader {
 public:
  explicit PolicyReader(const std::string& file) : file_(file) {}

  Result<std::vector<Rule>> read(const std::vector<ConfigEntry>& entries) {
    bool versioned = false;
    for (const ConfigEntry& entry : entries) {
      if (entry.key == "version") {
        const auto* version = std::get_if<std::int64_t>(&entry.value);
        if (version == nullptr || *version != 1)
          return refuse(entry, "this version of noodle reads policies of version 1");
        versioned = true;
        continue;
      }
      if (auto good = read_entry(entry); !good) return good.error();
    }
    if (!versioned) return Error{Code::policy_invalid, file_ + ":1:1: `version = 1` is missing", {}};
    if (auto good = check_rules(); !good) return good.error();
    return std::move(rules_);
  }

 private:
  Error refuse(const ConfigEntry& entry, const std::string& why) const {
    return {Code::policy_invalid,
            file_ + ":" + std::to_string(entry.line) + ":" + std::to_string(entry.column) + ": " + why,
            {}};
  }

  Result<void> read_entry(const ConfigEntry& entry) {
    // [[rule]] arrives as rule.0.id, rule.1.id ...
    const std::size_t dot = entry.key.find('.');
    const std::size_t second = dot == std::string::npos ? dot : entry.key.find('.', dot + 1);
    if (!entry.key.starts_with("rule.") || second == std::string::npos ||
        !std::all_of(entry.key.begin() + 5, entry.key.begin() + static_cast<std::ptrdiff_t>(second),
                     [](char c) { return c >= '0' && c <= '9'; })) {
      return refuse(entry, "unknown key `" + entry.key + "`; a policy holds `version` and `[[rule]]` tables");
    }
    const std::string number = entry.key.substr(5, second - 5);
    if (number != number_) {
      if (rules_.size() == kMaxPolicyRules) return refuse(entry, "more than 1000 rules");
      number_ = number;
      rules_.emplace_back();
      places_.push_back(&entry);
    }
    return read_key(entry, std::string_view(entry.key).substr(second + 1), rules_.back());
  }

  Result<void> read_key(const ConfigEntry& entry, std::string_view key, Rule& rule) {
    if (key == "id") return read_text(entry, rule.id);
    if (key == "effect") return read_effect(entry, rule);
    if (key == "actions") return read_actions(entry, rule);
    if (key == "resources") return read_list(entry, rule.resources);
    if (key == "roles") return read_list(entry, rule.roles);
    if (key == "subjects") return read_list(entry, rule.subjects);
    if (key == "days") return read_days(entry, rule);
    if (key == "hours") return read_hours(entry, rule);
    if (key == "labels") return read_labels(entry, rule);
    if (key == "min_level") {
      const auto* level = std::get_if<std::int64_t>(&entry.value);
      if (level == nullptr || *level < 0 || *level > kMaxLevel) return refuse(entry, "`min_level` is 0 to 9");
      rule.min_level = static_cast<int>(*level);
      return {};
    }
    std::string why = "unknown key `" + std::string(key) + "`";
    const std::string_view nearest = nearest_name(key, kKeys);
    if (!nearest.empty()) why += "; did you mean `" + std::string(nearest) + "`?";
    return refuse(entry, why);
  }

  Result<void> read_text(const ConfigEntry& entry, std::string& out) {
    const auto* text = std::get_if<std::string>(&entry.value);
    if (text == nullptr || text->empty() || text->size() > 128)
      return refuse(entry, "a text of 1 to 128 bytes is wanted");
    out = *text;
    return {};
  }

  Result<void> read_list(const ConfigEntry& entry, std::vector<std::string>& out) {
    const auto* list = std::get_if<std::vector<std::string>>(&entry.value);
    if (list == nullptr || list->empty())
      return refuse(entry, "a list of texts is wanted; leave the key out for `any`");
    if (list->size() > kMaxRuleItems) return refuse(entry, "more than 64 items");
    for (const std::string& item : *list) {
      if (item.empty() || item.size() > kMaxCapabilityBytes) return refuse(entry, "an item is empty or too long");
    }
    out = *list;
    return {};
  }

  Result<void> read_effect(const ConfigEntry& entry, Rule& rule) {
    std::string text;
    if (auto good = read_text(entry, text); !good) return good;
    if (text == "allow") return rule.effect = Effect::allow, Result<void>();
    if (text == "deny") return rule.effect = Effect::deny, Result<void>();
    if (text == "grant") return rule.effect = Effect::grant, Result<void>();
    return refuse(entry, "`effect` is allow, deny or grant, not `" + text + "`");
  }

  Result<void> read_actions(const ConfigEntry& entry, Rule& rule) {
    if (auto good = read_list(entry, rule.actions); !good) return good;
    for (const std::string& action : rule.actions) {
      if (!is_action(action))
        return refuse(entry, "`" + action + "` is no action; write `cluster.admin` or `cluster.*`");
    }
    return {};
  }

  Result<void> read_days(const ConfigEntry& entry, Rule& rule) {
    std::vector<std::string> days;
    if (auto good = read_list(entry, days); !good) return good;
    rule.days = {};
    for (const std::string& day : days) {
      const auto found = std::find(kDays.begin(), kDays.end(), day);
      if (found == kDays.end()) return refuse(entry, "days are mon, tue, wed, thu, fri, sat, sun; not `" + day + "`");
      rule.days[static_cast<std::size_t>(found - kDays.begin())] = true;
    }
    return {};
  }

  Result<void> read_hours(const ConfigEntry& entry, Rule& rule) {
    std::string text;
    if (auto good = read_text(entry, text); !good) return good;
    const std::size_t dash = text.find('-');
    rule.from_minute = dash == std::string::npos ? -1 : minute_of(std::string_view(text).substr(0, dash));
    rule.to_minute = dash == std::string::npos ? -1 : minute_of(std::string_view(text).substr(dash + 1));
    if (rule.from_minute < 0 || rule.to_minute < 0 || rule.from_minute == rule.to_minute) {
      return refuse(entry, "`hours` are written 08:00-18:00 (UTC)");
    }
    return {};
  }

  Result<void> read_labels(const ConfigEntry& entry, Rule& rule) {
    std::vector<std::string> labels;
    if (auto good = read_list(entry, labels); !good) return good;
    for (const std::string& label : labels) {
      const std::size_t equals = label.find('=');
      if (equals == std::string::npos || equals == 0) return refuse(entry, "labels are written NAME=VALUE");
      rule.labels[label.substr(0, equals)] = label.substr(equals + 1);
    }
    return {};
  }

  Result<void> check_rules() {
    std::set<std::string_view> ids;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const Rule& rule = rules_[i];
      if (rule.id.empty()) return refuse(*places_[i], "the rule has no `id`; the audit log names rules by it");
      if (!ids.insert(rule.id).second) return refuse(*places_[i], "the id `" + rule.id + "` is taken");
      if (rule.effect == Effect::grant && rule.roles.empty() && rule.subjects.empty()) {
        return refuse(*places_[i], "a grant must name `roles` or `subjects`; it would be for everybody");
      }
    }
    return {};
  }

  const std::string& file_;
  std::string number_;
  std::vector<Rule> rules_;
  std::vector<const ConfigEntry*> places_;  // where each rule begins
};

}  // namespace

Policy Policy::capabilities_only() {
  Policy policy;
  policy.rules_.emplace_back().id = "capabilities";
  return policy;
}

Result<Policy> Policy::read(std::string_view toml, const std::string& file) {
  if (toml.size() > kMaxConfigBytes) return Error{Code::policy_invalid, file + ":1:1: larger than 1 MiB", {}};
  auto entries = parse_toml_config(toml, file);
  if (!entries) return Error{Code::policy_invalid, entries.error().message, {}};
  auto rules = PolicyReader(file).read(*entries);
  if (!rules) return rules.error();
  Policy policy;
  policy.rules_ = std::move(rules).value();
  return policy;
}

}  // namespace noodle::security
