// From pattern text to program: recursive descent into a tree, then code.
#include <algorithm>
#include <map>
#include <optional>

#include "runtime/stdlib/code_points.hpp"
#include "runtime/stdlib/regex/regex.hpp"
#include "runtime/values/utf8.hpp"

namespace noodle::stdlib {
namespace {

using Op = RegexInstruction::Op;

constexpr std::size_t kMaxInstructions = 10'000;
constexpr std::size_t kMaxSlotCells = 200'000;  // threads times slots: memory of a run
constexpr std::uint32_t kMaxGroups = 100;
constexpr int kMaxDepth = 100;
constexpr int kMaxRepeat = 1000;

struct Node {
  enum class Kind : std::uint8_t { empty, character, any, char_class, check, group, sequence, choice, repeat };
  Kind kind = Kind::empty;
  std::uint32_t value = 0;  // character, class index, check, group number
  int least = 0, most = 0;  // repeat; most -1: no limit
  bool greedy = true;
  bool captures = false;
  std::vector<Node> kids{};
};

}  // namespace

class RegexCompiler {
 public:
  explicit RegexCompiler(std::string_view pattern) : pattern_(pattern) {}

  Result<std::shared_ptr<const Regex>> run() {
    flags();
    Node root = choice(0);
    if (error_.empty() && at_ < pattern_.size()) fail("`)` without `(`");
    if (error_.empty()) {
      regex_->slot_count_ = 2 * (groups_ + 1);
      emit({Op::save, 0, 0});
      generate(root);
      emit({Op::save, 1, 0});
      emit({Op::match, 0, 0});
      if (regex_->program_.size() * regex_->slot_count_ > kMaxSlotCells) fail("pattern is too large");
    }
    if (!error_.empty()) {
      return Error{Code::invalid_argument,
                   "regular expression: " + error_ + " at position " +
                       std::to_string(vm::count_code_points(pattern_.substr(0, error_at_))),
                   {}};
    }
    find_first_byte();
    return std::shared_ptr<const Regex>(regex_);
  }

 private:
  // ---- reading
  bool more() const { return at_ < pattern_.size() && error_.empty(); }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0'; }
  bool accept(std::string_view text) {
    if (pattern_.substr(at_, text.size()) != text) return false;
    at_ += text.size();
    return true;
  }
  void fail(std::string message, std::optional<std::size_t> at = {}) {
    if (!error_.empty()) return;
    error_ = std::move(message);
    error_at_ = at.value_or(at_);
  }
  std::uint32_t code_point() {
    const std::uint32_t c = vm::decode_code_point(pattern_, at_);
    at_ += vm::utf8_size(static_cast<std::uint8_t>(pattern_[at_]));
    return c;
  }

  void flags() {
    while (pattern_.substr(at_, 2) == "(?" && peek(2) >= 'a' && peek(2) <= 'z') {
      std::size_t end = at_ + 2;
      while (end < pattern_.size() && (pattern_[end] == 'i' || pattern_[end] == 'm' || pattern_[end] == 's')) ++end;
      if (end >= pattern_.size() || pattern_[end] != ')') return;  // reported as a malformed group
      for (std::size_t i = at_ + 2; i < end; ++i) {
        ignore_case_ |= pattern_[i] == 'i';
        multi_line_ |= pattern_[i] == 'm';
        dot_all_ |= pattern_[i] == 's';
      }
      at_ = end + 1;
    }
  }

  // ---- syntax
  Node choice(int depth) {
    if (depth > kMaxDepth) fail("nesting deeper than 100");
    Node node{.kind = Node::Kind::choice};
    node.kids.push_back(sequence(depth));
    while (more() && accept("|")) node.kids.push_back(sequence(depth));
    return node.kids.size() == 1 ? std::move(node.kids[0]) : std::move(node);
  }

  Node sequence(int depth) {
    Node node{.kind = Node::Kind::sequence};
    while (more() && peek() != '|' && peek() != ')') node.kids.push_back(repetition(depth));
    return node;
  }

  Node repetition(int depth) {
    Node node = atom(depth);
    while (more()) {
      const std::size_t start = at_;
      int least = 0;
      int most = -1;
      if (accept("*")) {
      } else if (accept("+")) {
        least = 1;
      } else if (accept("?")) {
        most = 1;
      } else if (peek() == '{' && peek(1) >= '0' && peek(1) <= '9') {
        ++at_;
        least = most = number(start);
        if (accept(",")) most = peek() == '}' ? -1 : number(start);
        if (!accept("}")) fail("`}` expected");
        if (most >= 0 && most < least) fail("repetition with maximum below minimum", start);
      } else {
        break;
      }
      if (node.kind == Node::Kind::repeat) fail("repetition of a repetition", start);
      Node outer{.kind = Node::Kind::repeat, .least = least, .most = most, .greedy = !accept("?")};
      outer.kids.push_back(std::move(node));
      node = std::move(outer);
    }
    return node;
  }

  int number(std::size_t start) {
    int value = 0;
    if (peek() < '0' || peek() > '9') fail("number expected");
    while (peek() >= '0' && peek() <= '9') {
      value = value * 10 + (peek() - '0');
      ++at_;
      if (value > kMaxRepeat) {
        fail("repetition over 1000", start);
        return 0;
      }
    }
    return value;
  }

