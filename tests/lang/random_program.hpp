// Random programs that parse, with blanks, line ends and comments wherever the language allows them.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace noodle::lang {

class RandomProgram {
 public:
  explicit RandomProgram(std::uint64_t seed) : random_(seed) {}
  std::string text();

 private:
  int pick(int count) { return static_cast<int>(random_() % static_cast<std::uint64_t>(count)); }
  bool chance(int percent) { return pick(100) < percent; }
  std::string one_of(const std::vector<std::string>& list) {
    return list[static_cast<std::size_t>(pick(static_cast<int>(list.size())))];
  }
  std::string gap();       // between tokens
  std::string line_end();  // between statements, members and arms
  std::string name();
  std::string type(int depth);
  std::string literal();
  std::string expr(int depth);
  std::string operand(int depth);
  std::string list(int depth, int kind);
  std::string lambda(int depth);
  std::string arms(int depth, bool receive);
  std::string pattern(int depth);
  std::string params(int depth, bool typed);
  std::string block(int depth);
  std::string stmt(int depth);
  std::string simple(int depth);
  std::string func(int depth, const std::string& word);
  std::string member(int depth, bool actor);
  std::string decl(int depth);

  std::mt19937_64 random_;
  int open_ = 0;  // ( ) and [ ] around: line ends mean nothing
  int comments_ = 0;
};

}  // namespace noodle::lang
