#include "runtime/debugger/arguments.hpp"

#include <nlohmann/json.hpp>

namespace noodle::debugger {

using nlohmann::json;

namespace {

const json* find(const void* value, const char* name) {
  const json& object = *static_cast<const json*>(value);
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

const json& require(const void* value, const char* name, bool (*is_right)(const json&), const char* what) {
  const json* found = find(value, name);
  if (!found) refuse("`" + std::string(name) + "` is missing");
  if (!is_right(*found)) refuse("`" + std::string(name) + "` is " + what);
  return *found;
}

bool is_text(const json& value) {
  return value.is_string();
}
bool is_number(const json& value) {
  // Within what JSON numbers hold exactly.
  if (value.is_number_unsigned()) return value.get<std::uint64_t>() < std::uint64_t{1} << 53;
  return value.is_number_integer();
}
bool is_list(const json& value) {
  return value.is_array();
}
bool is_object(const json& value) {
  return value.is_object();
}
bool is_flag(const json& value) {
  return value.is_boolean();
}

}  // namespace

void refuse(std::string text) {
  throw Refusal{std::move(text)};
}

struct Arguments::Json {
  json value;
};

Arguments::Arguments(const std::string& text)
    : owner_(std::make_shared<const Json>(Json{json::parse(text, nullptr, false)})), value_(&owner_->value) {}

bool Arguments::has(const char* name) const {
  return find(value_, name) != nullptr;
}

std::string Arguments::text(const char* name) const {
  return require(value_, name, is_text, "a text").get<std::string>();
}

std::string Arguments::text(const char* name, std::string otherwise) const {
  return has(name) ? text(name) : std::move(otherwise);
}

std::int64_t Arguments::number(const char* name) const {
  return require(value_, name, is_number, "a whole number").get<std::int64_t>();
}

std::int64_t Arguments::number(const char* name, std::int64_t otherwise) const {
  return has(name) ? number(name) : otherwise;
}

bool Arguments::flag(const char* name, bool otherwise) const {
  return has(name) ? require(value_, name, is_flag, "true or false").get<bool>() : otherwise;
}

std::vector<std::string> Arguments::texts(const char* name) const {
  std::vector<std::string> out;
  if (!has(name)) return out;
  for (const json& item : require(value_, name, is_list, "a list of texts")) {
    if (!item.is_string()) refuse("`" + std::string(name) + "` is a list of texts");
    out.push_back(item.get<std::string>());
  }
  return out;
}

std::vector<Arguments> Arguments::list(const char* name) const {
  std::vector<Arguments> out;
  if (!has(name)) return out;
  for (const json& item : require(value_, name, is_list, "a list")) out.push_back(Arguments(owner_, &item));
  return out;
}

Arguments Arguments::object(const char* name) const {
  return {owner_, &require(value_, name, is_object, "an object")};
}

}  // namespace noodle::debugger
