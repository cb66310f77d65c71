#include "sbom/licence.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "hash/digest.hpp"
#include "sbom/licence_ids.hpp"

namespace pinnace::sbom {

namespace {

constexpr std::size_t k_max_expression = 1000;
constexpr std::size_t k_max_depth = 16;
constexpr std::size_t k_max_reference = 64;
/// Those that packages have (spdx.org/licenses/exceptions-index.html).
constexpr std::string_view k_exceptions[] = {
    "Autoconf-exception-2.0",  "Autoconf-exception-3.0",
    "Bison-exception-2.2",     "Bootloader-exception",
    "Classpath-exception-2.0", "Font-exception-2.0",
    "GCC-exception-2.0",       "GCC-exception-3.1",
    "Libtool-exception",       "Linux-syscall-note",
    "LLVM-exception",          "OCaml-LGPL-linking-exception",
    "Qt-GPL-exception-1.0",    "Universal-FOSS-exception-1.0"};
/// Of Debian, and what SPDX calls them.
constexpr std::pair<std::string_view, std::string_view> k_debian[] = {
    {"Expat", "MIT"},
    {"Apache-2", "Apache-2.0"},
    {"Artistic", "Artistic-1.0-Perl"},
    {"BSD-2-clause", "BSD-2-Clause"},
    {"BSD-3-clause", "BSD-3-Clause"},
    {"BSD-4-clause", "BSD-4-Clause"},
    {"GFDL-1.2", "GFDL-1.2-only"},
    {"GFDL-1.2+", "GFDL-1.2-or-later"},
    {"GFDL-1.3", "GFDL-1.3-only"},
    {"GFDL-1.3+", "GFDL-1.3-or-later"},
    {"GPL-1", "GPL-1.0-only"},
    {"GPL-1+", "GPL-1.0-or-later"},
    {"GPL-2", "GPL-2.0-only"},
    {"GPL-2+", "GPL-2.0-or-later"},
    {"GPL-3", "GPL-3.0-only"},
    {"GPL-3+", "GPL-3.0-or-later"},
    {"LGPL-2", "LGPL-2.0-only"},
    {"LGPL-2+", "LGPL-2.0-or-later"},
    {"LGPL-2.1", "LGPL-2.1-only"},
    {"LGPL-2.1+", "LGPL-2.1-or-later"},
    {"LGPL-3", "LGPL-3.0-only"},
    {"LGPL-3+", "LGPL-3.0-or-later"},
    {"MPL-1.1", "MPL-1.1"},
    {"MPL-2.0", "MPL-2.0"},
    {"zlib", "Zlib"},
};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

/// By their small letters.
const std::map<std::string, std::string_view>& known_ids() {
  static const std::map<std::string, std::string_view> all = [] {
    std::map<std::string, std::string_view> ids;
    for (std::string_view rest = k_licence_ids; !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      if (end != 0) ids.emplace(lower(rest.substr(0, end)), rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return ids;
  }();
  return all;
}

std::string_view known_id(std::string_view word) {
  const auto found = known_ids().find(lower(word));
  return found == known_ids().end() ? std::string_view() : found->second;
}

std::string_view known_exception(std::string_view word) {
  for (const std::string_view one : k_exceptions) {
    if (lower(one) == lower(word)) return one;
  }
  return {};
}

/// Reads an expression, and writes it as SPDX has it.
class Expression {
 public:
  explicit Expression(std::string_view text) {
    std::string word;
    const auto end_word = [&] {
      if (!word.empty()) m_words.push_back(std::exchange(word, {}));
    };
    for (const char c : text) {
      if (c == ' ' || c == '\t' || c == '\n' || c == '(' || c == ')') end_word();
      if (c == '(' || c == ')') m_words.emplace_back(1, c);
      if (c != ' ' && c != '\t' && c != '\n' && c != '(' && c != ')') word += c;
    }
    end_word();
  }

  std::optional<std::string> read() {
    if (!read_any(0) || m_at != m_words.size()) return std::nullopt;
    return m_out;
  }

 private:
  bool next_is(std::string_view word) const {
    return m_at < m_words.size() && m_words[m_at] == word;
  }
  bool read_any(std::size_t depth) {
    if (!read_one(depth)) return false;
    while (next_is("AND") || next_is("OR")) {
      m_out += " " + m_words[m_at++] + " ";
      if (!read_one(depth)) return false;
    }
    return true;
  }
  bool read_one(std::size_t depth) {
    if (!next_is("(")) return read_licence();
    if (depth == k_max_depth) return false;
    m_out += m_words[m_at++];
    if (!read_any(depth + 1) || !next_is(")")) return false;
    m_out += m_words[m_at++];
    return true;
  }
  bool read_licence() {
    if (m_at == m_words.size()) return false;
    std::string_view word = m_words[m_at++];
    std::string_view id = known_id(word);
    const bool or_later = id.empty() && word.ends_with('+');
    if (or_later) id = known_id(word.substr(0, word.size() - 1));
    if (id.empty()) return false;
    m_out.append(id).append(or_later ? "+" : "");
    if (!next_is("WITH")) return true;
    const std::string_view exception =
        ++m_at < m_words.size() ? known_exception(m_words[m_at++]) : std::string_view();
    m_out.append(" WITH ").append(exception);
    return !exception.empty();
  }

  std::vector<std::string> m_words;
  std::size_t m_at = 0;
  std::string m_out;
};

/// SPDX 2.3, 10.1: letters, digits, "." and "-".
std::string reference_to(const std::string& text) {
  std::string id;
  for (const char c : text.substr(0, k_max_reference)) {
    const bool stays = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '.' || c == '-';
    id += stays ? c : '-';
  }
  if (id != text) id += "-" + std::string(hash::Digest::of(text).hex().substr(0, 8));
  return "LicenseRef-" + id;
}

std::string_view debian_id(std::string_view text) {
  for (const auto& [debian, spdx] : k_debian) {
    if (lower(debian) == lower(text)) return spdx;
  }
  return {};
}

}  // namespace

std::optional<std::string> licence_expression(std::string_view text) {
  if (text.size() > k_max_expression) return std::nullopt;
  return Expression(text).read();
}

Licence licence_of(packages::PackageType type, const std::string& text) {
  if (type == packages::PackageType::deb) {
    if (const auto id = debian_id(text); !id.empty()) return {std::string(id), {}};
  }
  if (auto expression = licence_expression(text)) return {*std::move(expression), {}};
  return {reference_to(text), text};
}

std::string all_of(const std::vector<Licence>& licences) {
  std::string all;
  for (const Licence& one : licences) {
    if (!all.empty()) all += " AND ";
    const bool is_choice = licences.size() > 1 && one.expression.find(" OR ") != std::string::npos;
    all += is_choice ? "(" + one.expression + ")" : one.expression;
  }
  return all;
}

}  // namespace pinnace::sbom
