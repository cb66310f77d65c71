#include "difference/changelog.hpp"

#include <algorithm>
#include <optional>

#include "difference/texts.hpp"
#include "packages/paragraphs.hpp"
#include "versions/characters.hpp"
#include "versions/versions.hpp"

namespace pinnace::difference {

namespace {

constexpr std::size_t k_max_notices = 50;
constexpr std::size_t k_max_notice = 16 * 1024;
constexpr std::size_t k_max_cves = 1000;

/// "glibc (2.36-9+deb12u10) bookworm; urgency=medium".
std::optional<std::string_view> version_of(std::string_view heading) {
  if (heading.empty() || heading.front() == ' ' || heading.front() == '\t') return std::nullopt;
  const std::size_t open = heading.find(" (");
  if (open == std::string_view::npos) return std::nullopt;
  const std::size_t close = heading.find(')', open);
  if (close == std::string_view::npos || heading.find(';', close) == std::string_view::npos)
    return std::nullopt;
  return heading.substr(open + 2, close - open - 2);
}

/// " -- Name <address>  Sat, 01 Jun 2024 10:00:00 +0200".
void add_line(Notice& notice, std::string_view line) {
  if (line.starts_with(" -- ")) {
    const std::size_t at = line.find("  ", 4);
    if (at != std::string_view::npos) notice.date = shown_text(packages::trimmed(line.substr(at)));
  } else if (notice.text.size() + line.size() < k_max_notice && !packages::trimmed(line).empty()) {
    notice.text += shown_text(line) + "\n";
  }
}

/// "CVE-2024-12345" at the front of `text`; empty: none.
std::string_view cve_at(std::string_view text) {
  constexpr std::string_view k_start = "CVE-";
  std::string_view rest = text;
  if (!rest.starts_with(k_start)) return {};
  rest.remove_prefix(k_start.size());
  const std::size_t year = versions::take_while(rest, versions::is_digit).size();
  if (year != 4 || !rest.starts_with('-')) return {};
  rest.remove_prefix(1);
  const std::size_t number = versions::take_while(rest, versions::is_digit).size();
  if (number < 4 || number > 19) return {};
  return text.substr(0, k_start.size() + year + 1 + number);
}

}  // namespace

std::vector<Notice> notices_between(std::string_view changelog, std::string_view older,
                                    std::string_view newer) {
  std::vector<Notice> notices;
  bool is_between = false;
  while (!changelog.empty()) {
    const std::string_view line = packages::take_line(changelog);
    if (const auto version = version_of(line)) {
      is_between = versions::compare_dpkg(older, *version) < 0 &&
                   versions::compare_dpkg(*version, newer) <= 0;
      if (notices.size() == k_max_notices) break;
      if (is_between) notices.push_back({shown_text(*version), {}, {}});
    } else if (is_between) {
      add_line(notices.back(), line);
    }
  }
  return notices;
}

std::vector<std::string> cves_of(const std::vector<Notice>& notices) {
  std::vector<std::string> cves;
  for (const Notice& notice : notices) {
    const std::string_view text = notice.text;
    for (std::size_t at = text.find("CVE-"); at != std::string_view::npos;
         at = text.find("CVE-", at + 1)) {
      const std::string_view cve = cve_at(text.substr(at));
      if (!cve.empty()) cves.emplace_back(cve);
    }
  }
  packages::sort_unique(cves);
  if (cves.size() > k_max_cves) cves.resize(k_max_cves);
  return cves;
}

}  // namespace pinnace::difference
