#include "source/commit_listing.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"

namespace pinnace::source {

namespace {

void spend(std::uint64_t& budget, std::uint64_t amount, const char* what) {
  if (amount > budget)
    throw base::Error(base::ErrorCode::invalid_input,
                      std::string("the repository has more ") + what + " than an ADD may bring");
  budget -= amount;
}

/// The last word of a text.
std::string_view last_word(std::string_view text) {
  return text.substr(text.rfind(' ') + 1);
}

}  // namespace

void CommitListing::add(std::string_view text) {
  for (;;) {
    const std::size_t end = std::min(text.find('\0'), text.size());
    spend(m_budget.path_bytes, end, "bytes in paths");
    m_rest += text.substr(0, end);
    if (end == text.size()) return;
    take(m_rest);
    m_rest.clear();
    text.remove_prefix(end + 1);
  }
}

/// "MODE TYPE OBJECT SIZE\tPATH", where a size is padded, and "-" of what is no file.
void CommitListing::take(std::string_view record) {
  constexpr std::string_view k_link = "160000 commit ";
  const std::size_t tab = record.find('\t');
  if (tab == std::string_view::npos)
    throw base::Error(base::ErrorCode::invalid_input, "git lists files in another way");
  spend(m_budget.files, 1, "files");
  const std::string_view size = last_word(record.substr(0, tab));
  std::uint64_t bytes = 0;
  std::from_chars(size.data(), size.data() + size.size(), bytes);
  spend(m_budget.bytes, bytes, "bytes");
  if (!record.starts_with(k_link)) return;
  spend(m_budget.submodules, 1, "submodules");
  const std::string_view rest = record.substr(k_link.size());
  m_links.push_back(
      {std::string(record.substr(tab + 1)), std::string(rest.substr(0, rest.find(' ')))});
}

}  // namespace pinnace::source