  Node atom(int depth) {
    switch (peek()) {
      case '(':
        return group(depth);
      case '[':
        return bracket();
      case '.':
        ++at_;
        return dot_all_ ? Node{.kind = Node::Kind::any} : class_node({{{0, 9}, {11, CharClass::kLast}}});
      case '^':
        ++at_;
        return check(multi_line_ ? RegexInstruction::line_start : RegexInstruction::text_start);
      case '$':
        ++at_;
        return check(multi_line_ ? RegexInstruction::line_end : RegexInstruction::text_end);
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
        fail("nothing to repeat");
        return {};
      default:
        return literal(code_point());
    }
  }

  Node group(int depth) {
    const std::size_t start = at_++;
    Node node{.kind = Node::Kind::group};
    std::string_view name;
    if (accept("?:")) {
    } else if (peek() == '?') {
      at_ += peek(1) == 'P' ? 2 : 1;
      const std::size_t close = pattern_.find('>', at_);
      if (peek() != '<' || peek(1) == '=' || peek(1) == '!' || close == std::string_view::npos) {
        fail("unknown group; write ( ), (?: ) or (?<name> )", start);
        return node;
      }
      name = pattern_.substr(at_ + 1, close - at_ - 1);
      at_ = close + 1;
      node.captures = true;
    } else {
      node.captures = true;
    }
    if (node.captures) {
      node.value = ++groups_;
      regex_->names_.emplace_back(name);
      if (groups_ > kMaxGroups) fail("more than 100 groups");
    }
    node.kids.push_back(choice(depth + 1));
    if (!accept(")")) fail("group is not closed", start);
    return node;
  }

  static Node check(std::uint32_t kind) { return Node{.kind = Node::Kind::check, .value = kind}; }

  Node literal(std::uint32_t c) {
    if (!ignore_case_ || (to_lower(c) == c && to_upper(c) == c)) return Node{.kind = Node::Kind::character, .value = c};
    return class_node({{{c, c}, {to_lower(c), to_lower(c)}, {to_upper(c), to_upper(c)}}});
  }

  Node class_node(CharClass set) {
    set.normalise();
    regex_->classes_.push_back(std::move(set));
    return Node{.kind = Node::Kind::char_class, .value = static_cast<std::uint32_t>(regex_->classes_.size() - 1)};
  }

  Node escape() {
    ++at_;
    switch (peek()) {
      case 'b':
        ++at_;
        return check(RegexInstruction::word_boundary);
      case 'B':
        ++at_;
        return check(RegexInstruction::not_word_boundary);
      case 'A':
        ++at_;
        return check(RegexInstruction::text_start);
      case 'z':
        ++at_;
        return check(RegexInstruction::text_end);
      default:
        break;
    }
    CharClass set;
    if (class_escape(set)) return class_node(std::move(set));
    const std::optional<std::uint32_t> c = character_escape();
    return c ? literal(*c) : Node{};
  }

  /// \d \w \s, their complements, \p{L} and its like; `at_` behind the backslash.
  bool class_escape(CharClass& set) {
    const char c = peek();
    if (c == 'd' || c == 'D' || c == 'w' || c == 'W' || c == 's' || c == 'S') {
      ++at_;
      set.add_named(c);
      return true;
    }
    if (c != 'p' && c != 'P') return false;
    const std::size_t close = pattern_.find('}', at_);
    if (peek(1) != '{' || close == std::string_view::npos) {
      fail("write \\p{L}, \\p{Lu}, \\p{Ll}, \\p{Nd} or \\p{Z}");
      return true;
    }
    const std::string_view name = pattern_.substr(at_ + 2, close - at_ - 2);
    CharClass named;
    if (!add_property(name, named.ranges)) fail("unknown property `" + std::string(name) + "`; known: L Lu Ll Nd Z");
    if (c == 'P') named.invert();
    set.ranges.insert(set.ranges.end(), named.ranges.begin(), named.ranges.end());
    at_ = close + 1;
    return true;
  }

  std::optional<std::uint32_t> character_escape() {
    if (at_ >= pattern_.size()) {
      fail("backslash at the end", at_ - 1);
      return {};
    }
    const char c = peek();
    if (c == 'x' || c == 'u') return hexadecimal();
    static const std::map<char, std::uint32_t> kControls = {{'n', '\n'}, {'t', '\t'}, {'r', '\r'},
                                                            {'f', '\f'}, {'v', '\v'}, {'0', 0}};
    if (const auto it = kControls.find(c); it != kControls.end()) {
      ++at_;
      return it->second;
    }
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      fail(std::string("unknown escape \\") + c + (c >= '1' && c <= '9' ? "; there are no back references" : ""),
           at_ - 1);
      return {};
    }
    return code_point();
  }

