// Sizes of tests: the sanitizers make everything many times slower, so what is only repeated is repeated less there.
#pragma once

#include <algorithm>
#include <cstdint>

namespace noodle::test {

#if defined(__has_feature)  // clang
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

/// `count` repetitions; a tenth under sanitizers.
constexpr std::int64_t scaled(std::int64_t count) {
  return kSanitized ? std::max<std::int64_t>(count / 10, 1) : count;
}

}  // namespace noodle::test
