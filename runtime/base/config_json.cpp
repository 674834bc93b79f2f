#include <algorithm>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_set>
#include <utility>

#include "messages/limits.hpp"
#include "runtime/base/config_file.hpp"

namespace noodle {
namespace {

/// Reads characters and leaves behind how far it got: nlohmann's parser keeps no positions of its own.
struct CountingIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at;
  const char** reached;

  reference operator*() const { return *at; }
  CountingIterator& operator++() {
    *reached = ++at;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at == other.at; }
  bool operator!=(const CountingIterator& other) const { return at != other.at; }
};

struct OpenList {
  std::vector<std::string> texts;
  bool mixed = false;
};

/// Turns parse events into entries; no tree is built, so nesting costs nothing and is bounded here.
class Flattener final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Flattener(std::string_view text, const std::string& file) : text_(text), file_(file), reached_(text.data()) {}

  CountingIterator begin() { return {text_.data(), &reached_}; }
  CountingIterator end() { return {text_.data() + text_.size(), &reached_}; }
  Result<std::vector<ConfigEntry>> result() && {
    if (error_) return *std::move(error_);
    return std::move(entries_);
  }

  bool null() override { return add(ConfigOther{"null"}); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(std::int64_t{value}); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      return add(ConfigOther{"a number that is too large"});
    }
    return add(static_cast<std::int64_t>(value));
  }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override {
    if (!enter()) return false;
    if (in_list()) return skip_nested();
    if (!prefixes_.empty()) entries_.push_back({prefixes_.back() + key_, ConfigSection{}, line_, column_});
    prefixes_.push_back(prefixes_.empty() ? std::string() : prefixes_.back() + key_ + ".");
    return true;
  }
  bool end_object() override {
    --depth_;
    if (!in_list()) prefixes_.pop_back();
    if (skipped_ > 0) --skipped_;
    return true;
  }
  bool start_array(std::size_t) override {
    if (prefixes_.empty()) return fail_here("the file must hold one object");
    if (!enter()) return false;
    if (in_list()) return skip_nested();
    list_.emplace();
    return true;
  }
  bool end_array() override {
    --depth_;
    if (skipped_ > 0) {
      --skipped_;
      return true;
    }
    auto items = std::exchange(list_, std::nullopt);
    if (items->mixed) return add(ConfigOther{"a list with something else than texts"});
    return add(std::move(items->texts));
  }

  bool key(string_t& name) override {
    if (in_list()) return true;
    locate(static_cast<std::size_t>(key_start() - text_.data()));
    key_ = std::move(name);
    if (!seen_.insert(prefixes_.back() + key_).second) return fail("key `" + prefixes_.back() + key_ + "` given twice");
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    locate(std::min(position == 0 ? 0 : position - 1, text_.size()));
    // The parser's own words are left out: they quote the file, which may hold secrets.
    return fail(reached_ == text_.data() + text_.size() ? "JSON ends too early or is malformed here"
                                                        : "JSON is malformed here");
  }

 private:
  bool in_list() const { return list_.has_value(); }
  bool enter() { return ++depth_ <= kMaxConfigNesting || fail_here("nested too deep"); }
  bool skip_nested() {
    list_->mixed = true;
    ++skipped_;
    return true;
  }

  template <class T>
  bool add(T&& value) {
    if (prefixes_.empty()) return fail_here("the file must hold one object");
    if (in_list()) {
      if constexpr (std::is_same_v<std::decay_t<T>, std::string>) {
        if (skipped_ == 0) list_->texts.push_back(std::forward<T>(value));
      } else {
        list_->mixed = true;
      }
      return true;
    }
    entries_.push_back({prefixes_.back() + key_, std::forward<T>(value), line_, column_});
    return true;
  }

  /// The opening quote of the key that was just read.
  const char* key_start() const {
    const char* quote = reached_ - 1;
    const auto escaped = [this](const char* at) {
      const char* slash = at;
      while (slash > text_.data() && slash[-1] == '\\') --slash;
      return (at - slash) % 2 == 1;
    };
    do --quote;
    while (quote > text_.data() && (*quote != '"' || escaped(quote)));
    return quote;
  }

  void locate(std::size_t offset) {
    const std::string_view before = text_.substr(0, offset);
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 = 0
    line_ = static_cast<std::uint32_t>(1 + std::count(before.begin(), before.end(), '\n'));
    column_ = static_cast<std::uint32_t>(1 + offset - line_start);
  }

  bool fail(const std::string& message) {
    if (!error_) error_ = config_syntax_error(file_, line_, column_, message);
    return false;
  }
  bool fail_here(const std::string& message) {
    const auto read = static_cast<std::size_t>(reached_ - text_.data());
    locate(read == 0 ? 0 : read - 1);
    return fail(message);
  }

  std::string_view text_;
  const std::string& file_;
  const char* reached_;
  std::vector<ConfigEntry> entries_;
  std::unordered_set<std::string> seen_;
  std::vector<std::string> prefixes_;  // of the open objects: "", "vm.", ...
  std::optional<OpenList> list_;       // the open list, if any
  int depth_ = 0;
  int skipped_ = 0;  // objects and lists open inside the list
  std::string key_;
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 1;
  std::optional<Error> error_;
};

}  // namespace

Result<std::vector<ConfigEntry>> parse_json_config(std::string_view text, const std::string& file) {
  Flattener flattener(text, file);
  nlohmann::json::sax_parse(flattener.begin(), flattener.end(), &flattener);
  return std::move(flattener).result();
}

}  // namespace noodle
