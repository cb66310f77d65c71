#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pinnace::source {

/// Where a tree of git has another repository's commit (mode 160000).
struct GitLink {
  std::string path;
  std::string commit;  ///< 40 or 64 hexadecimal digits
};

/// What all that one ADD checks out may be: a small pack can have trees without end.
struct CheckoutBudget {
  std::uint64_t files = 2'000'000;  ///< and directories
  std::uint64_t bytes = std::uint64_t{64} << 30;
  std::uint64_t path_bytes = std::uint64_t{256} << 20;  ///< of all paths together
  std::uint64_t submodules = 1'000;
};

/// What a commit has, as `git ls-tree -r -t -l -z` tells it, read as it comes.
class CommitListing {
 public:
  /// Takes from a budget that lives longer.
  explicit CommitListing(CheckoutBudget& budget) : m_budget(budget) {}

  /// The next part of the text. Throws invalid_input for more than is left of the budget.
  void add(std::string_view text);
  const std::vector<GitLink>& links() const noexcept { return m_links; }

 private:
  void take(std::string_view record);

  CheckoutBudget& m_budget;
  std::string m_rest;  ///< of a record whose end is to come
  std::vector<GitLink> m_links;
};

}  // namespace pinnace::source
