#include "runtime/run/capability.hpp"

#include <algorithm>
#include <bit>
#include <filesystem>

#include "runtime/base/resource_pattern.hpp"
#include "runtime/vm/capability.hpp"

namespace noodle::process {
namespace {

std::string_view name_of(unsigned capability) {
  return vm::capability_names()[capability];
}

bool is_path(unsigned capability) {
  return names_path(name_of(capability));
}

bool covers_pattern(unsigned capability, std::string_view pattern, std::string_view wanted) {
  return pattern_covers(is_path(capability), pattern, wanted);
}

}  // namespace

std::string text_of(const Grant& grant) {
  return std::string(name_of(grant.capability)) + (grant.pattern.empty() ? "" : ":" + grant.pattern);
}

std::optional<unsigned> capability_index(std::string_view name) {
  const std::uint64_t bit = vm::capability_bit(name);
  if (bit == 0 || bit == vm::kUnknownCapability) return std::nullopt;
  return static_cast<unsigned>(std::countr_zero(bit));
}

std::string normal_path(std::string_view path) {
  std::error_code ignored;
  std::filesystem::path absolute = std::filesystem::absolute(std::filesystem::path(path), ignored);
  std::string normal = absolute.lexically_normal().string();
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

Result<Grant> parse_grant(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const auto capability = capability_index(name);
  if (!capability) {
    return Error{
        Code::capability_unknown, "no such capability: " + std::string(name) + "; see docs/capabilities.md", {}};
  }
  std::string pattern(colon == std::string_view::npos ? "" : text.substr(colon + 1));
  if (pattern == "*") pattern.clear();
  if (!pattern.empty() && is_path(*capability)) pattern = normal_path(pattern);
  return Grant{*capability, std::move(pattern)};
}

Grants::Grants(std::vector<Grant> grants) : grants_(std::move(grants)) {
  for (const Grant& grant : grants_) bits_ |= std::uint64_t{1} << grant.capability;
}

bool Grants::allows(unsigned capability, std::string_view resource) const {
  if (!(bits_ >> capability & 1)) return false;
  const std::string path = is_path(capability) && !resource.empty() ? normal_path(resource) : std::string(resource);
  return std::any_of(grants_.begin(), grants_.end(), [&](const Grant& grant) {
    return grant.capability == capability && (resource.empty() || covers_pattern(capability, grant.pattern, path));
  });
}

bool Grants::covers(const Grant& wanted) const {
  return std::any_of(grants_.begin(), grants_.end(), [&wanted](const Grant& grant) {
    return grant.capability == wanted.capability && covers_pattern(wanted.capability, grant.pattern, wanted.pattern);
  });
}

Result<std::vector<Grant>> parse_grants(std::span<const std::string> texts) {
  std::vector<Grant> grants;
  for (const std::string& text : texts) {
    auto grant = parse_grant(text);
    if (!grant) return grant.error();
    grants.push_back(std::move(grant).value());
  }
  return grants;
}

GrantsPtr entry_grants(std::span<const Grant> more) {
  std::vector<Grant> grants;
  for (const std::string_view name : {"log", "events", "time", "random", "metrics"}) {
    grants.push_back({*capability_index(name), {}});
  }
  grants.insert(grants.end(), more.begin(), more.end());
  return std::make_shared<const Grants>(std::move(grants));
}

Result<GrantsPtr> attenuate(const Grants& held, std::span<const std::string_view> wanted) {
  std::vector<Grant> grants;
  for (const std::string_view text : wanted) {
    auto grant = parse_grant(text);
    if (!grant) return grant.error();
    if (!held.covers(*grant)) {
      return Error{Code::capability_exceeds,
                   "the spawner does not hold " + text_of(*grant) + "; a process can pass on only what it holds",
                   {}};
    }
    grants.push_back(std::move(grant).value());
  }
  return GrantsPtr(std::make_shared<const Grants>(std::move(grants)));
}

Result<void> check_capability(const Grants& held, unsigned capability, std::string_view resource) {
  if (held.allows(capability, resource)) return {};
  const std::string grant = text_of({capability, std::string(resource)});
  return Error{Code::capability_missing,
               "capability " + grant + " is missing; grant it with --allow " + grant + " or in the spawner's caps",
               {}};
}

}  // namespace noodle::process
