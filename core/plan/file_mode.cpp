#include "plan/file_mode.hpp"

#include <algorithm>
#include <string>

#include "base/error.hpp"

namespace pinnace::plan {

namespace {

constexpr std::uint32_t k_all = 07777;

[[noreturn]] void refuse(std::string_view text) {
  throw base::Error(base::ErrorCode::invalid_input,
                    "--chmod=" + std::string(text) +
                        ": expected an octal mode from 0 to 7777, or symbols as u=rwX,go=r");
}

std::uint32_t bits_of(char who) {
  switch (who) {
    case 'u':
      return 04700;
    case 'g':
      return 02070;
    case 'o':
      return 01007;
    default:
      return k_all;
  }
}

}  // namespace

/// One of the letters u, g and o, or any of the others; false for what is neither.
bool FileMode::parse_permissions(std::string_view letters, Change& change) {
  const std::size_t user = std::string_view("ogu").find(letters.size() == 1 ? letters[0] : ' ');
  if (user != std::string_view::npos) {
    change.copied = static_cast<unsigned>(user) * 3;
    return true;
  }
  for (const char letter : letters) {
    switch (letter) {
      case 'r':
        change.bits |= 0444;
        break;
      case 'w':
        change.bits |= 0222;
        break;
      case 'x':
        change.bits |= 0111;
        break;
      case 'X':
        change.conditional_execute = true;
        break;
      case 's':
        change.bits |= 06000;
        break;
      case 't':
        change.bits |= 01000;
        break;
      default:
        return false;
    }
  }
  return true;
}

/// False for what is none.
bool FileMode::parse_clause(std::string_view clause, std::vector<Change>& changes) {
  std::uint32_t who = 0;
  std::size_t at = 0;
  for (; at < clause.size() && std::string_view("ugoa").find(clause[at]) != std::string_view::npos;
       ++at)
    who |= bits_of(clause[at]);
  if (who == 0) who = k_all;
  if (at == clause.size()) return false;
  while (at < clause.size()) {
    Change change{who, clause[at++], 0, false};
    if (std::string_view("+-=").find(change.operation) == std::string_view::npos) return false;
    const std::size_t end = std::min(clause.find_first_of("+-=", at), clause.size());
    if (!parse_permissions(clause.substr(at, end - at), change)) return false;
    changes.push_back(change);
    at = end;
  }
  return true;
}

FileMode FileMode::parse(std::string_view text) {
  FileMode result;
  result.m_text = text;
  const bool octal =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '7'; });
  if (text.empty()) refuse(text);
  if (octal) {
    std::uint32_t mode = 0;
    for (const char digit : text) {
      mode = mode * 8 + static_cast<std::uint32_t>(digit - '0');
      if (mode > k_all) refuse(text);
    }
    result.m_changes.push_back({k_all, '=', mode, false, {}});
    return result;
  }
  for (std::string_view rest = text;;) {
    const std::string_view clause = rest.substr(0, rest.find(','));
    if (!parse_clause(clause, result.m_changes)) refuse(text);
    if (clause.size() == rest.size()) return result;
    rest.remove_prefix(clause.size() + 1);
  }
}

std::uint32_t FileMode::apply(std::uint32_t mode, bool is_directory) const {
  for (const Change& change : m_changes) {
    std::uint32_t bits = change.copied ? ((mode >> *change.copied) & 07U) * 0111U : change.bits;
    if (change.conditional_execute && (is_directory || (mode & 0111U) != 0)) bits |= 0111;
    bits &= change.who;
    if (change.operation == '+') mode |= bits;
    if (change.operation == '-') mode &= ~bits;
    if (change.operation == '=') mode = (mode & ~change.who) | bits;
  }
  return mode;
}

}  // namespace pinnace::plan
