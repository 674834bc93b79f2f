// What a run learns from outside: random bytes, files, the environment, settings of the node. Time comes from the
// System's Clock.
//
//     const auto [error, size] = process::from_outside(native, [&] { return look_at(path); });
//
// Natives ask for everything that the program and its messages do not determine through from_outside. A run that is
// recorded keeps the answers; one that is replayed recalls them, and what asks is not called. What a native does with
// an answer (fuel, heap, errors) is the same in all three.
// Threads: an Outside belongs to the one thread that drives its System.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/vm/native.hpp"

namespace noodle::process {

/// Keeps or recalls answers. Both see every question, in the order in which it is asked.
class Outside {
 public:
  virtual ~Outside() = default;
  /// True: answers are recalled, nothing may be asked.
  virtual bool replays() const = 0;
  virtual void keep(const vm::NativeContext& native, std::string_view answer) = 0;
  /// The answer; empty, and the run is about to end, when there is none.
  virtual std::string recall(const vm::NativeContext& native) = 0;
};

/// Of the System that runs the process; null: nobody keeps or recalls.
Outside* outside_of(const vm::Process& process);
/// Of the System that runs the process.
const Clock& clock_of(const vm::Process& process);

// ---- answers as bytes: numbers as LEB128, texts behind their size, one value after another

void put_number(std::string& out, std::uint64_t value);
/// The next number; false at the end or for what is none.
bool take_number(std::string_view& in, std::uint64_t& value);

void put_answer(std::string& out, const std::string& value);
bool take_answer(std::string_view& in, std::string& value);

template <std::integral T>
void put_answer(std::string& out, T value) {
  put_number(out, static_cast<std::uint64_t>(value));
}
template <std::integral T>
bool take_answer(std::string_view& in, T& value) {
  std::uint64_t number = 0;
  if (!take_number(in, number)) return false;
  value = static_cast<T>(number);
  return true;
}

template <class T>
void put_answer(std::string& out, const std::vector<T>& values) {
  put_number(out, values.size());
  for (const T& value : values) put_answer(out, value);
}
template <class T>
bool take_answer(std::string_view& in, std::vector<T>& values) {
  std::uint64_t count = 0;
  if (!take_number(in, count) || count > in.size()) return false;  // every value takes a byte
  values.resize(count);
  for (T& value : values) {
    if (!take_answer(in, value)) return false;
  }
  return true;
}

template <class... T>
void put_answer(std::string& out, const std::tuple<T...>& values) {
  std::apply([&out](const T&... value) { (put_answer(out, value), ...); }, values);
}
template <class... T>
bool take_answer(std::string_view& in, std::tuple<T...>& values) {
  return std::apply([&in](T&... value) { return (take_answer(in, value) && ...); }, values);
}

/// The answer of `ask`, asked now or recalled.
template <class Ask>
auto from_outside(const vm::NativeContext& native, Ask&& ask) -> decltype(ask()) {
  Outside* const outside = outside_of(native.process);
  if (!outside) return ask();
  if (!outside->replays()) {
    auto answer = ask();
    std::string bytes;
    put_answer(bytes, answer);
    outside->keep(native, bytes);
    return answer;
  }
  decltype(ask()) answer{};
  const std::string bytes = outside->recall(native);
  std::string_view rest = bytes;
  return take_answer(rest, answer) ? answer : decltype(ask()){};
}

/// The same for an `ask` that fills a buffer: gives how many bytes it has put there, or something below 0.
template <class Ask>
std::int64_t bytes_from_outside(const vm::NativeContext& native, std::span<char> buffer, Ask&& ask) {
  Outside* const outside = outside_of(native.process);
  if (!outside) return ask();
  if (!outside->replays()) {
    const std::int64_t result = ask();
    std::string bytes;
    put_answer(bytes, result);
    if (result > 0) bytes.append(buffer.data(), static_cast<std::size_t>(result));
    outside->keep(native, bytes);
    return result;
  }
  const std::string bytes = outside->recall(native);
  std::string_view rest = bytes;
  std::int64_t result = 0;
  if (!take_answer(rest, result) || result <= 0) return result;
  const std::size_t size = std::min(rest.size(), buffer.size());
  std::memcpy(buffer.data(), rest.data(), size);
  return static_cast<std::int64_t>(size);
}

}  // namespace noodle::process