  /// \xHH, \x{H...}, \u{H...}
  std::optional<std::uint32_t> hexadecimal() {
    ++at_;
    const bool braces = accept("{");
    std::uint32_t value = 0;
    int count = 0;
    while (count < (braces ? 6 : 2) && std::isxdigit(static_cast<unsigned char>(peek()))) {
      const char c = peek();
      value = value * 16 + static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
      ++at_;
      ++count;
    }
    if (count == 0 || (!braces && count != 2) || (braces && !accept("}")) || value > CharClass::kLast) {
      fail("malformed hexadecimal escape");
      return {};
    }
    return value;
  }

  Node bracket() {
    const std::size_t start = at_++;
    const bool negated = accept("^");
    CharClass set;
    bool first = true;
    while (error_.empty()) {
      if (at_ >= pattern_.size()) {
        fail("class is not closed", start);
        break;
      }
      if (peek() == ']' && !first) {
        ++at_;
        break;
      }
      first = false;
      const std::size_t member_start = at_;
      const std::optional<std::uint32_t> low = member(set);
      if (!low) continue;
      std::uint32_t high = *low;
      if (peek() == '-' && peek(1) != ']' && at_ + 1 < pattern_.size()) {
        ++at_;
        const std::optional<std::uint32_t> end = member(set);
        if (!end || *end < *low) {
          fail("range out of order", member_start);
          break;
        }
        high = *end;
      }
      set.ranges.push_back({*low, high});
      if (ignore_case_) set.add_cases(*low, high);
    }
    if (negated) set.invert();
    return class_node(std::move(set));
  }

  /// One member of a class: a code point, or nothing after adding a named class.
  std::optional<std::uint32_t> member(CharClass& set) {
    if (peek() != '\\') return code_point();
    ++at_;
    if (class_escape(set)) return {};
    if (accept("b")) return 8;
    return character_escape();
  }

  // ---- code
  std::uint32_t here() const { return static_cast<std::uint32_t>(regex_->program_.size()); }
  std::uint32_t emit(RegexInstruction instruction) {
    if (regex_->program_.size() >= kMaxInstructions) {
      fail("pattern is too large");
      return 0;
    }
    regex_->program_.push_back(instruction);
    return here() - 1;
  }
  void aim(std::uint32_t split, bool greedy, std::uint32_t in, std::uint32_t out) {
    RegexInstruction& instruction = regex_->program_[split];
    instruction.x = greedy ? in : out;
    instruction.y = greedy ? out : in;
  }

  void generate(const Node& node) {
    if (!error_.empty()) return;
    switch (node.kind) {
      case Node::Kind::empty:
        break;
      case Node::Kind::character:
        emit({Op::character, node.value, 0});
        break;
      case Node::Kind::any:
        emit({Op::any, 0, 0});
        break;
      case Node::Kind::char_class:
        emit({Op::char_class, node.value, 0});
        break;
      case Node::Kind::check:
        emit({Op::check, node.value, 0});
        break;
      case Node::Kind::group:
        if (node.captures) emit({Op::save, 2 * node.value, 0});
        generate(node.kids[0]);
        if (node.captures) emit({Op::save, 2 * node.value + 1, 0});
        break;
      case Node::Kind::sequence:
        for (const Node& kid : node.kids) generate(kid);
        break;
      case Node::Kind::choice: {
        std::vector<std::uint32_t> exits;
        for (std::size_t i = 0; i + 1 < node.kids.size(); ++i) {
          const std::uint32_t split = emit({Op::split, here() + 1, 0});
          generate(node.kids[i]);
          exits.push_back(emit({Op::jump, 0, 0}));
          if (error_.empty()) regex_->program_[split].y = here();
        }
        generate(node.kids.back());
        for (const std::uint32_t exit : exits) regex_->program_[exit].x = here();
        break;
      }
      case Node::Kind::repeat:
        repeat(node);
        break;
    }
  }

  void repeat(const Node& node) {
    for (int i = 0; i < node.least; ++i) generate(node.kids[0]);
    if (node.most < 0) {
      const std::uint32_t split = emit({Op::split, 0, 0});
      generate(node.kids[0]);
      emit({Op::jump, split, 0});
      aim(split, node.greedy, split + 1, here());
      return;
    }
    std::vector<std::uint32_t> splits;
    for (int i = node.least; i < node.most && error_.empty(); ++i) {
      splits.push_back(emit({Op::split, 0, 0}));
      generate(node.kids[0]);
    }
    for (const std::uint32_t split : splits) aim(split, node.greedy, split + 1, here());
  }

  void find_first_byte() {
    for (const RegexInstruction& instruction : regex_->program_) {
      if (instruction.op == Op::save) continue;
      if (instruction.op == Op::character) {
        char bytes[4];
        vm::encode_code_point(instruction.x, bytes);
        regex_->first_byte_ = static_cast<unsigned char>(bytes[0]);
      }
      return;
    }
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  std::string error_;
  std::size_t error_at_ = 0;
  bool ignore_case_ = false, multi_line_ = false, dot_all_ = false;
  std::uint32_t groups_ = 0;
  std::shared_ptr<Regex> regex_ = std::make_shared<Regex>();
};

Result<std::shared_ptr<const Regex>> Regex::compile(std::string_view pattern) {
  return RegexCompiler(pattern).run();
}

}  // namespace noodle::stdlib
