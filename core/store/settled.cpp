#include "store/settled.hpp"

#include <algorithm>

namespace pinnace::store {

namespace {

using std::chrono::milliseconds;

/// How long a list is left alone at least before we look.
constexpr milliseconds k_settle{50};

}  // namespace

bool is_settled(std::chrono::steady_clock::duration our_time,
                const std::function<void(milliseconds)>& pause,
                const std::function<bool()>& is_there) {
  const auto duration = std::max(k_settle, std::chrono::ceil<milliseconds>(our_time * 2));
  for (int look = 0; look < 2; ++look) {
    pause(duration);
    if (!is_there()) return false;
  }
  return true;
}

}  // namespace pinnace::store
