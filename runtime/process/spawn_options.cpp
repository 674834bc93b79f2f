#include "runtime/process/lifecycle.hpp"

#include <algorithm>

#include "runtime/values/rope.hpp"

namespace noodle::process {
namespace {

constexpr std::int64_t kSmallestMemory = 4096;
constexpr std::int64_t kSmallestStack = 1024;
constexpr std::size_t kLongestName = 256;

Error bad_value(std::string_view field, const std::string& value, std::string_view accepted) {
  return {
      Code::invalid_argument, "spawn option " + std::string(field) + ": " + value + "; " + std::string(accepted), {}};
}

/// Fields of the object by name; all of them are pointers.
class OptionReader {
 public:
  OptionReader(const vm::Program& program, const vm::Object* options)
      : cls_(program.classes[bytecode::kSpawnOptions]), options_(options) {}

  const vm::Object* field(std::string_view name) const {
    const auto& fields = cls_.def->fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name == name) return options_->pointers()[cls_.pointer_slots[i]];
    }
    return nullptr;
  }
  static std::string text(const vm::Object* value) {
    std::string out(vm::text_bytes(value), '\0');
    vm::copy_text(value, out.data());
    return out;
  }
  /// Sets `out` if the option is given; remembers an error if it is out of range.
  template <class T>
  void number(std::string_view name, std::int64_t least, std::int64_t most, T& out) {
    const vm::Object* value = field(name);
    if (!value || error_) return;
    const std::int64_t n = value->slots()[0].i;
    if (n < least || n > most) {
      error_ =
          bad_value(name, std::to_string(n), "possible are " + std::to_string(least) + " to " + std::to_string(most));
      return;
    }
    out = static_cast<T>(n);
    changed_ = true;
  }
  /// Index of the option's text among `choices`, or `otherwise`.
  std::size_t choice(std::string_view name, std::initializer_list<std::string_view> choices, std::size_t otherwise) {
    const vm::Object* value = field(name);
    if (!value || error_) return otherwise;
    const std::string given = text(value);
    const auto found = std::find(choices.begin(), choices.end(), given);
    if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
    std::string accepted = "possible are";
    for (const std::string_view choice : choices) accepted += " " + std::string(choice);
    error_ = bad_value(name, given, accepted);
    return otherwise;
  }

  bool changed() const { return changed_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  const vm::Class& cls_;
  const vm::Object* options_;
  bool changed_ = false;
  std::optional<Error> error_;
};

}  // namespace

Result<SpawnSettings> read_spawn_options(const ProcessControl& spawner, const vm::Object* options) {
  OptionReader reader(*spawner.process.program, options);
  SpawnSettings settings;
  vm::ProcessLimits limits = spawner.run->settings().limits;
  const auto most = static_cast<std::int64_t>(1) << 62;
  reader.number("memory", kSmallestMemory, most, limits.memory_bytes);
  reader.number("stack", kSmallestStack, vm::ProcessLimits{}.stack_bytes, limits.stack_bytes);
  reader.number("fuel", 1, most, limits.fuel);
  reader.number("fuelPerSecond", 1, most, limits.fuel_per_second);
  reader.number("mailbox", 1, 1 << 24, limits.mailbox_messages);
  reader.number("mailboxBytes", 64, UINT32_MAX, limits.mailbox_bytes);
  reader.number("children", 0, UINT32_MAX, limits.children);
  const std::size_t policy = reader.choice("policy", {"block", "drop_oldest", "error"}, limits.mailbox_policy);
  const bool own_limits = reader.changed() || policy != limits.mailbox_policy;
  limits.mailbox_policy = static_cast<std::uint8_t>(policy);
  settings.priority = static_cast<Priority>(reader.choice("priority", {"high", "normal", "low"}, 1));
  settings.restart = static_cast<Restart>(reader.choice("restart", {"permanent", "transient", "temporary"}, 0));
  if (reader.error()) return *reader.error();
  if (own_limits) settings.limits = limits;
  if (const vm::Object* name = reader.field("name")) {
    settings.name = OptionReader::text(name);
    if (settings.name.empty() || settings.name.size() > kLongestName) {
      return bad_value("name", "`" + settings.name + "`", "a name has 1 to 256 bytes");
    }
  }
  if (const auto* caps = static_cast<const vm::ListObject*>(reader.field("caps"))) {
    std::vector<std::string> texts;
    for (std::int64_t i = 0; i < caps->count; ++i) texts.push_back(OptionReader::text(caps->storage->pointers()[i]));
    const std::vector<std::string_view> wanted(texts.begin(), texts.end());
    auto grants = attenuate(*spawner.grants, wanted);
    if (!grants) return grants.error();
    settings.grants = std::move(*grants);
  }
  return settings;
}

}  // namespace noodle::process
