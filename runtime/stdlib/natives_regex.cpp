// std.text.Regex: patterns are compiled once per thread and kept by their text; searches go on over several slices.
#include <algorithm>
#include <list>
#include <unordered_map>

#include "runtime/natives/native_call.hpp"
#include "runtime/stdlib/regex/regex.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/values/utf8.hpp"
#include "runtime/vm/roots.hpp"

namespace noodle::stdlib {
namespace {

using vm::NativeContext;
using vm::NativeStatus;

constexpr std::size_t kLargestPattern = 4096;
constexpr std::size_t kKeptPatterns = 64;
constexpr std::size_t kKeptInstructions = 50'000;
constexpr std::uint64_t kWorkPerFuel = 8;
constexpr std::uint64_t kStepWork = 4096;

/// The patterns this thread used last.
class RegexCache {
 public:
  Result<std::shared_ptr<const Regex>> get(std::string_view pattern) {
    const auto it = index_.find(pattern);
    if (it != index_.end()) {
      entries_.splice(entries_.begin(), entries_, it->second);
      return it->second->regex;
    }
    if (pattern.size() > kLargestPattern) {
      return Error{Code::invalid_argument, "regular expression: pattern is longer than 4096 bytes", {}};
    }
    auto regex = Regex::compile(pattern);
    if (!regex) return regex.error();
    entries_.push_front({std::string(pattern), *regex});
    index_.emplace(entries_.front().pattern, entries_.begin());
    instructions_ += (*regex)->program().size();
    while (entries_.size() > 1 && (entries_.size() > kKeptPatterns || instructions_ > kKeptInstructions)) {
      instructions_ -= entries_.back().regex->program().size();
      index_.erase(entries_.back().pattern);
      entries_.pop_back();
    }
    return regex;
  }

