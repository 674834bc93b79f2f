#include "cluster/lease/lease_claim.hpp"

#include <algorithm>

namespace noodle::lease {

std::optional<LeaseClaim::Ask> LeaseClaim::tick(std::int64_t now_ns) {
  if (token_ != 0 && now_ns >= until_ns_) token_ = 0;
  if (waiting_ && now_ns < asked_ns_ + kPatienceNs) return std::nullopt;
  if (!waiting_ && now_ns < next_ask_ns_) return std::nullopt;
  waiting_ = true;
  asked_ns_ = now_ns;
  return Ask{++attempt_, token_};
}

std::int64_t LeaseClaim::next_ns() const {
  const std::int64_t ask_ns = waiting_ ? asked_ns_ + kPatienceNs : next_ask_ns_;
  return token_ != 0 ? std::min(ask_ns, until_ns_) : ask_ns;
}

void LeaseClaim::granted(std::uint64_t attempt, std::uint64_t token, std::int64_t duration_ns, std::int64_t now_ns) {
  if (attempt != attempt_ || !waiting_) return;  // another was asked since: it counts from there
  waiting_ = false;
  token_ = token;
  until_ns_ = asked_ns_ + duration_ns - duration_ns / kMarginShare;
  next_ask_ns_ = asked_ns_ + duration_ns / 3;
  if (now_ns >= until_ns_) token_ = 0;
}

void LeaseClaim::refused(std::uint64_t attempt, bool lost, std::int64_t now_ns) {
  if (attempt != attempt_ || !waiting_) return;
  waiting_ = false;
  if (lost) token_ = 0;
  next_ask_ns_ = now_ns + (token_ != 0 ? kRetryNs / 5 : kRetryNs);
}

std::optional<std::uint64_t> LeaseClaim::token(std::int64_t now_ns) const {
  if (token_ == 0 || now_ns >= until_ns_) return std::nullopt;
  return token_;
}

}  // namespace noodle::lease