 private:
  struct Entry {
    std::string pattern;
    std::shared_ptr<const Regex> regex;
  };
  std::list<Entry> entries_;  // last used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> index_;
  std::size_t instructions_ = 0;
};

Result<std::shared_ptr<const Regex>> compiled(NativeContext& native, std::string_view pattern) {
  thread_local RegexCache cache;
  native.charge(1 + pattern.size() / 64);
  return cache.get(pattern);
}

NativeStatus names(NativeContext& native) {
  std::string_view pattern;
  if (!vm::text_at(native, 0, pattern)) return NativeStatus::trap;
  native.charge(pattern.size());
  const auto regex = compiled(native, pattern);
  if (!regex) return native.trap(regex.error().code, regex.error().message);
  const auto& all = (*regex)->names();
  native.p[0] = vm::new_list(native.process, vm::result_type(native), static_cast<std::int64_t>(all.size()));
  if (!native.p[0]) return NativeStatus::trap;
  for (const std::string& name : all) {
    vm::Object* text = vm::new_string(native.process, name);
    if (!text) return NativeStatus::trap;
    vm::ListObject* list = vm::list_at(native, 0);
    list->storage->pointers()[list->count++] = text;
  }
  return NativeStatus::ok;
}

/// A search that did not end within one slice.
struct Search final : vm::RootSource {
  Search(std::shared_ptr<const Regex> regex, std::size_t from, RegexRun::Mode mode)
      : run(std::move(regex), from, mode) {}
  void visit_roots(vm::RootVisitor&) override {}
  RegexRun run;
};

// (pattern, text, from, whole)
NativeStatus run(NativeContext& native) {
  std::string_view text;
  if (!vm::text_at(native, 1, text)) return NativeStatus::trap;
  vm::Process& process = native.process;
  if (!process.native_state) {
    std::string_view pattern;
    if (!vm::text_at(native, 0, pattern)) return NativeStatus::trap;
    const auto regex = compiled(native, pattern);
    if (!regex) return native.trap(regex.error().code, regex.error().message);
    if (!vm::text_at(native, 1, text)) return NativeStatus::trap;  // may have moved
    const auto size = static_cast<std::int64_t>(text.size());
    auto from = static_cast<std::size_t>(std::clamp<std::int64_t>(native.s[0].i, 0, size));
    while (from < text.size() && vm::is_continuation(text[from])) ++from;
    process.native_state =
        std::make_unique<Search>(*regex, from, native.s[1].i ? RegexRun::Mode::whole : RegexRun::Mode::search);
  }
  RegexRun& search = static_cast<Search&>(*process.native_state).run;
  while (true) {
    const std::uint64_t before = search.work_done();
    const bool done = search.step(text, kStepWork);
    native.charge((search.work_done() - before) / kWorkPerFuel);
    if (done) break;
    if (vm::out_of_slice(native)) return NativeStatus::again;
  }
  const std::vector<std::int32_t> slots = search.slots();
  vm::end_steps(process);
  native.p[0] = vm::new_list(process, vm::result_type(native), static_cast<std::int64_t>(slots.size()));
  if (!native.p[0]) return NativeStatus::trap;
  vm::ListObject* list = vm::list_at(native, 0);
  for (const std::int32_t slot : slots) list->storage->slots()[list->count++].i = slot;
  return NativeStatus::ok;
}

std::size_t offset_argument(const NativeContext& native, unsigned s, std::string_view text) {
  return static_cast<std::size_t>(std::clamp<std::int64_t>(native.s[s].i, 0, static_cast<std::int64_t>(text.size())));
}

NativeStatus byte_offset(NativeContext& native) {
  std::string_view text;
  if (!vm::text_at(native, 0, text)) return NativeStatus::trap;
  const std::int64_t position = std::max<std::int64_t>(native.s[0].i, 0);
  const bool ascii = static_cast<vm::StringObject*>(native.p[0])->is_ascii();
  const std::size_t offset =
      ascii ? offset_argument(native, 0, text) : vm::offset_of_code_point(text, static_cast<std::size_t>(position));
  if (!ascii) native.charge(offset / vm::kBytesPerFuelUnit);
  return vm::give_int(native, static_cast<std::int64_t>(offset));
}

NativeStatus count(NativeContext& native) {
  std::string_view text;
  if (!vm::text_at(native, 0, text)) return NativeStatus::trap;
  const std::size_t from = offset_argument(native, 0, text);
  const std::size_t to = std::max(from, offset_argument(native, 1, text));
  if (static_cast<vm::StringObject*>(native.p[0])->is_ascii()) {
    return vm::give_int(native, static_cast<std::int64_t>(to - from));
  }
  native.charge((to - from) / vm::kBytesPerFuelUnit);
  return vm::give_int(native, static_cast<std::int64_t>(vm::count_code_points(text.substr(from, to - from))));
}

NativeStatus next(NativeContext& native) {
  std::string_view text;
  if (!vm::text_at(native, 0, text)) return NativeStatus::trap;
  std::size_t at = offset_argument(native, 0, text);
  const std::size_t step = at < text.size() ? vm::utf8_size(static_cast<std::uint8_t>(text[at])) : 1;
  return vm::give_int(native, static_cast<std::int64_t>(at + step));
}

NativeStatus slice(NativeContext& native) {
  std::string_view text;
  if (!vm::text_at(native, 0, text)) return NativeStatus::trap;
  std::size_t from = offset_argument(native, 0, text);
  std::size_t to = std::max(from, offset_argument(native, 1, text));
  if (from == 0 && to == text.size()) return NativeStatus::ok;
  while (from < to && vm::is_continuation(text[from])) ++from;
  while (to < text.size() && vm::is_continuation(text[to])) ++to;
  const std::string_view part = text.substr(from, to - from);
  const std::size_t points =
      static_cast<vm::StringObject*>(native.p[0])->is_ascii() ? part.size() : vm::count_code_points(part);
  vm::StringObject* result = vm::new_blank_string(native.process, part.size(), points);
  if (!result) return NativeStatus::trap;
  std::memcpy(result->data(), static_cast<vm::StringObject*>(native.p[0])->data() + from, to - from);
  native.charge((to - from) / vm::kBytesPerFuelUnit);
  return vm::give(native, result);
}

constexpr vm::NativeEntry kTable[] = {
    {"regex.names", "(String)List<String>", names},
    {"regex.run", "(String, String, int, bool)List<int>", run},
    {"regex.byteOffset", "(String, int)int", byte_offset},
    {"regex.count", "(String, int, int)int", count},
    {"regex.next", "(String, int)int", next},
    {"regex.slice", "(String, int, int)String", slice},
};

}  // namespace

NativeTable regex_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
